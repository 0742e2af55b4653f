"""What sellers begin: returns, refunds and cancellations, and what can be begun."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from entrepot.contexts import aftersales, orders
from entrepot.contexts.aftersales import CaseId, Kind, NotEligible, Role, Use
from entrepot.contexts.orders import Line, Order, OrderId, UnitId
from entrepot.flows import returning
from entrepot.flows.returning import Eligible, OpenCase
from entrepot.kernel.problems import only
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.money import minor
from entrepot.surfaces.partner_api.operations import Ask, Operations
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.partner_api.shapes import Body, Csv, Number, Numbers, Query, Text

from . import words
from .finding import case_of
from .once import Keyed, once
from .shown import breakdown

operations = Operations()
KINDS = {"REFUND": Kind.REFUND, "RETURN_AND_REFUND": Kind.RETURN_AND_REFUND}
CANCEL = "CANCEL"
CANCELLABLE = {
    orders.State.UNPAID,
    orders.State.ON_HOLD,
    orders.State.AWAITING_SHIPMENT,
    orders.State.PARTIALLY_SHIPPING,
    orders.State.AWAITING_COLLECTION,
}
CODES = {why: 90_000_420 + n for n, why in enumerate(returning.Why)}
CANNOT_CANCEL = 90_000_419


class Sku(Body):
    sku_id: Number
    quantity: Annotated[int, Field(ge=1, le=100_000)]


class OrderLine(Body):
    order_line_item_id: Number


class Chosen(Body):
    """Units of an order: by their ids, by SKU and quantity, or all that can be had."""

    skus: Annotated[list[Sku], Field(max_length=100)] = Field(default_factory=list)
    order_line_item_ids: Numbers = Field(default_factory=list)
    order_line_list: Annotated[list[OrderLine], Field(max_length=100)] = Field(default_factory=list)
    order_id: Number

    @property
    def unit_ids(self) -> list[UnitId]:
        """The units that are named."""
        listed = [one.order_line_item_id for one in self.order_line_list]
        return [UnitId(id) for id in listed or self.order_line_item_ids]


class CreateReturn(Chosen):
    return_reason: Text
    return_type: Text
    refund_total: str = ""
    currency: str = ""


class Calculate(Chosen):
    request_type: Text
    reason_name: str = ""


class Wanted(Query):
    initiate_aftersale_user: str = "SELLER"
    request_types: Csv = Field(default_factory=list)


@operations.post(
    "/return_refund/202602/returns",
    older=("202309",),
    scope=Scope.RETURN_REFUND,
    query=Keyed,
    body=CreateReturn,
)
def create_return(ask: Ask[Keyed, CreateReturn]) -> Data:
    """A return or a refund that the seller begins: it is granted at once."""
    body, order = ask.body, order_of(ask, ask.body.order_id)
    if body.return_type not in KINDS:
        raise invalid("return_type", f"one of {', '.join(KINDS)}")
    total = None
    if body.refund_total:
        if body.currency != order.total.currency:
            raise invalid("currency", f"the currency of the order, {order.total.currency}")
        total = minor(body.refund_total, order.total.currency, "refund_total")
    units = chosen(ask, body, order)
    wish = OpenCase(
        order_id=order.id,
        kind=KINDS[body.return_type],
        role=Role.MERCHANT,
        reason=body.return_reason,
        units=units.counts,
        which=units.which,
        minor=total,
    )
    id = once(ask, CaseId, lambda: only(returning.open_cases(ask.tx, [wish])).id)
    case = case_of(ask, id)
    return {"return_id": str(int(id)), "return_status": words.said(words.STATUSES, case)}


@operations.post(
    "/return_refund/202602/refunds/calculate",
    older=("202309",),
    scope=Scope.RETURN_REFUND,
    body=Calculate,
)
def calculate_refund(ask: Ask[Any, Calculate]) -> Data:
    """What the buyer would get back."""
    body, order = ask.body, order_of(ask, ask.body.order_id)
    units = chosen(ask, body, order)
    if body.request_type == CANCEL:
        parts = _of_cancelling(ask, order, units)
    elif body.request_type in KINDS:
        parts = _of_returning(ask, order, KINDS[body.request_type], units)
    else:
        raise invalid("request_type", f"one of {', '.join([CANCEL, *KINDS])}")
    return {"order_refund_amount": breakdown(parts, order.total.currency)}


@operations.get(
    "/return_refund/202602/orders/{order_id}/aftersale_eligibility",
    older=("202309",),
    scope=Scope.RETURN_REFUND,
    query=Wanted,
)
def get_aftersale_eligibility(ask: Ask[Wanted, Any]) -> Data:
    """What can be begun for each SKU of an order, and why the rest cannot."""
    order = order_of(ask, ask.id("order_id", OrderId))
    role = Role.BUYER if ask.query.initiate_aftersale_user == "BUYER" else Role.MERCHANT
    kinds = [kind for word, kind in KINDS.items() if _is_wanted(ask, word)]
    found = returning.eligible(ask.tx, order, role, kinds)
    by_sku: dict[int, list[Data]] = {}
    if _is_wanted(ask, CANCEL):
        for line in orders.lines(ask.tx, [order.id]):
            by_sku.setdefault(int(line.sku_id), []).append(_cancellable(ask, order, line, role))
    for one in found:
        by_sku.setdefault(int(one.line.sku_id), []).extend(_told(ask, order, one, role))
    return {
        "sku_eligibility": [
            {"sku_id": str(sku), "line_item_eligibility": told} for sku, told in by_sku.items()
        ]
    }


def order_of(ask: Ask[Any, Any], id: int) -> Order:
    """An order of the cipher's shop."""
    order = only(orders.by_ids(ask.tx, [OrderId(id)]))
    if order.shop_id != ask.shop.id:
        raise orders.OrderNotFound(order.id)
    return order


