"""Cancellations: of sellers, and of buyers with the seller's consent."""

from typing import Annotated, Any

from pydantic import Field

from entrepot.contexts import aftersales, orders
from entrepot.contexts.aftersales import Use
from entrepot.contexts.orders import (
    Cancellation,
    CancellationFilter,
    CancellationId,
    CancellationRequest,
    CancelReason,
    Consent,
    Line,
    OrderId,
    Side,
    Verdict,
)
from entrepot.flows import cancelling
from entrepot.kernel.access import PersonId
from entrepot.kernel.money import allocate
from entrepot.kernel.problems import NotFound, only
from entrepot.surfaces.partner_api import paging
from entrepot.surfaces.partner_api.codes import Code, Refused, invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations
from entrepot.surfaces.partner_api.paging import Paged
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.partner_api.shapes import (
    Body,
    LongText,
    Numbers,
    Seconds,
    SortOrder,
    Text,
)

from .finding import BY_CHANGE, KNOWN, cursor, instant
from .once import Keyed, once
from .opening import Chosen, chosen, order_of
from .shown import Lines, breakdown, lines_of, seconds

operations = Operations()
SIDES = {Side.BUYER: "BUYER", Side.MERCHANT: "SELLER", Side.PLATFORM: "SYSTEM"}
STATUSES = {
    Consent.REQUESTED: "CANCELLATION_REQUEST_PENDING",
    Consent.ACCEPTED: "CANCELLATION_REQUEST_SUCCESS",
    Consent.REJECTED: "CANCELLATION_REQUEST_CANCEL",
    Consent.WITHDRAWN: "CANCELLATION_REQUEST_CANCEL",
}
Words = Annotated[list[str], Field(max_length=20)]


class CancelOrder(Chosen):
    cancel_reason: Text


class Refuse(Body):
    reject_reason: Text
    comment: LongText = ""


class SearchCancellations(Body):
    cancel_ids: Numbers | None = None
    order_ids: Numbers | None = None
    buyer_user_ids: Numbers | None = None
    cancel_types: Words | None = None
    cancel_status: Words | None = None
    create_time_ge: Seconds | None = None
    create_time_lt: Seconds | None = None
    update_time_ge: Seconds | None = None
    update_time_lt: Seconds | None = None
    locale: str = "en-US"


@operations.post(
    "/return_refund/202602/cancellations",
    older=("202309",),
    scope=Scope.RETURN_REFUND,
    body=CancelOrder,
)
def cancel_order(ask: Ask[Any, CancelOrder]) -> Data:
    """Cancel what the seller cannot send."""
    body, order = ask.body, order_of(ask, ask.body.order_id)
    reasons = aftersales.reasons(ask.tx, order.market, ask.tx.now, Use.CANCEL)
    known = [row.code for row in aftersales.for_role(reasons, aftersales.Role.MERCHANT)]
    if body.cancel_reason not in known:
        raise invalid("cancel_reason", f"one of {', '.join(known)}")
    units = chosen(ask, body, order)
    which = units.which or {}
    counts = {pos: len(named) for pos, named in which.items()} or units.counts
    wish = Cancellation(
        order_id=order.id,
        by=Side.MERCHANT,
        reason=CancelReason(body.cancel_reason),
        units=counts,
        which=which,
    )
    done = only(cancelling.cancel(ask.tx, [wish]))
    return {"cancel_id": str(int(done.id)), "cancel_status": STATUSES[Consent.ACCEPTED]}


@operations.post(
    "/return_refund/202309/cancellations/{cancel_id}/approve",
    scope=Scope.RETURN_REFUND,
    query=Keyed,
)
def approve_cancellation(ask: Ask[Keyed, Any]) -> Data:
    """Consent to what the buyer asked for."""
    return _decide(ask, Verdict(consents=True))


@operations.post(
    "/return_refund/202309/cancellations/{cancel_id}/reject",
    scope=Scope.RETURN_REFUND,
    query=Keyed,
    body=Refuse,
)
def reject_cancellation(ask: Ask[Keyed, Refuse]) -> Data:
    """Refuse it for a reason."""
    found = _of_shop(ask)
    market = only(orders.by_ids(ask.tx, [found.order_id])).market
    reasons = aftersales.reasons(ask.tx, market, found.asked_at, Use.REFUSE_CANCEL)
    known = [row.code for row in reasons]
    if ask.body.reject_reason not in known:
        raise invalid("reject_reason", f"one of {', '.join(known)}")
    because = ask.body.reject_reason
    return _decide(ask, Verdict(consents=False, because=because, note=ask.body.comment))


