"""Orders as other systems read them: with lines, parcels and cancellations, for a whole page.

Three statements, however many orders: each looks up what it needs by index. Callers were given the
orders by their door, so that what they may see is decided there.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from entrepot.contexts.orders import OrderId
from entrepot.kernel.db import sql_file
from entrepot.kernel.tx import Tx

LINES, PARCELS, CANCELLATIONS = (
    sql_file(__file__, name) for name in ("sold_lines", "sold_parcels", "sold_cancellations")
)


class SoldLine(NamedTuple):
    """A line with the head of its order, as the statement tells them."""

    id: int
    group_id: int
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
    buyer_id: int | None
    country: str
    method: str | None  # Of payment.
    name: str
    phone: str
    address: str  # JSON.
    pos: int
    sku_id: int
    product_id: int
    title: str
    quantity: int
    gone: int
    taken: Sequence[int] | None
    first_unit: int
    unit_price_minor: int
    list_minor: int
    seller_discount_minor: int
    platform_discount_minor: int
    shipping_minor: int
    tax_minor: int
    payment_minor: int
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

    order_id: int
    state: str
    asked_by: str
    reason: str
    asked_at: datetime


class Sold(NamedTuple):
    """One order with all that belongs to it; its head is on each of its lines."""

    lines: Sequence[SoldLine]
    parcels: Sequence[SoldParcel]
    cancellations: Sequence[SoldCancellation]


def sold(tx: Tx, ids: Sequence[OrderId]) -> list[Sold]:
    """Orders in the order of the ids, for callers that were given them."""
    if not ids:
        return []
    asked = {"ids": [int(id) for id in ids]}
    lines = map(SoldLine._make, tx.sql.execute(LINES, asked).all())
    parcels = _by_order(map(SoldParcel._make, tx.sql.execute(PARCELS, asked).all()))
    wishes = _by_order(map(SoldCancellation._make, tx.sql.execute(CANCELLATIONS, asked).all()))
    return [
        Sold([*found], parcels.get(id, ()), wishes.get(id, ()))
        for id, found in groupby(lines, attrgetter("id"))
    ]


def _by_order(rows: Iterable[Any]) -> dict[int, list[Any]]:
    return {id: [*found] for id, found in groupby(rows, attrgetter("order_id"))}
