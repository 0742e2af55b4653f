"""What carriers, merchants and buyers did with orders that were placed, each at its instant."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from entrepot.adapters.datasets.history import Purchase
from entrepot.contexts import aftersales, logistics, orders
from entrepot.contexts.logistics import Parcel
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import (
    Cancellation,
    CancelReason,
    GroupId,
    Line,
    Order,
    OrderId,
    Side,
)
from entrepot.flows import cancelling, refunding, shipping
from entrepot.flows.refunding import RefundWish
from entrepot.flows.shipping import Arrival, HandOver
from entrepot.kernel.money import share, step
from entrepot.kernel.problems import each
from entrepot.kernel.replayed import Names
from entrepot.kernel.tx import Tx

from .diary import Diary
from .preparing import SHOP
from .selling import GROUP, baskets
from .windows import Returned, Window

AT_ONCE = 200
CARRIER = "replay"
T = TypeVar("T")


def happen(diary: Diary, window: Window, at: datetime) -> None:
    """Everything after payment that happened in a window, told at its end."""

    def steps(name: str, facts: Sequence[T], do: Callable[[Tx, Sequence[T]], None]) -> None:
        for n in range(0, len(facts), AT_ONCE):
            batch = facts[n : n + AT_ONCE]
            diary.step(
                f"{window.number}:{name}:{n // AT_ONCE}",
                at,
                lambda tx, batch=batch: _done(do, tx, batch),  # type: ignore[misc]
            )

    steps("cancel", window.cancelled, lambda tx, sales: _cancel(tx, diary, sales))
    steps("hand_over", window.handed_over, lambda tx, sales: _hand_over(tx, diary, sales))
    steps("deliver", window.delivered, lambda tx, sales: _deliver(tx, diary, sales))
    steps("send_back", window.sent_back, lambda tx, sales: _send_back(tx, diary, sales))
    for n, batch in enumerate(one_each(window.returned)):
        steps(f"return:{n}", batch, lambda tx, backs: _refund(tx, diary, backs))


def one_each(backs: Sequence[Returned]) -> list[list[Returned]]:
    """Returns in rounds in which a line comes once; the first of a line comes first."""
    made: list[list[Returned]] = []
    seen: list[set[tuple[str, int]]] = []
    for one in backs:
        key = one.purchase.key, one.back.line
        for lines, batch in zip(seen, made, strict=True):
            if key not in lines:
                lines.add(key)
                batch.append(one)
                break
        else:
            seen.append({key})
            made.append([one])
    return made


def _done(do: Callable[[Tx, Sequence[T]], None], tx: Tx, batch: Sequence[T]) -> Names:
    do(tx, batch)
    return {}


def orders_of(tx: Tx, diary: Diary, sales: Sequence[Purchase]) -> list[tuple[Purchase, Order]]:
    """The orders that purchases became, one for each shop of each basket."""
    groups = {GroupId(diary.ids(GROUP)[name]): sale for sale in sales for name, _ in baskets(sale)}
    return [(groups[order.group_id], order) for order in orders.of_groups(tx, groups.keys())]


def _hand_over(tx: Tx, diary: Diary, sales: Sequence[Purchase]) -> None:
    wishes = [
        HandOver(
            order_id=order.id,
            carrier=CARRIER,
            tracking_number=f"{CARRIER}-{order.id}",
            at=sale.handed_over_at,
        )
        for sale, order in orders_of(tx, diary, sales)
    ]
    each(shipping.hand_over(tx, wishes))


def _arrivals(
    tx: Tx, diary: Diary, sales: Sequence[Purchase], at: Callable[[Purchase], datetime | None]
) -> list[Arrival]:
    found = {order.id: sale for sale, order in orders_of(tx, diary, sales)}
    parcels: list[Parcel] = logistics.parcels(tx, found.keys())
    going = [one for one in parcels if one.holds]
    return [Arrival(parcel_id=one.id, at=at(found[one.order_id])) for one in going]


def _deliver(tx: Tx, diary: Diary, sales: Sequence[Purchase]) -> None:
    arrivals = _arrivals(tx, diary, sales, lambda sale: sale.delivered_at)
    each(shipping.deliver(tx, arrivals))


def _send_back(tx: Tx, diary: Diary, sales: Sequence[Purchase]) -> None:
    arrivals = _arrivals(tx, diary, sales, lambda sale: sale.cancelled_at)
    each(shipping.send_back(tx, arrivals))


def _cancel(tx: Tx, diary: Diary, sales: Sequence[Purchase]) -> None:
    wishes = [
        Cancellation(
            order_id=order.id,
            by=Side.PLATFORM,  # The data do not tell who asked, and nobody has to consent now.
            reason=CancelReason.BUYER_ASKED,
            due_at=sale.cancelled_at,
        )
        for sale, order in orders_of(tx, diary, sales)
    ]
    each(cancelling.cancel(tx, wishes))


def _refund(tx: Tx, diary: Diary, backs: Sequence[Returned]) -> None:
    sales = {one.purchase.key: one.purchase for one in backs}
    found = orders_of(tx, diary, [*sales.values()])
    lines = {
        (line.order_id, line.pos): line
        for line in orders.lines(tx, [order.id for _, order in found])
    }
    by_shop = {(order.group_id, order.shop_id): order.id for _, order in found}
    wishes = [_wish(diary, one, lines, by_shop) for one in backs]
    each(refunding.refund(tx, wishes))


def _wish(
    diary: Diary,
    one: Returned,
    lines: dict[tuple[OrderId, int], Line],
    by_shop: dict[tuple[GroupId, ShopId], OrderId],
) -> RefundWish:
    name, place, seller, pos = _place(one)
    order_id = by_shop[GroupId(diary.ids(GROUP)[name]), ShopId(diary.ids(SHOP)[seller])]
    line = lines[order_id, pos]
    assert line.quantity == one.purchase.lines[place].quantity, "lines keep their order"
    return RefundWish(
        order_id=order_id,
        pos=pos,
        minor=worth(line, one.back.quantity, with_shipping=one.back.with_shipping),
        units=one.back.quantity,
        reason=aftersales.Reason.NO_LONGER_WANTED,
        restock=True,
        at=one.back.at,
    )


def _place(one: Returned) -> tuple[str, int, str, int]:
    """Where a line of a purchase went: its basket, and the line of its shop's order in it."""
    start = 0
    for name, basket in baskets(one.purchase):
        if one.back.line < start + len(basket):
            seller = one.purchase.lines[one.back.line].seller_key
            before = [ln for ln in basket[: one.back.line - start] if ln.seller_key == seller]
            return name, one.back.line, seller, len(before) + 1
        start += len(basket)
    raise AssertionError("a return is of a line of its purchase")


def worth(line: Line, units: int, *, with_shipping: bool) -> int:
    """What goes back for some more returned units: their goods, with the tax on them.

    Counted on the running total, so that all units in parts get what they get at once.
    """
    whole = line.payment_minor
    if not with_shipping and line.shipping_minor:
        charged = line.list_minor + line.shipping_minor
        whole -= line.shipping_minor + share(line.tax_minor, line.shipping_minor, charged)
    return step(whole, line.returned, line.returned + units, line.quantity)
