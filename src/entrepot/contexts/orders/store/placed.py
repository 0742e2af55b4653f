"""Orders that were placed: reading them, moving them, counting their units."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, text, tuple_

from entrepot.contexts.catalog import ListingId, ProductId, SkuId
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders.lifecycle import State, Verb
from entrepot.contexts.orders.model import (
    Filter,
    Group,
    GroupId,
    Line,
    Order,
    OrderId,
    QuoteId,
    Recipient,
    TermsId,
    UnitId,
)
from entrepot.contexts.orders.tables import orders
from entrepot.contexts.orders.units import BLOCK
from entrepot.contexts.orders.waterfall import Part
from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.db import sql_file, statement
from entrepot.kernel.ids import among
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.tx import EVERY_ROW, Lock, Tx

HERE = __file__.replace("/store/", "/")
SAVE_MOVES, SAVE_UNITS, LINES = (
    sql_file(HERE, name) for name in ("save_moves", "save_units", "lines")
)
DUE = text("select id from orders.orders where due_at <= :as_of order by due_at, id limit :at_most")
NEXT_DUE = text("select min(due_at) from orders.orders")
HEAD = f"select {', '.join(orders.c.keys())} from orders.orders"
HEADS = statement(f"{HEAD} where id = any(cast(:ids as bigint[]))")
HOLD_GROUPS = statement(
    f"{HEAD} where group_id = any(cast(:ids as bigint[])) order by id for no key update"
)
UNSETTLED = statement(
    "select distinct group_id from orders.orders"
    " where group_id = any(cast(:ids as bigint[])) and paid_at is null"
)
GROUPS = text(
    "select g.id, g.quote_id, g.market, g.currency, g.buyer_id, g.total_minor, g.placed_at,"
    " array(select o.id from orders.orders o where o.group_id = g.id order by o.id) as order_ids"
    " from orders.groups g where g.id = any(cast(:ids as bigint[]))"
)
OF_BUYERS = text(
    "select id from orders.groups where buyer_id = any(cast(:people as bigint[])) order by id"
)
KNOWN_BUYERS = text(
    "select p.id from unnest(cast(:people as bigint[])) as p (id)"
    " where exists (select from orders.groups g where g.buyer_id = p.id)"
)
RECIPIENTS = text(
    "select group_id, name, email, phone, address from orders.recipients"
    " where group_id = any(cast(:ids as bigint[]))"
)
ERASE = text(
    "update orders.recipients r set name = '', email = '', phone = '', address = '{}',"
    " erased_at = :now from orders.groups g where g.id = r.group_id and r.erased_at is null"
    " and g.buyer_id = any(cast(:people as bigint[]))"
)
ERASE_NOTES = text(
    "update orders.cancellations c set note = '' from orders.orders o"
    " join orders.groups g on g.id = o.group_id where o.id = c.order_id and c.note <> ''"
    " and g.buyer_id = any(cast(:people as bigint[]))"
)
AT_UNITS = text(
    "select w.id, l.order_id, l.pos, w.id - l.first_unit as n"
    " from unnest(cast(:ids as bigint[])) as w (id)"
    " join orders.lines l on l.first_unit = w.id / :block * :block"
    " where w.id - l.first_unit < l.quantity"
)
ADD_REFUNDS = text(
    "update orders.orders o set refunded_minor = o.refunded_minor + r.minor"
    " from unnest(cast(:ids as bigint[]), cast(:refunds as bigint[])) as r (id, minor)"
    " where o.id = r.id"
)
HISTORY = text(
    "select verb, before, after, actor, reason, at from orders.history"
    " where order_id = :order order by id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One order from the state that it had to the one that it has now."""

    before: Order
    after: Order
    verb: Verb
    at: datetime
    reason: str = ""
    refund_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is added to the counters of one line."""

    order_id: OrderId
    pos: int
    cancelled: int = 0
    shipped: int = 0
    delivered: int = 0
    returned: int = 0
    refunded: int = 0
    taken: tuple[int, ...] | None = None  # All that are taken then; none: as the line has it.


def by_ids(tx: Tx, ids: Collection[OrderId], visible: ColumnElement[bool]) -> dict[OrderId, Order]:
    if visible is EVERY_ROW:
        rows = tx.sql.execute(HEADS, {"ids": [int(id) for id in ids]})
    else:
        rows = tx.sql.execute(_heads().where(among(orders.c.id, ids), visible))
    return {OrderId(row.id): _order(row) for row in rows}


def of_groups(tx: Tx, ids: Collection[GroupId]) -> list[Order]:
    """The orders of groups, by group and id."""
    query = _heads().where(among(orders.c.group_id, ids)).order_by(orders.c.group_id, orders.c.id)
    return [_order(row) for row in tx.sql.execute(query)]


def hold_groups(tx: Tx, ids: Collection[GroupId]) -> list[Order]:
    """Lock the orders of groups by rising id, and read them in the same statement.

    An order that had to be waited for is read as it then is; a group never gets another order.
    """
    rows = tx.sql.execute(HOLD_GROUPS, {"ids": [int(id) for id in ids]})
    found = [_order(row) for row in rows]
    if found:
        tx.held[Lock.ORDERS] = {int(order.id) for order in found}
    return found


def unsettled(tx: Tx, ids: Collection[GroupId]) -> set[GroupId]:
    """Groups with an order that was never paid."""
    asked = {"ids": [int(id) for id in ids]}
    return {GroupId(id) for id in tx.sql.scalars(UNSETTLED, asked)}


def page(
    tx: Tx,
    visible: ColumnElement[bool],
    wanted: Filter,
    cut: tuple[tuple[datetime, OrderId] | None, int],
) -> list[Order]:
    """Orders, the newest first; the cut is a cursor of (placed_at, id) and how many."""
    after, limit = cut
    key = tuple_(orders.c.placed_at, orders.c.id)
    query = _heads().where(visible, *_conditions(wanted))
    query = query.order_by(orders.c.placed_at.desc(), orders.c.id.desc())
    if after is not None:
        query = query.where(key < (after[0], int(after[1])))
    return [_order(row) for row in tx.sql.execute(query.limit(limit))]


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    given = [
        None if wanted.shop_id is None else orders.c.shop_id == wanted.shop_id,
        None if wanted.state is None else orders.c.state == wanted.state.value,
        None if wanted.placed_from is None else orders.c.placed_at >= wanted.placed_from,
        None if wanted.placed_before is None else orders.c.placed_at < wanted.placed_before,
    ]
    return [condition for condition in given if condition is not None]


def due(tx: Tx, as_of: datetime, at_most: int) -> list[OrderId]:
    return [OrderId(id) for id in tx.sql.scalars(DUE, {"as_of": as_of, "at_most": at_most})]


def next_due_at(tx: Tx) -> datetime | None:
    found: datetime | None = tx.sql.scalar(NEXT_DUE)
    return found


def groups(tx: Tx, ids: Collection[GroupId]) -> dict[GroupId, Group]:
    rows = tx.sql.execute(GROUPS, {"ids": [int(id) for id in ids]})
    return {GroupId(row.id): group_of(row) for row in rows}


def groups_of_buyers(tx: Tx, people: Collection[PersonId]) -> list[GroupId]:
    asked = {"people": [int(person) for person in people]}
    return [GroupId(id) for id in tx.sql.scalars(OF_BUYERS, asked)]


def known_buyers(tx: Tx, people: Collection[PersonId]) -> set[PersonId]:
    asked = {"people": [int(person) for person in people]}
    return {PersonId(id) for id in tx.sql.scalars(KNOWN_BUYERS, asked)}


def recipients(tx: Tx, ids: Collection[GroupId]) -> dict[GroupId, Recipient]:
    rows = tx.sql.execute(RECIPIENTS, {"ids": [int(id) for id in ids]})
    return {
        GroupId(row.group_id): Recipient(
            name=row.name, email=row.email, phone=row.phone, address=row.address
        )
        for row in rows
    }


def erase_recipients(tx: Tx, people: Collection[PersonId]) -> int:
    asked = {"people": [int(person) for person in people], "now": tx.now}
    tx.sql.execute(ERASE_NOTES, asked)
    return tx.sql.execute(ERASE, asked).rowcount


def history(tx: Tx, order_id: OrderId) -> list[Row[Any]]:
    return list(tx.sql.execute(HISTORY, {"order": int(order_id)}))


def lines(tx: Tx, ids: Collection[OrderId]) -> list[Line]:
    rows = tx.sql.execute(LINES, {"orders": [int(id) for id in ids]})
    return [_line(row) for row in rows]


def at_units(tx: Tx, ids: Collection[UnitId]) -> dict[UnitId, tuple[OrderId, int, int]]:
    """Which order, line and unit of it these ids mean; an id of none is left out."""
    rows = tx.sql.execute(AT_UNITS, {"ids": [int(id) for id in ids], "block": BLOCK})
    return {UnitId(row.id): (OrderId(row.order_id), row.pos, row.n) for row in rows}


def save_moves(tx: Tx, moves: Sequence[Move]) -> None:
    """Write moves and their history. Several moves of one order come in calls of their own."""
    if not moves:
        return
    columns = {
        "actor": tx.actor.name,
        "ids": [int(move.after.id) for move in moves],
        "verbs": [move.verb.value for move in moves],
        "before": [move.before.state.value for move in moves],
        "after": [move.after.state.value for move in moves],
        "times": [move.at for move in moves],
        "due": [move.after.due_at for move in moves],
        "closed": [move.after.closed for move in moves],
        "faults": [move.after.seller_fault for move in moves],
        "reasons": [move.reason for move in moves],
        "refunds": [move.refund_minor for move in moves],
    }
    assert tx.sql.scalar(SAVE_MOVES, columns) == len(moves), "moved by someone else"


def save_units(tx: Tx, changes: Sequence[Change]) -> None:
    """Add to the counters of lines. A line comes once at most."""
    if not changes:
        return
    columns = {
        "orders": [int(change.order_id) for change in changes],
        "pos": [change.pos for change in changes],
        "cancelled": [change.cancelled for change in changes],
        "shipped": [change.shipped for change in changes],
        "delivered": [change.delivered for change in changes],
        "returned": [change.returned for change in changes],
        "refunded": [change.refunded for change in changes],
        "taken": [_array(change.taken) for change in changes],
    }
    assert tx.sql.execute(SAVE_UNITS, columns).rowcount == len(changes)


def _array(units: tuple[int, ...] | None) -> str | None:
    return None if units is None else f"{{{','.join(map(str, units))}}}"


def _heads() -> Select[Any]:
    return select(orders)


def _order(row: Row[Any]) -> Order:
    return Order(
        id=OrderId(row.id),
        group_id=GroupId(row.group_id),
        shop_id=ShopId(row.shop_id),
        merchant_id=OrganisationId(row.merchant_id),
        record_id=OrganisationId(row.record_id),
        market=row.market,
        mode=row.mode,
        seller_type=row.seller_type,
        state=State(row.state),
        total=Money(row.total_minor, Currency(row.currency)),
        refunded_minor=row.refunded_minor,
        seller_fault=row.seller_fault,
        placed_at=row.placed_at,
        paid_at=row.paid_at,
        dispatched_at=row.dispatched_at,
        delivered_at=row.delivered_at,
        closed_at=row.closed_at,
        changed_at=row.changed_at,
        due_at=row.due_at,
        timers=row.timers,
        replaces_id=row.replaces_id,
    )


def _line(row: Row[Any]) -> Line:
    return Line(
        order_id=OrderId(row.order_id),
        pos=row.pos,
        sku_id=SkuId(row.sku_id),
        listing_id=ListingId(row.listing_id),
        product_id=ProductId(row.product_id),
        title=row.title,
        quantity=row.quantity,
        cancelled=row.cancelled,
        shipped=row.shipped,
        delivered=row.delivered,
        returned=row.returned,
        first_unit=row.first_unit,
        taken=None if row.taken is None else tuple(row.taken),
        terms_id=TermsId(row.terms_id),
        currency=Currency(row.currency),
        unit_price_minor=row.unit_price_minor,
        list_minor=row.list_minor,
        seller_discount_minor=row.seller_discount_minor,
        platform_discount_minor=row.platform_discount_minor,
        shipping_minor=row.shipping_minor,
        tax_minor=row.tax_minor,
        payment_minor=row.payment_minor,
        refunded_minor=row.refunded_minor,
        parts=tuple(Part(**{**part, "owner": OrganisationId(part["owner"])}) for part in row.parts),
        inputs=row.inputs,
    )


def group_of(row: Row[Any]) -> Group:
    """A group as a row of `GROUPS` has it."""
    return Group(
        id=GroupId(row.id),
        quote_id=QuoteId(row.quote_id),
        market=row.market,
        buyer_id=None if row.buyer_id is None else PersonId(row.buyer_id),
        total=Money(row.total_minor, Currency(row.currency)),
        placed_at=row.placed_at,
        order_ids=tuple(OrderId(id) for id in row.order_ids),
    )


def add_refunds(tx: Tx, changes: Sequence[Change]) -> None:
    """Add what went back of lines to the totals of their orders."""
    sums: dict[OrderId, int] = {}
    for change in changes:
        sums[change.order_id] = sums.get(change.order_id, 0) + change.refunded
    if sums:
        tx.sql.execute(ADD_REFUNDS, {"ids": [int(id) for id in sums], "refunds": [*sums.values()]})