@dataclass(frozen=True, slots=True)
class Units:
    """Units by line: how many, or which; neither: all that can be had."""

    counts: Mapping[int, int] | None
    which: Mapping[int, Sequence[int]] | None


def chosen(ask: Ask[Any, Any], body: Chosen, order: Order) -> Units:
    """The units that a request names; quantities of a SKU are taken from its lines in order."""
    if body.unit_ids:
        found = orders.at_units(ask.tx, body.unit_ids)
        which: dict[int, list[int]] = {}
        for id in body.unit_ids:
            order_id, pos, n = found.get(id, (None, 0, 0))
            if order_id != order.id:
                raise invalid("order_line_item_ids", f"items of order {order.id}")
            which.setdefault(pos, []).append(n)
        return Units(None, which)
    if not body.skus:
        return Units(None, None)
    counts: dict[int, int] = {}
    lines = orders.lines(ask.tx, [order.id])
    for sku in body.skus:
        left = sku.quantity
        for line in lines:
            if line.sku_id == sku.sku_id and left:
                counts[line.pos] = min(left, line.quantity)
                left -= counts[line.pos]
        if left:
            raise invalid("skus", f"SKUs of order {order.id} and no more than were bought")
    return Units(counts, None)


def _of_cancelling(ask: Ask[Any, Any], order: Order, units: Units) -> list[tuple[Line, int]]:
    parts = []
    for line in orders.lines(ask.tx, [order.id]):
        free = orders.free_units(line)
        named = _of_line(units, line, free)
        if order.state not in CANCELLABLE or not {*named} <= {*free}:
            raise orders.CannotCancel(f"order {order.id} is {order.state}")
        if named:
            parts.append((line, line.cancelling(len(named)) if order.paid_at else 0))
    return parts


def _of_returning(
    ask: Ask[Any, Any], order: Order, kind: Kind, units: Units
) -> list[tuple[Line, int]]:
    parts = []
    for one in returning.eligible(ask.tx, order, Role.MERCHANT, [kind]):
        named = _of_line(units, one.line, one.units[: one.most])
        if not {*named} <= {*one.units}:
            raise NotEligible(one.why or returning.Why.NO_UNITS_LEFT, "these items are taken")
        if named:
            parts.append((one.line, one.minor(named)))
    if not parts:
        raise NotEligible(returning.Why.NO_UNITS_LEFT, f"order {order.id} has no items for this")
    return parts


def _of_line(units: Units, line: Line, free: Sequence[int]) -> Sequence[int]:
    if units.which is not None:
        return units.which.get(line.pos, ())
    if units.counts is not None:
        return free[: units.counts.get(line.pos, 0)]
    return free


def _is_wanted(ask: Ask[Wanted, Any], word: str) -> bool:
    return not ask.query.request_types or word in ask.query.request_types


def _cancellable(ask: Ask[Any, Any], order: Order, line: Line, role: Role) -> Data:
    free = orders.free_units(line) if order.state in CANCELLABLE else ()
    if not free:
        every = range(line.quantity)
        why = f"the order is {order.state}"
        return {"request_type": CANCEL, **_refused(line, every, CANNOT_CANCEL, why)}
    found = aftersales.reasons(ask.tx, order.market, ask.tx.now, Use.CANCEL)
    names = [row.code for row in aftersales.for_role(found, role)]
    return {"request_type": CANCEL, **_allowed(line, free, names)}


def _told(ask: Ask[Any, Any], order: Order, one: Eligible, role: Role) -> list[Data]:
    """The items that can be in a case, and those that cannot."""
    word = {"request_type": words.KINDS[one.kind]}
    rest = [n for n in range(one.line.quantity) if n not in one.units]
    told: list[Data] = []
    if one.units:
        found = aftersales.reasons(ask.tx, order.market, ask.tx.now, Use.REQUEST, one.kind)
        names = [row.code for row in aftersales.for_role(found, role)]
        told.append({**word, **_allowed(one.line, one.units, names)})
    if rest:
        why = one.why or returning.Why.NO_UNITS_LEFT
        told.append({**word, **_refused(one.line, rest, CODES[why], why.replace("_", " "))})
    return told


def _allowed(line: Line, units: Sequence[int], names: Sequence[str]) -> dict[str, Any]:
    return {**_items(line, units), "eligible": True, "available_reason_names": [*names]}


def _refused(line: Line, units: Sequence[int], code: int, why: str) -> dict[str, Any]:
    told = {"eligible": False, "ineligible_code": code, "ineligible_reason": why}
    return {**_items(line, units), **told}


def _items(line: Line, units: Sequence[int]) -> dict[str, Any]:
    ids = [str(int(orders.unit_id(line, n))) for n in units]
    return {
        "order_line_items_ids": ids,
        "order_line_list": [{"order_line_item_id": id} for id in ids],
    }
