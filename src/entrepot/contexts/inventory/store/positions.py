"""Statements on locations, positions and receipts."""

from collections.abc import Collection, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Select, any_, func, literal, or_, select, text

from entrepot.contexts.catalog import SkuId
from entrepot.contexts.inventory.addresses import Address
from entrepot.contexts.inventory.model import (
    Count,
    Location,
    LocationEdit,
    LocationId,
    NewLocation,
    NewReceipt,
    Position,
    PositionId,
    ReceiptId,
    Turned,
)
from entrepot.contexts.inventory.tables import locations, positions
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import Id, among, new_ids
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Tx

OPEN_POSITIONS, RECEIPTS = (sql_file(__file__, name) for name in ("open_positions", "receipts"))
TURN = sql_file(__file__, "turn")
DISAGREEMENTS = text("select position_id from inventory.disagreements order by position_id")
LOCATE = text(
    "insert into inventory.locations (id, code, name, country, keeper_id, markets, address)"
    " values (:id, :code, :name, :country, :keeper_id, :markets, cast(:address as jsonb))"
    " on conflict (code) do nothing"
)
SAVE_ADDRESSES = text(
    "update inventory.locations l set address = e.address"
    " from unnest(cast(:ids as bigint[]), cast(:addresses as jsonb[])) as e (id, address)"
    " where l.id = e.id"
)
USED_BY = text(
    "select l.id from inventory.locations l where exists (select from inventory.positions p"
    " where p.location_id = l.id and p.owner_id = :owner)"
)
POSITIONS_AT = text(
    "select p.id, p.sku_id, p.location_id, p.owner_id, p.on_hand, p.reserved, p.currency,"
    " l.keeper_id from inventory.positions p join inventory.locations l on l.id = p.location_id"
    " join unnest(cast(:skus as bigint[]), cast(:locations as bigint[]), cast(:owners as bigint[]))"
    " as w (sku_id, location_id, owner_id) using (sku_id, location_id, owner_id)"
)


def add_locations(tx: Tx, wishes: Sequence[NewLocation]) -> list[Location | None]:
    """Write locations; none for a code that is taken."""
    added: list[Location | None] = []
    for id, wish in zip(new_ids(tx.sql, LocationId, len(wishes)), wishes, strict=True):
        row = {
            "id": int(id),
            "code": wish.code,
            "name": wish.name,
            "country": wish.country,
            "keeper_id": int(wish.keeper_id),
            "markets": None if wish.markets is None else [*wish.markets],
            "address": _lines(wish.address),
        }
        fresh = tx.sql.execute(LOCATE, row).rowcount
        added.append(_new_location(id, wish) if fresh else None)
    return added


def save_addresses(tx: Tx, edits: Sequence[LocationEdit]) -> None:
    columns = {
        "ids": [int(edit.location_id) for edit in edits],
        "addresses": [_lines(edit.address) for edit in edits],
    }
    tx.sql.execute(SAVE_ADDRESSES, columns)


def locations_by(tx: Tx, ids: Collection[LocationId]) -> dict[LocationId, Location]:
    query = select(locations).where(among(locations.c.id, ids))
    return {row.id: _location(row) for row in tx.sql.execute(query)}


def all_locations(tx: Tx) -> list[Location]:
    rows = tx.sql.execute(select(locations).order_by(locations.c.code))
    return [_location(row) for row in rows]


def locations_used_by(tx: Tx, owner_id: OrganisationId) -> set[LocationId]:
    """The locations that have a position of an owner."""
    return {LocationId(id) for id in tx.sql.scalars(USED_BY, {"owner": int(owner_id)})}


def open_positions(
    tx: Tx, wishes: Sequence[NewReceipt | Count]
) -> dict[tuple[int, int, int], Position]:
    """The positions that receipts and counts go to; what is missing is opened, empty."""
    keys = [_place(wish) for wish in wishes]
    columns = {
        "skus": [key[0] for key in keys],
        "locations": [key[1] for key in keys],
        "owners": [key[2] for key in keys],
    }
    currencies = [wish.currency and wish.currency.value for wish in wishes]
    tx.sql.execute(OPEN_POSITIONS, {**columns, "currencies": currencies})
    found = tx.sql.execute(POSITIONS_AT, columns)
    return {(row.sku_id, row.location_id, row.owner_id): _position(row) for row in found}


