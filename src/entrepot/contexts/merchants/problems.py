"""What merchants refuse."""

from collections.abc import Sequence
from datetime import datetime

from entrepot.kernel.ids import Id
from entrepot.kernel.problems import NotFound, Problem

from .model import NewAgreement, NewShop, ShopId


class ShopNotFound(NotFound):
    slug = "shop-not-found"

    def __init__(self, id: Id) -> None:
        super().__init__("shop", id)


class ApplicationNotFound(NotFound):
    slug = "application-not-found"

    def __init__(self, id: Id) -> None:
        super().__init__("application", id)


class MerchantNotFound(NotFound):
    slug = "merchant-not-found"

    def __init__(self, id: Id) -> None:
        super().__init__("merchant", id)


class ContractNotFound(NotFound):
    slug = "contract-not-found"

    def __init__(self, id: Id) -> None:
        super().__init__("contract", id)


class AccountNotFound(NotFound):
    slug = "account-not-found"

    def __init__(self, id: Id) -> None:
        super().__init__("account", id)


class ShopExists(Problem):
    status, slug, title = 409, "shop-exists", "The merchant has such a shop already"

    def __init__(self, wish: NewShop) -> None:
        super().__init__(
            f"a live shop in {wish.market} for {wish.mode} and {wish.seller_type} exists",
            market=wish.market,
            mode=wish.mode,
            seller_type=wish.seller_type,
        )


class NotAdmitted(Problem):
    """The company is not one of those that may open such a shop."""

    status, slug, title = 409, "not-admitted", "This company may not open such a shop here"

    def __init__(self, country: str, rule: str) -> None:
        super().__init__(
            f"{rule} does not admit this company from {country}", country=country, rule=rule
        )


class ApplicationIncomplete(Problem):
    status, slug, title = 422, "application-incomplete", "The application is not complete yet"

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(f"still missing: {', '.join(missing)}", missing=[*missing])


class CompanyVerified(Problem):
    status, slug, title = 409, "company-verified", "A verified company is not edited"

    def __init__(self, merchant_id: Id) -> None:
        super().__init__(
            "the company was verified; another legal person is another merchant",
            merchant_id=str(merchant_id),
        )


class OrderCapReached(Problem):
    status, slug, title = 409, "order-cap-reached", "This shop has no room for more orders today"

    def __init__(self, shop_id: ShopId, cap: int, left: int) -> None:
        super().__init__(
            f"shop {shop_id} may take {cap} orders a day; {left} are left",
            shop_id=str(shop_id),
            cap=cap,
            left=left,
        )


class ShopNotSelling(Problem):
    status, slug, title = 409, "shop-not-selling", "This shop takes no new orders"

    def __init__(self, shop_id: ShopId, state: str) -> None:
        super().__init__(f"shop {shop_id} is {state}", shop_id=str(shop_id), state=state)


class UnknownStage(Problem):
    status, slug, title = 422, "unknown-stage", "There is no such stage of probation"

    def __init__(self, stage: str, rule: str) -> None:
        super().__init__(f"{rule} has no stage {stage}", stage=stage, rule=rule)


class AccountLimit(Problem):
    status, slug, title = 409, "account-limit", "No more accounts of this kind at this stage"

    def __init__(self, kind: str, limit: int, rule: str) -> None:
        super().__init__(
            f"{rule} allows {limit} {kind} accounts now", kind=kind, limit=limit, rule=rule
        )


class AccountTaken(Problem):
    status, slug, title = 409, "account-taken", "This account sells for a shop already"

    def __init__(self, handle: str) -> None:
        super().__init__(f"{handle} is bound or about to be", handle=handle)


class OwnerDiffers(Problem):
    status, slug, title = 409, "owner-differs", "The account belongs to somebody else"

    def __init__(self) -> None:
        super().__init__("an official account's legal owner must be the shop's own company")


class ChangePending(Problem):
    status, slug, title = 409, "mode-change-pending", "A change of mode is being decided already"

    def __init__(self, shop_id: ShopId) -> None:
        super().__init__(f"shop {shop_id} has a proposed contract", shop_id=str(shop_id))


class StillOpen(Problem):
    status, slug, title = 409, "shop-still-open", "Something of this shop is not finished yet"

    def __init__(self, shop_id: ShopId, open_things: Sequence[str]) -> None:
        super().__init__(
            f"shop {shop_id} still has {', '.join(open_things)}",
            shop_id=str(shop_id),
            open=[*open_things],
        )


class ChecksFailed(Problem):
    status, slug, title = 409, "checks-failed", "The automatic checks still find something"

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(f"found: {', '.join(reasons)}", reasons=[*reasons])


class DeadlinePassed(Problem):
    status, slug, title = 409, "deadline-passed", "The time for this is over"

    def __init__(self, due_at: datetime) -> None:
        super().__init__(f"this was due at {due_at.isoformat()}", due_at=due_at.isoformat())


class QualificationNotFound(NotFound):
    slug = "category-permission-not-found"

    def __init__(self, category: str) -> None:
        super().__init__("category permission", category)


class AgreementExists(Problem):
    status, slug, title = 409, "agreement-exists", "There is an agreement from that day on"

    def __init__(self, wish: NewAgreement) -> None:
        super().__init__(
            f"an agreement on {wish.topic} from {wish.from_on} exists",
            shop_id=str(wish.shop_id),
            topic=wish.topic,
            from_on=wish.from_on.isoformat(),
        )


class NotYourDecision(Problem):
    """A mode gives each decision to one side; the other one is refused."""

    status, slug, title = 403, "not-your-decision", "In this mode, the other side decides this"

    def __init__(self, flag: str, side: str, rule: str) -> None:
        super().__init__(f"by {rule}, {flag} is the {side}", flag=flag, decided_by=side, rule=rule)
