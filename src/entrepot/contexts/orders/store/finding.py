"""Searching a shop's orders, and the names that other systems have for them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Row, text

from entrepot.contexts import inventory
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders.finding import Cut, Reference, Search
from entrepot.contexts.orders.model import OrderId, UnitId
from entrepot.kernel.db import Statement, statement
from entrepot.kernel.tx import Tx

Seen = tuple[str, dict[str, Any]]  # Which orders somebody may see: a condition, and its values.

# What a search may ask, by the name of its value.
CONDITIONS = {
    "placed_from": "o.placed_at >= :placed_from",
    "placed_before": "o.placed_at < :placed_before",
    "changed_from": "o.changed_at >= :changed_from",
    "changed_before": "o.changed_at < :changed_before",
    "buyer": "o.group_id in (select b.id from orders.groups b where b.buyer_id = :buyer)",
    "locations": inventory.set_aside_at("o.id"),
    "shipper": "exists (select from orders.lines l join orders.terms t on t.id = l.terms_id"
    " where l.order_id = o.id and t.content -> 'flags' ->> 'parcel_shipper' = :shipper)",
    "asked": "exists (select from orders.cancellations c where c.order_id = o.id"
    " and c.state = 'requested' and c.asked_by = 'buyer') = :asked",
}
IN_SHOP = "o.id = any(cast(:ids as bigint[]))"
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


def search(tx: Tx, seen: Seen, wanted: Search, cut: Cut) -> list[tuple[datetime, OrderId]]:
    """One page of orders: the instant that they are sorted by, and their id."""
    conditions, given = _asked(seen, wanted)
    given["limit"] = cut.limit
    column = "o.changed_at" if cut.by_change else "o.placed_at"
    if cut.after is not None:
        conditions += (f"({column}, o.id) {'>' if cut.rising else '<'} (:at, :id)",)
        given["at"], given["id"] = cut.after[0], int(cut.after[1])
    page = _page(column, "asc" if cut.rising else "desc", conditions)
    return [(at, OrderId(id)) for at, id in tx.sql.execute(page, given)]


def count(tx: Tx, seen: Seen, wanted: Search, at_most: int) -> int:
    """How many orders a search finds; no more than so many are counted."""
    conditions, given = _asked(seen, wanted)
    number: int = tx.sql.execute(_count(conditions), {**given, "limit": at_most}).scalar_one()
    return number


def in_shop(tx: Tx, seen: Seen, shop_id: ShopId, ids: Collection[OrderId]) -> set[OrderId]:
    """Those of these orders that are a shop's."""
    condition, values = seen
    given = {**values, "shop": int(shop_id), "ids": [int(id) for id in ids], "limit": len(ids)}
    page = _page("o.placed_at", "asc", ("o.shop_id = :shop", condition, IN_SHOP))
    return {OrderId(id) for _, id in tx.sql.execute(page, given)}


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


@lru_cache(maxsize=1 << 10)  # By what is asked, not by the values: there are few of them.
def _page(column: str, direction: str, conditions: tuple[str, ...]) -> Statement:
    return statement(
        f"select {column}, o.id from orders.orders o where {' and '.join(conditions)}"
        f" order by {column} {direction}, o.id {direction} limit :limit"
    )


@lru_cache(maxsize=1 << 10)
def _count(conditions: tuple[str, ...]) -> Statement:
    return statement(
        "select count(*) from (select from orders.orders o"
        f" where {' and '.join(conditions)} limit :limit) as found"
    )


def _asked(seen: Seen, wanted: Search) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The conditions of a search, and their values."""
    condition, values = seen
    given = {name: value for name, value in _values(wanted).items() if value is not None}
    conditions = ["o.shop_id = :shop", condition, *(CONDITIONS[name] for name in given)]
    if wanted.states:  # As they are, so that the index of some states serves every plan.
        states = ", ".join(f"'{state}'" for state in wanted.states)
        conditions.append(f"o.state in ({states})")
    return tuple(conditions), {**values, **given, "shop": int(wanted.shop_id)}


def _values(wanted: Search) -> dict[str, Any]:
    return {
        "placed_from": wanted.placed[0],
        "placed_before": wanted.placed[1],
        "changed_from": wanted.changed[0],
        "changed_before": wanted.changed[1],
        "buyer": None if wanted.buyer_id is None else int(wanted.buyer_id),
        "locations": [*map(int, wanted.locations)] or None,
        "shipper": wanted.shipper,
        "asked": wanted.asked_to_cancel,
    }


def _reference(row: Row[Any]) -> Reference:
    return Reference(
        order_id=OrderId(row.order_id),
        platform=row.platform,
        external_id=row.external_id,
        items={UnitId(int(unit)): name for unit, name in row.items.items()},
    )
