"""What a shop earned, in the words of its books: by statement, by order, and still to come.

Whose it is stands in each query: a shop, and the merchant that it belongs to. An amount is revenue
+ shipping + fees + taxes; what the seller pays is negative.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Row

from entrepot.contexts.merchants import Shop
from entrepot.contexts.orders import OrderId
from entrepot.contexts.settlement import Permission, StatementId
from entrepot.kernel.problems import Forbidden, NotFound
from entrepot.kernel.tx import Tx

from .selects import (
    ALL_UNSETTLED,
    COMPENSATIONS,
    COUNT_MOVEMENTS,
    MOVEMENTS,
    OF_ORDER,
    OPEN_COMPENSATIONS,
    PAYMENTS,
    RESERVES,
    STATEMENTS,
    TRANSACTIONS,
    UNSETTLED,
    WORDS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A part of a list: from where, in which direction, how many; and when its rows happened."""

    after: tuple[datetime, int] | None = None
    rising: bool = False
    limit: int = 51
    since: datetime | None = None
    before: datetime | None = None

    def bound(self) -> dict[str, Any]:
        """As the queries take it: none is bound as null and restricts nothing."""
        at, id = self.after or (None, None)
        return {
            "after_at": at,
            "after_id": id,
            "rising": self.rising,
            "limit": self.limit,
            "since": self.since,
            "before": self.before,
        }


class Totals(NamedTuple):
    """Minor units of the statement's currency, over several lines."""

    minor: int
    revenue: int
    shipping: int
    fees: int
    taxes: int


class StatementRow(NamedTuple):
    """A statement with what it is made of, and how its payment stands."""

    id: int
    due_at: datetime
    currency: str
    net_minor: int
    reserve_minor: int  # Positive: more was released than held.
    payout_id: int | None
    payout_state: str | None
    paid_at: datetime | None
    totals: Totals
    transactions: int
    compensated: int  # Beside the totals: what the platform made up for.


class Unsettled(NamedTuple):
    """All that is on no statement yet."""

    totals: Totals
    compensated: int  # Beside the totals.
    transactions: int


class Earning(NamedTuple):
    """Lines that earn together: of an order on a statement, or one line of it."""

    order_id: int
    pos: int | None
    placed_at: datetime
    delivered_at: datetime | None
    statement_id: int | None
    product: str
    sku_id: int | None
    quantity: int
    state: str
    currency: str
    eligible_at: datetime | None
    is_held: bool
    totals: Totals
    return_shipping: int  # What of its shipping was for goods that came back.
    sold: Mapping[str, int]  # What was sold, by word; minor units.
    refunded: Mapping[str, int]
    fee_parts: Mapping[str, int]


class Reserve(NamedTuple):
    """What the reserve took from a statement, or gave it."""

    id: int
    order_id: int
    placed_at: datetime
    minor: int  # Negative: held.
    release_at: datetime


class Compensation(NamedTuple):
    """What the platform made up for: a refund of its choice, without goods and without fault."""

    id: int
    order_id: int
    placed_at: datetime
    delivered_at: datetime | None
    currency: str
    minor: int
    eligible_at: datetime
    is_held: bool


class Payment(NamedTuple):
    """A payout that pays statements of the shop."""

    id: int
    due_at: datetime
    state: str
    currency: str
    minor: int
    payout_currency: str
    payout_minor: int
    rate_num: int | None
    rate_den: int | None
    number: str
    changed_at: datetime


class Movement(NamedTuple):
    """Money that came onto the shop's account, or left it."""

    id: int
    kind: str
    minor: int
    currency: str
    state: str
    at: datetime


def statements(
    tx: Tx, shop: Shop, cut: Cut, states: Sequence[str] | None = None
) -> list[StatementRow]:
    """The shop's statements; with states, those whose payout is in one of them."""
    asked = {**_whose(tx, shop), **cut.bound(), "states": states and list(states), "id": None}
    return [_statement(row) for row in tx.sql.execute(STATEMENTS, asked)]


def statement(tx: Tx, shop: Shop, id: StatementId) -> StatementRow:
    """One statement of the shop."""
    asked = {**_whose(tx, shop), **Cut(limit=1).bound(), "states": None, "id": int(id)}
    row = tx.sql.execute(STATEMENTS, asked).one_or_none()
    if row is None:
        raise NotFound("statement", id)
    return _statement(row)


Waiting = Earning | Compensation
Transaction = Waiting | Reserve
T = TypeVar("T", bound=Transaction)


