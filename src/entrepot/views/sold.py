"""Orders as other systems read them: with lines, parcels and cancellations, for a whole page.

Three statements, however many orders: each looks up what it needs by index. Callers were given the
orders by their door, so that what they may see is decided there. Ids come as text and instants in
seconds, as they are told: a page has hundreds of each.

Each statement takes its ids by a query of their own, `(select cast(:ids as bigint[]))`, so that the
server cannot see how few they are. For one order it would make a new plan each time, which takes
several times as long as to run it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar, cast

import orjson

from entrepot.contexts.orders import OrderId
from entrepot.kernel.db import sql_file
from entrepot.kernel.tx import Tx


class SoldHead(NamedTuple):
    """An order without its lines."""

    id: str
    state: str
    currency: str
    market: str
    mode: str
    seller_type: str
    timers: str
    total_minor: int
    paid_at: datetime | None  # In full, since the clock of dispatching begins with it.
    placed_s: int
    dispatched_s: int | None
    delivered_s: int | None
    closed_s: int | None
    changed_s: int
    due_s: int | None
    replaces_id: str | None
    buyer_id: str | None
    country: str
    method: str | None  # Of payment.
    name: str
    phone: str
    address: str  # JSON.
    cancellations: str | None  # JSON.


class SoldLine(NamedTuple):
    """A line of an order."""

    order_id: str
    pos: int
    sku_id: str
    product_id: str
    title: str
    quantity: int
    gone: int
    taken: Sequence[int] | None
    first_unit: int
    list_minor: int
    seller_discount_minor: int
    platform_discount_minor: int
    shipping_minor: int
    tax_minor: int
    taxes: str  # JSON: none are listed where they come to nothing.
    promotions: str | None  # JSON.
    shipper: str
    code: str
    options: str  # JSON.
    location_id: str | None  # Where its goods were set aside.
    keeper_id: int | None

    def is_taken(self, n: int) -> bool:
        """Whether a unit is cancelled or handed over."""
        return n < self.gone if self.taken is None else n in self.taken


class SoldParcel(NamedTuple):
    """What a parcel holds of one line."""

    order_id: str
    pos: int
    units: Sequence[int]
    id: str
    state: str
    carrier: str | None
    tracking_number: str | None
    origin: str
    labelled_s: int | None


class SoldCancellation(NamedTuple):
    """Who asked to cancel an order, and why."""

    state: str
    asked_by: str
    reason: str
    asked_s: int  # Seconds since 1970.


class Part(Protocol):
    """A row that is a part of an order."""

    @property
    def order_id(self) -> str: ...


PartT = TypeVar("PartT", bound=Part)


class Sold(NamedTuple):
    """One order with all that belongs to it."""

    head: SoldHead
    lines: Sequence[SoldLine]
    parcels: Sequence[SoldParcel]
    cancellations: Sequence[SoldCancellation]


HEADS = sql_file(__file__, "sold_heads", SoldHead)
LINES = sql_file(__file__, "sold_lines", SoldLine)
PARCELS = sql_file(__file__, "sold_parcels", SoldParcel)


def sold(tx: Tx, ids: Sequence[OrderId]) -> list[Sold]:
    """Orders in the order of the ids, for callers that were given them."""
    if not ids:
        return []
    asked = {"ids": [int(id) for id in ids]}
    heads = cast(list[SoldHead], tx.sql.execute(HEADS, asked).all())
    lines = _by_order(cast(list[SoldLine], tx.sql.execute(LINES, asked).all()))
    parcels = _by_order(cast(list[SoldParcel], tx.sql.execute(PARCELS, asked).all()))
    return [
        Sold(head, lines[head.id], parcels.get(head.id, ()), _cancellations(head)) for head in heads
    ]


def _by_order(rows: Iterable[PartT]) -> dict[str, list[PartT]]:
    found: dict[str, list[PartT]] = {}
    for row in rows:
        found.setdefault(row.order_id, []).append(row)
    return found


def _cancellations(head: SoldHead) -> Sequence[SoldCancellation]:
    if head.cancellations is None:
        return ()
    return [SoldCancellation(*one) for one in orjson.loads(head.cancellations)]
