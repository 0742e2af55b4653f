"""Orders as other systems read them: with lines, parcels and cancellations, for a whole page.

Three statements, however many orders: each looks up what it needs by index. Callers were given the
orders by their door, so that what they may see is decided there.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import orjson

from entrepot.contexts.orders import OrderId
from entrepot.kernel.db import sql_file
from entrepot.kernel.tx import Tx

HEADS, LINES, PARCELS = (
    sql_file(__file__, name) for name in ("sold_heads", "sold_lines", "sold_parcels")
)


class SoldHead(NamedTuple):
    """An order without its lines."""

    id: int
    state: str
    currency: str
    market: str
    mode: str
    seller_type: str
    timers: str
    total_minor: int
    placed_at: datetime
    paid_at: datetime | None
    dispatched_at: datetime | None
    delivered_at: datetime | None
    closed_at: datetime | None
    changed_at: datetime
    due_at: datetime | None
    replaces_id: int | None
    buyer_id: int | None
    country: str
    method: str | None  # Of payment.
    name: str
    phone: str
    address: str  # JSON.
    cancellations: str | None  # JSON.


class SoldLine(NamedTuple):
    """A line of an order."""

    order_id: int
    pos: int
    sku_id: int
    product_id: int
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
    taxes: str  # JSON.
    promotions: str | None  # JSON.
    shipper: str
    code: str
    options: str  # JSON.
    location_id: int | None  # Where its goods were set aside.
    keeper_id: int | None

    def is_taken(self, n: int) -> bool:
        """Whether a unit is cancelled or handed over."""
        return n < self.gone if self.taken is None else n in self.taken


class SoldParcel(NamedTuple):
    """What a parcel holds of one line."""

    order_id: int
    pos: int
    units: Sequence[int]
    id: int
    state: str
    carrier: str | None
    tracking_number: str | None
    origin: str
    labelled_at: datetime | None


class SoldCancellation(NamedTuple):
    """Who asked to cancel an order, and why."""

    state: str
    asked_by: str
    reason: str
    asked_s: int  # Seconds since 1970.


class Sold(NamedTuple):
    """One order with all that belongs to it."""

    head: SoldHead
    lines: Sequence[SoldLine]
    parcels: Sequence[SoldParcel]
    cancellations: Sequence[SoldCancellation]


def sold(tx: Tx, ids: Sequence[OrderId]) -> list[Sold]:
    """Orders in the order of the ids, for callers that were given them."""
    if not ids:
        return []
    asked = {"ids": [int(id) for id in ids]}
    heads = map(SoldHead._make, tx.sql.execute(HEADS, asked).all())
    lines = _by_order(map(SoldLine._make, tx.sql.execute(LINES, asked).all()))
    parcels = _by_order(map(SoldParcel._make, tx.sql.execute(PARCELS, asked).all()))
    return [
        Sold(head, lines[head.id], parcels.get(head.id, ()), _cancellations(head)) for head in heads
    ]


def _by_order(rows: Iterable[Any]) -> dict[int, list[Any]]:
    return {id: [*found] for id, found in groupby(rows, attrgetter("order_id"))}


def _cancellations(head: SoldHead) -> Sequence[SoldCancellation]:
    if head.cancellations is None:
        return ()
    return [SoldCancellation(*one) for one in orjson.loads(head.cancellations)]
