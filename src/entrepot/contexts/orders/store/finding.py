"""Searching a shop's orders, and the names that other systems have for them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, TextClause, func, select, text, tuple_

from entrepot.contexts import inventory
from entrepot.contexts.orders.finding import Cut, Reference, Search, Span
from entrepot.contexts.orders.model import OrderId, UnitId
from entrepot.contexts.orders.tables import groups, orders
from entrepot.kernel.tx import Tx

# Conditions on what other rooms and tables know of an order.
SHIPPED_BY = text(
    "exists (select from orders.lines l join orders.terms t on t.id = l.terms_id"
    " where l.order_id = orders.orders.id"
    " and t.content -> 'flags' ->> 'parcel_shipper' = :shipper)"
)
ASKED = text(
    "exists (select from orders.cancellations c where c.order_id = orders.orders.id"
    " and c.state = 'requested' and c.asked_by = 'buyer') = :asked"
)
REMEMBER = text(
    "insert into orders.external_references"
    " (order_id, platform, shop_id, external_id, items, told_at)"
    " select r.order_id, r.platform, o.shop_id, r.external_id, r.items, :now"
    " from unnest(cast(:orders as bigint[]), cast(:platforms as text[]),"
    " cast(:external_ids as text[]), cast(:items as jsonb[]))"
    " as r (order_id, platform, external_id, items) join orders.orders o on o.id = r.order_id"
    " on conflict (order_id, platform) do update set"
    " external_id = excluded.external_id, items = excluded.items, told_at = excluded.told_at"
)
REFERENCES = (
    "select r.order_id, r.platform, r.external_id, r.items from orders.external_references r where "
)
OF_ORDERS = text(
    f"{REFERENCES}r.order_id = any(cast(:orders as bigint[])) order by r.order_id, r.platform"
)
NAMED = text(
    f"{REFERENCES}r.shop_id = :shop and r.platform = :platform and r.external_id = :external_id"
    " order by r.order_id limit :at_most"
)


def search(
    tx: Tx, visible: ColumnElement[bool], wanted: Search, cut: Cut
) -> list[tuple[datetime, OrderId]]:
    """One page of orders: the instant that they are sorted by, and their id."""
    column = orders.c.changed_at if cut.by_change else orders.c.placed_at
    key = tuple_(column, orders.c.id)
    query = select(column, orders.c.id).where(visible, *_conditions(wanted), *_beyond(wanted))
    if cut.after is not None:
        last = (cut.after[0], int(cut.after[1]))
        query = query.where(key > last if cut.rising else key < last)
    if cut.rising:
        query = query.order_by(column, orders.c.id)
    else:
        query = query.order_by(column.desc(), orders.c.id.desc())
    found = tx.sql.execute(query.limit(cut.limit), _given(wanted)).all()
    return [(row[0], OrderId(row[1])) for row in found]


def count(tx: Tx, visible: ColumnElement[bool], wanted: Search, at_most: int) -> int:
    """How many orders a search finds; no more than so many are counted."""
    query = select(orders.c.id).where(visible, *_conditions(wanted), *_beyond(wanted))
    counted = select(func.count()).select_from(query.limit(at_most).subquery())
    return tx.sql.execute(counted, _given(wanted)).scalar_one()


def remember(tx: Tx, references: Sequence[Reference]) -> None:
    """Write what other systems call orders; the last name of each system stays."""
    if not references:
        return
    columns = {
        "now": tx.now,
        "orders": [int(each.order_id) for each in references],
        "platforms": [each.platform for each in references],
        "external_ids": [each.external_id for each in references],
        "items": [
            orjson.dumps({str(int(unit)): name for unit, name in each.items.items()}).decode()
            for each in references
        ],
    }
    tx.sql.execute(REMEMBER, columns)


def references(tx: Tx, ids: Collection[OrderId]) -> list[Reference]:
    """What other systems call orders."""
    return [_reference(row) for row in tx.sql.execute(OF_ORDERS, {"orders": [*map(int, ids)]})]


def named(tx: Tx, shop_id: int, platform: str, external_id: str) -> list[Reference]:
    """The orders of a shop that another system knows by a name; a hundred at most."""
    asked = {"shop": shop_id, "platform": platform, "external_id": external_id, "at_most": 100}
    return [_reference(row) for row in tx.sql.execute(NAMED, asked)]


def _conditions(wanted: Search) -> list[ColumnElement[bool]]:
    found = [orders.c.shop_id == wanted.shop_id]
    if len(wanted.states) == 1:
        found.append(orders.c.state == wanted.states[0].value)
    elif wanted.states:
        found.append(orders.c.state.in_([state.value for state in wanted.states]))
    found += [*_within(orders.c.placed_at, wanted.placed)]
    found += [*_within(orders.c.changed_at, wanted.changed)]
    if wanted.buyer_id is not None:
        own = select(groups.c.id).where(groups.c.buyer_id == wanted.buyer_id)
        found.append(orders.c.group_id.in_(own))
    if wanted.locations:
        found.append(inventory.set_aside_at(orders.c.id, wanted.locations))
    return found


def _within(column: ColumnElement[datetime], span: Span) -> list[ColumnElement[bool]]:
    begin, end = span
    bounds = [None if begin is None else column >= begin, None if end is None else column < end]
    return [bound for bound in bounds if bound is not None]


def _beyond(wanted: Search) -> list[TextClause]:
    """Conditions on tables that are no part of the list."""
    asked = [(wanted.shipper, SHIPPED_BY), (wanted.asked_to_cancel, ASKED)]
    return [condition for value, condition in asked if value is not None]


def _given(wanted: Search) -> dict[str, Any]:
    given = {"shipper": wanted.shipper, "asked": wanted.asked_to_cancel}
    return {name: value for name, value in given.items() if value is not None}


def _reference(row: Row[Any]) -> Reference:
    return Reference(
        order_id=OrderId(row.order_id),
        platform=row.platform,
        external_id=row.external_id,
        items={UnitId(int(unit)): name for unit, name in row.items.items()},
    )
