"""What payments refuse."""

from entrepot.kernel.ids import Id
from entrepot.kernel.money import Money
from entrepot.kernel.problems import Problem


class IntentNotFound(Problem):
    status, slug, title = 404, "payment-not-found", "There is no such payment"

    def __init__(self, group_id: Id) -> None:
        super().__init__(f"order group {group_id} has no payment", order_group_id=str(group_id))


class PaymentUnderWay(Problem):
    slug, title = "payment-under-way", "This payment is still under way"

    def __init__(self, group_id: Id) -> None:
        super().__init__(
            "the provider has not answered the last attempt yet; it is asked again by itself",
            order_group_id=str(group_id),
        )


class VoidFirst(Problem):
    slug, title = "void-first", "The provider holds an authorisation"

    def __init__(self, group_id: Id) -> None:
        super().__init__(
            "have the provider void the authorisation, then the payment is cancelled",
            order_group_id=str(group_id),
        )


class MoreThanCaptured(Problem):
    slug, title = "more-than-captured", "No more can go back than came in"

    def __init__(self, reference: str, left: Money) -> None:
        super().__init__(
            f"{left.minor} {left.currency} minor units are left to refund",
            reference=reference,
            left_minor=left.minor,
            currency=left.currency,
        )


class RefundDiffers(Problem):
    slug, title = "refund-differs", "This reference was used for another refund"

    def __init__(self, reference: str) -> None:
        super().__init__("a reference stands for one refund of one amount", reference=reference)


class RefundNotFound(Problem):
    status, slug, title = 404, "refund-not-found", "There is no such refund"

    def __init__(self, id: Id) -> None:
        super().__init__(f"there is no refund {id}", refund_id=str(id))


class ForgedWebhook(Problem):
    status, slug, title = 400, "forged-webhook", "This message is not from the provider"
