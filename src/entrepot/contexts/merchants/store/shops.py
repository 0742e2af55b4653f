"""Shops and the orders of their days."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects import postgresql

from entrepot.contexts.merchants.lifecycle import OVER, ContractState, ShopState
from entrepot.contexts.merchants.model import SellerType, Shop, ShopId
from entrepot.contexts.merchants.tables import contracts, shops
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import among
from entrepot.kernel.tx import EVERY_ROW, Tx

BY_IDS = sql_file(__file__, "shops")
COUNT = sql_file(__file__, "count_orders")
MOVE = sql_file(__file__, "move_shops")
OF_DAY = text(
    "select shop_id, orders from merchants.shop_days"
    " where shop_id = any(cast(:ids as bigint[])) and day_on = :day_on"
)


def add_shops(tx: Tx, new: Sequence[Shop]) -> set[ShopId]:
    """Add shops; returns those that no live shop of the same kind stood in the way of."""
    rows = [
        {
            "id": one.id,
            "merchant_id": one.merchant_id,
            "name": one.name,
            "market": one.market,
            "mode": one.mode,
            "seller_type": one.seller_type.value,
            "state": one.state.value,
            "stage": one.stage,
            "opened_on": one.opened_on,
        }
        for one in new
    ]
    if not rows:
        return set()
    statement = postgresql.insert(shops).values(rows).on_conflict_do_nothing()
    return {*tx.sql.scalars(statement.returning(shops.c.id))}


def shops_by_ids(
    tx: Tx,
    ids: Collection[ShopId],
    at: datetime,
    visible: ColumnElement[bool] = EVERY_ROW,
) -> dict[ShopId, Shop]:
    if visible is EVERY_ROW:
        rows = tx.sql.execute(BY_IDS, {"ids": [int(id) for id in ids], "at": at})
    else:
        rows = tx.sql.execute(_shops_at(at).where(among(shops.c.id, ids), visible))
    return {ShopId(row.id): _shop(row) for row in rows}


def shops_after(
    tx: Tx, after: ShopId | None, limit: int, *conditions: ColumnElement[bool]
) -> list[Shop]:
    query = _shops_at(tx.now).where(shops.c.id > (after or 0), *conditions)
    return [_shop(row) for row in tx.sql.execute(query.order_by(shops.c.id).limit(limit))]


def shops_of_market(tx: Tx, market: str) -> list[Shop]:
    query = _shops_at(tx.now).where(shops.c.market == market).order_by(shops.c.id)
    return [_shop(row) for row in tx.sql.execute(query)]


def live_shops_of(tx: Tx, merchants: Collection[OrganisationId]) -> list[tuple[Shop, set[str]]]:
    """Shops that are not over, with the modes of all contracts that hold now or will."""
    live = shops.c.state.not_in([state.value for state in OVER])
    query = _shops_at(tx.now).where(among(shops.c.merchant_id, merchants), live)
    found = {row.id: (_shop(row), {row.mode}) for row in tx.sql.execute(query)}
    coming = select(contracts.c.shop_id, contracts.c.mode).where(
        among(contracts.c.shop_id, found),
        contracts.c.state == ContractState.AGREED.value,
        contracts.c.from_at > tx.now,
    )
    for row in tx.sql.execute(coming):
        found[row.shop_id][1].add(row.mode)
    return [*found.values()]


def move_shops(tx: Tx, moves: Sequence[tuple[Shop, Shop]]) -> None:
    """Write moves, each from the shop as it was to the shop as it is."""
    if not moves:
        return
    columns = {
        "ids": [int(after.id) for _, after in moves],
        "before": [before.state.value for before, _ in moves],
        "after": [after.state.value for _, after in moves],
        "stages": [after.stage for _, after in moves],
        "order_caps": [after.order_cap for _, after in moves],
        "listing_caps": [after.listing_cap for _, after in moves],
    }
    assert tx.sql.execute(MOVE, columns).rowcount == len(moves), "moved by someone else"


def count_orders(tx: Tx, wanted: Mapping[ShopId, tuple[int, int]], day_on: date) -> set[ShopId]:
    """Count orders (number, cap) of shops that are held; returns those that had room."""
    given = {
        "ids": [int(id) for id in wanted],
        "orders": [orders for orders, _ in wanted.values()],
        "caps": [cap for _, cap in wanted.values()],
        "day_on": day_on,
    }
    return {ShopId(id) for id in tx.sql.scalars(COUNT, given)}


def orders_of_day(tx: Tx, ids: Collection[ShopId], day_on: date) -> dict[ShopId, int]:
    given = {"ids": [int(id) for id in ids], "day_on": day_on}
    counted = {ShopId(row.shop_id): row.orders for row in tx.sql.execute(OF_DAY, given)}
    return {id: counted.get(id, 0) for id in ids}


def _shops_at(at: datetime) -> Select[Any]:
    """Shops with the mode in force at an instant; before the first contract, the first one's."""
    agreed = (
        select(contracts.c.mode)
        .where(
            contracts.c.shop_id == shops.c.id,
            contracts.c.state == literal_column(f"'{ContractState.AGREED}'"),
        )
        .limit(1)
    )  # Each takes one step in the index of agreed contracts.
    begun = agreed.where(contracts.c.from_at <= at).order_by(contracts.c.from_at.desc())
    first = agreed.order_by(contracts.c.from_at)
    in_force = func.coalesce(begun.scalar_subquery(), first.scalar_subquery())
    own = [column for column in shops.c if column.name != "mode"]
    return select(*own, in_force.label("mode"))


def _shop(row: Row[Any]) -> Shop:
    return Shop(
        id=ShopId(row.id),
        merchant_id=OrganisationId(row.merchant_id),
        name=row.name,
        market=row.market,
        mode=row.mode,
        seller_type=SellerType(row.seller_type),
        state=ShopState(row.state),
        stage=row.stage,
        opened_on=row.opened_on,
        order_cap=row.order_cap,
        listing_cap=row.listing_cap,
    )