def add_receipts(tx: Tx, wishes: Sequence[tuple[PositionId, NewReceipt]]) -> list[ReceiptId]:
    """Write receipts and return the ids of the documents."""
    ids = new_ids(tx.sql, ReceiptId, len(wishes))
    columns = {
        "ids": [int(id) for id in ids],
        "positions": [int(position_id) for position_id, _ in wishes],
        "accepted": [wish.accepted for _, wish in wishes],
        "rejected": [wish.rejected for _, wish in wishes],
        "costs": [wish.unit_cost_minor for _, wish in wishes],
        "suppliers": [wish.supplier_id and int(wish.supplier_id) for _, wish in wishes],
        "agreements": [wish.agreement_id for _, wish in wishes],
        "notes": [wish.note for _, wish in wishes],
        "now": tx.now,
        "actor": tx.actor.name,
    }
    tx.sql.execute(RECEIPTS, columns)
    return ids


def positions_by(
    tx: Tx, ids: Collection[PositionId], visible: ColumnElement[bool]
) -> dict[PositionId, Position]:
    query = _positions().where(among(positions.c.id, ids), visible)
    return {row.id: _position(row) for row in tx.sql.execute(query)}


def positions_of(
    tx: Tx, sku_ids: Collection[SkuId], visible: ColumnElement[bool]
) -> list[Position]:
    query = _positions().where(among(positions.c.sku_id, sku_ids), visible)
    return [_position(row) for row in tx.sql.execute(query.order_by(positions.c.id))]


def positions_after(
    tx: Tx, after: PositionId, limit: int, visible: ColumnElement[bool]
) -> list[Position]:
    query = _positions().where(positions.c.id > after, visible)
    return [_position(row) for row in tx.sql.execute(query.order_by(positions.c.id).limit(limit))]


def free_by_sku(
    tx: Tx,
    sku_ids: Collection[SkuId],
    owners: Collection[OrganisationId] | None,
    market: str | None,
) -> dict[SkuId, int]:
    query = (
        select(positions.c.sku_id, func.sum(positions.c.on_hand - positions.c.reserved).label("n"))
        .join(locations, locations.c.id == positions.c.location_id)
        .where(among(positions.c.sku_id, sku_ids))
        .group_by(positions.c.sku_id)
    )
    if owners is not None:
        query = query.where(among(positions.c.owner_id, owners))
    if market is not None:
        ships_there = literal(market) == any_(locations.c.markets)
        query = query.where(or_(locations.c.markets.is_(None), ships_there))
    return {row.sku_id: int(row.n) for row in tx.sql.execute(query)}


def disagreements(tx: Tx) -> list[PositionId]:
    return [PositionId(id) for id in tx.sql.scalars(DISAGREEMENTS)]


def _place(wish: NewReceipt | Count) -> tuple[int, int, int]:
    return int(wish.sku_id), int(wish.location_id), int(wish.owner_id)


def _positions() -> Select[Any]:
    return select(positions, locations.c.keeper_id).join(
        locations, locations.c.id == positions.c.location_id
    )


def _position(row: Row[Any]) -> Position:
    return Position(
        id=PositionId(row.id),
        sku_id=SkuId(row.sku_id),
        location_id=LocationId(row.location_id),
        owner_id=OrganisationId(row.owner_id),
        on_hand=row.on_hand,
        reserved=row.reserved,
        currency=row.currency and Currency(row.currency),
        keeper_id=OrganisationId(row.keeper_id),
    )


def _lines(address: Address | None) -> str | None:
    return None if address is None else orjson.dumps(address).decode()


def _location(row: Row[Any]) -> Location:
    return Location(
        id=row.id,
        code=row.code,
        name=row.name,
        country=row.country,
        keeper_id=row.keeper_id,
        markets=None if row.markets is None else tuple(row.markets),
        address=None if row.address is None else Address(**row.address),
    )


def _new_location(id: LocationId, wish: NewLocation) -> Location:
    return Location(
        id=id,
        code=wish.code,
        name=wish.name,
        country=wish.country,
        keeper_id=wish.keeper_id,
        markets=wish.markets,
        address=wish.address,
    )


def turn(tx: Tx, orders: Collection[Id], touched: Collection[PositionId]) -> list[Turned]:
    """What sold out or came back where orders or people touched it, kept as told."""
    asked = {"orders": [*map(int, orders)], "positions": [*map(int, touched)]}
    return [
        Turned(
            sku_id=SkuId(row.sku_id),
            owner_id=OrganisationId(row.owner_id),
            sold_out=row.sold_out,
            on_hand=row.on_hand,
            reserved=row.reserved,
        )
        for row in tx.sql.execute(TURN, asked)
    ]