@operations.post(
    "/return_refund/202602/cancellations/search",
    older=("202309",),
    scope=Scope.RETURN_REFUND,
    query=Paged,
    body=SearchCancellations,
)
def search_cancellations(ask: Ask[Paged, SearchCancellations]) -> Data:
    """The shop's cancellations."""
    if ask.query.sort_field not in KNOWN:
        raise invalid("sort_field", "create_time or update_time")
    wanted = _filter(ask)
    after = cursor(ask, CancellationId)
    rows = orders.cancellations(ask.tx, wanted, after=after, limit=ask.query.page_size + 1)
    told = paging.page(
        rows,
        ask,
        key=lambda one: _key(one, wanted),
        total=orders.count_cancellations(ask.tx, wanted),
    )
    page = paging.shown(rows, ask)
    lines = lines_of(ask.tx, [one.order_id for one in page])
    texts = _texts(ask)
    return {"cancellations": [_told(one, lines, texts) for one in page], **told}


def _decide(ask: Ask[Keyed, Any], verdict: Verdict) -> Data:
    found = _of_shop(ask)

    def do() -> CancellationId:
        if found.state is not Consent.REQUESTED:
            raise Refused(Code.CONFLICT, f"The cancellation is {STATUSES[found.state]}.")
        return only(cancelling.decide(ask.tx, {found.order_id: verdict})).id

    once(ask, CancellationId, do)
    return {}


def _of_shop(ask: Ask[Any, Any]) -> CancellationRequest:
    id = ask.id("cancel_id", CancellationId)
    wanted = CancellationFilter(ids=(id,), shop_id=ask.shop.id)
    found = orders.cancellations(ask.tx, wanted, limit=1)
    if not found:
        raise NotFound("cancellation", id)
    return found[0]


def _filter(ask: Ask[Paged, SearchCancellations]) -> CancellationFilter:
    body, types = ask.body, ask.body.cancel_types
    states = tuple(one for one, word in STATUSES.items() if word in (body.cancel_status or ()))
    return CancellationFilter(
        ids=_ids(body.cancel_ids, CancellationId),
        order_ids=_ids(body.order_ids, OrderId),
        buyer_ids=_ids(body.buyer_user_ids, PersonId),
        shop_id=ask.shop.id,
        by_buyers=types[0] == "BUYER_CANCEL" if types and len({*types}) == 1 else None,
        states=states if body.cancel_status else None,
        asked_from=instant(body.create_time_ge),
        asked_before=instant(body.create_time_lt),
        changed_from=instant(body.update_time_ge),
        changed_before=instant(body.update_time_lt),
        by_change=ask.query.sort_field in BY_CHANGE,
        rising=ask.query.sort_order is SortOrder.ASC,
    )


def _ids(numbers: list[int] | None, kind: Any) -> Any:
    return tuple(kind(number) for number in numbers) if numbers else None


def _key(one: CancellationRequest, wanted: CancellationFilter) -> tuple[int, int]:
    at = one.changed_at if wanted.by_change else one.asked_at
    return round(at.timestamp() * 1_000_000), int(one.id)


def _texts(ask: Ask[Any, SearchCancellations]) -> dict[str, str]:
    rows = aftersales.reasons(ask.tx, ask.shop.market, ask.tx.now, Use.CANCEL)
    return {row.code: row.text(ask.body.locale) for row in rows}


def _told(one: CancellationRequest, lines: Lines, texts: dict[str, str]) -> Data:
    parts = [(lines[one.order_id, pos], units) for pos, units in one.units.items()]
    sums = [(line, one.refunds.get(line.pos, 0)) for line, _ in parts]
    found: dict[str, Any] = {
        "cancel_id": str(int(one.id)),
        "order_id": str(int(one.order_id)),
        "cancel_type": "BUYER_CANCEL" if one.asked_by is Side.BUYER else "CANCEL",
        "cancel_status": STATUSES[one.state],
        "role": SIDES[one.asked_by],
        "cancel_reason": one.reason.value,
        "cancel_reason_text": texts.get(one.reason, one.reason.replace("_", " ").capitalize()),
        "create_time": seconds(one.asked_at),
        "update_time": seconds(one.changed_at),
        "cancel_line_items": [item for line, units in parts for item in _items(one, line, units)],
        "should_replenish_stock": False,  # Stock that was held for it is free again by itself.
    }
    if sums:
        found["refund_amount"] = breakdown(sums, sums[0][0].currency)
    if one.state is Consent.REQUESTED and one.due_at is not None:
        deadline = seconds(one.due_at)
        action = {"action": "SELLER_RESPOND_BUYER_CANCEL", "deadline": deadline}
        found["seller_next_action_response"] = [action]
    return found


def _items(one: CancellationRequest, line: Line, units: tuple[int, ...]) -> list[Data]:
    """Each unit with its share; a unit is cancelled once, so its id is the item's."""
    shares = allocate(one.refunds.get(line.pos, 0), [1] * len(units))
    return [
        {
            "cancel_line_item_id": str(int(orders.unit_id(line, n))),
            "order_line_item_id": str(int(orders.unit_id(line, n))),
            "sku_id": str(int(line.sku_id)),
            "product_name": line.title,
            "refund_amount": breakdown([(line, minor)], line.currency),
        }
        for n, minor in zip(units, shares, strict=True)
    ]