def transactions(tx: Tx, of: StatementRow, cut: Cut) -> list[Transaction]:
    """What a statement is made of, by order, reserve and compensation, by when it was placed."""
    asked = {**cut.bound(), "statement": of.id}
    earned = [_earning(row) for row in tx.sql.execute(TRANSACTIONS, asked)]
    reserved = [Reserve(*row) for row in tx.sql.execute(RESERVES, asked)]
    made_up = [Compensation(*row) for row in tx.sql.execute(COMPENSATIONS, asked)]
    return _cut_of([*earned, *reserved, *made_up], cut)


def of_order(tx: Tx, shop: Shop, id: OrderId) -> list[Earning]:
    """What an order earned so far, by line and statement."""
    asked = {**_whose(tx, shop), "order": int(id)}
    return [_earning(row) for row in tx.sql.execute(OF_ORDER, asked)]


def unsettled(tx: Tx, shop: Shop, cut: Cut) -> list[Waiting]:
    """What is on no statement yet: by order, what arrived and is still to arrive; compensations."""
    asked = {**_whose(tx, shop), **cut.bound()}
    earned = [_earning(row) for row in tx.sql.execute(UNSETTLED, asked)]
    made_up = [Compensation(*row) for row in tx.sql.execute(OPEN_COMPENSATIONS, asked)]
    return _cut_of([*earned, *made_up], cut)


def all_unsettled(tx: Tx, shop: Shop, cut: Cut) -> Unsettled:
    """The sums of all that is unsettled, whatever the page."""
    asked = {**_whose(tx, shop), "since": cut.since, "before": cut.before}
    row = tx.sql.execute(ALL_UNSETTLED, asked).one()
    return Unsettled(_totals(row.totals), row.compensated, row.transactions)


def payments(tx: Tx, shop: Shop, cut: Cut) -> list[Payment]:
    """The payouts that pay the shop's statements."""
    rows = tx.sql.execute(PAYMENTS, {**_whose(tx, shop), **cut.bound()})
    return [Payment(*row) for row in rows]


def movements(tx: Tx, shop: Shop, kinds: Sequence[str], cut: Cut) -> list[Movement]:
    """Settled, withdrawn, reversed: what moved the seller's balance."""
    rows = tx.sql.execute(MOVEMENTS, {**_whose(tx, shop), **cut.bound(), "kinds": list(kinds)})
    return [Movement(*row) for row in rows]


def count_movements(tx: Tx, shop: Shop, kinds: Sequence[str], cut: Cut) -> int:
    """How many of them there are on all pages."""
    asked = {"kinds": list(kinds), "since": cut.since, "before": cut.before}
    return int(tx.sql.scalar(COUNT_MOVEMENTS, {**_whose(tx, shop), **asked}) or 0)


def transaction_key(row: Transaction) -> tuple[datetime, int]:
    """By when its order was placed, then by its id: an order's is the order's own."""
    return row.placed_at, row.order_id if isinstance(row, Earning) else row.id


def _cut_of(rows: list[T], cut: Cut) -> list[T]:
    """The part of several cut lists that is the cut of all of them."""
    rows.sort(key=transaction_key, reverse=not cut.rising)
    return rows[: cut.limit]


def _whose(tx: Tx, shop: Shop) -> dict[str, int]:
    if not tx.actor.may(Permission.READ_STATEMENT, shop.merchant_id):
        permission = Permission.READ_STATEMENT
        raise Forbidden(f"{permission} is not granted to you", permission=permission.value)
    return {"shop": int(shop.id), "merchant": int(shop.merchant_id)}


def _totals(sums: Sequence[int | None]) -> Totals:
    return Totals(*(minor or 0 for minor in sums))


def _statement(row: Row[Any]) -> StatementRow:
    told = row._mapping  # noqa: SLF001 - the public name of a row's columns.
    return StatementRow(**{**told, "totals": _totals(row.totals)})


def _earning(row: Row[Any]) -> Earning:
    told = dict(row._mapping)  # noqa: SLF001 - the public name of a row's columns.
    sides = {
        side: {word: int(told.pop(f"{side}_{word}")) for word in WORDS}
        for side in ("sold", "refunded")
    }
    fees: dict[str, int] = {}
    for parts in told.pop("fee_parts"):
        for kind, minor in parts.items():
            fees[kind] = fees.get(kind, 0) + minor
    return Earning(**{**told, **sides, "totals": _totals(told["totals"]), "fee_parts": fees})
