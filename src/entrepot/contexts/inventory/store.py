"""The statements of inventory."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, any_, func, literal, or_, select, text

from entrepot.contexts.catalog import SkuId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import Id, among, new_ids
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Lock, Tx

from .books import Books, Layers
from .model import (
    Draw,
    Hold,
    Layer,
    LineKey,
    Location,
    LocationId,
    NewLocation,
    NewReceipt,
    Position,
    PositionId,
    ReceiptId,
    Reservation,
    Shelf,
)
from .tables import locations, positions, reservations

SHELVES, HOLD, KEEP, DUE, WRITE, WRITE_COSTS, OPEN_POSITIONS, RECEIPTS = (
    sql_file(__file__, name)
    for name in (
        "shelves", "hold", "keep", "due", "write", "write_costs", "open_positions", "receipts",
    )
)  # fmt: skip
DISAGREEMENTS = text("select position_id from inventory.disagreements order by position_id")
LAYERS = text(
    "select id, position_id, remaining, unit_cost_minor from inventory.layers"
    " where remaining > 0 and position_id = any(cast(:positions as bigint[])) order by id"
)
DRAWS = text(
    "select id, order_id, pos, position_id, quantity, returned, unit_cost_minor"
    " from inventory.draws where returned < quantity and order_id = any(cast(:orders as bigint[]))"
    " order by id"
)
LOCATE = text(
    "insert into inventory.locations (id, code, name, country, keeper_id, markets)"
    " values (:id, :code, :name, :country, :keeper_id, :markets)"
    " on conflict (code) do nothing"
)
POSITIONS_AT = text(
    "select p.id, p.sku_id, p.location_id, p.owner_id, p.on_hand, p.reserved, p.currency,"
    " l.keeper_id from inventory.positions p join inventory.locations l on l.id = p.location_id"
    " join unnest(cast(:skus as bigint[]), cast(:locations as bigint[]), cast(:owners as bigint[]))"
    " as w (sku_id, location_id, owner_id) using (sku_id, location_id, owner_id)"
)
NEXT_EXPIRY = text(
    "select min(expires_at) from inventory.reservations"
    " where expires_at is not null and shipped + released < quantity"
)
ROUNDS = text(
    "select order_id, pos, max(round) + 1 as round from inventory.reservations"
    " where order_id = any(cast(:orders as bigint[])) group by order_id, pos"
)


def hold_shelves(tx: Tx, sku_ids: Collection[SkuId]) -> list[Shelf]:
    """Lock all positions of some SKUs by rising id, and read them in the same statement."""
    already = tx.held.get(Lock.STOCK, set())
    before = max((kind for kind in tx.held if kind is not Lock.STOCK), default=None)
    assert before is None or before < Lock.STOCK, f"STOCK after {before.name}"
    rows = tx.sql.execute(SHELVES, {"skus": _array(set(sku_ids))}).all()
    taken = {int(row.id) for row in rows}
    assert not already or taken <= already, "more of STOCK than is held"
    tx.held[Lock.STOCK] = already | taken
    return [_shelf(row) for row in rows]


def hold_positions(tx: Tx, ids: Collection[PositionId]) -> None:
    tx.hold(Lock.STOCK, positions.c.id, ids)


def hold(tx: Tx, holds: Sequence[Hold]) -> None:
    """Write reservations and what they take from their positions, which are locked."""
    if not holds:
        return
    columns = {
        "orders": _array(hold.order_id for hold in holds),
        "pos": _array(hold.pos for hold in holds),
        "rounds": _array(hold.round for hold in holds),
        "positions": _array(hold.position_id for hold in holds),
        "quantities": _array(hold.quantity for hold in holds),
        "expiries": _array(hold.expires_at and hold.expires_at.isoformat() for hold in holds),
        "now": tx.now,
    }
    tx.sql.execute(HOLD, columns)


def keep(tx: Tx, paid: Mapping[Id, datetime]) -> set[int]:
    """Take the end off reservations that were still in force when they were paid."""
    columns = {"orders": [int(id) for id in paid], "times": [*paid.values()]}
    return {int(id) for id in tx.sql.scalars(KEEP, columns)}


def due(tx: Tx, as_of: datetime, at_most: int) -> list[Id]:
    return [Id(id) for id in tx.sql.scalars(DUE, {"as_of": as_of, "at_most": at_most})]


def next_expiry_at(tx: Tx) -> datetime | None:
    found: datetime | None = tx.sql.scalar(NEXT_EXPIRY)
    return found


def reservations_of(tx: Tx, order_ids: Collection[Id]) -> list[Reservation]:
    """The reservations of orders as they are; for a decision, read them by `held_of`."""
    return [_reservation(row) for row in tx.sql.execute(_reservations(order_ids))]


def held_of(tx: Tx, order_ids: Collection[Id]) -> list[Reservation]:
    """Lock the reservations of orders by rising key; their positions are held already."""
    query = _reservations(order_ids).with_for_update(key_share=True, of=reservations)
    return [_reservation(row) for row in tx.sql.execute(query)]


def rounds_after(tx: Tx, order_ids: Collection[Id]) -> dict[LineKey, int]:
    """The next round of each line that had one."""
    rows = tx.sql.execute(ROUNDS, {"orders": [int(id) for id in order_ids]})
    return {(row.order_id, row.pos): row.round for row in rows}


def layers_of(tx: Tx, position_ids: Collection[PositionId]) -> Layers:
    """What is left of bought-out goods at locked positions, the oldest first."""
    if not position_ids:
        return Layers([])
    rows = tx.sql.execute(LAYERS, {"positions": [int(id) for id in position_ids]})
    return Layers(
        Layer(
            id=row.id,
            position_id=PositionId(row.position_id),
            remaining=row.remaining,
            unit_cost_minor=row.unit_cost_minor,
        )
        for row in rows
    )


def draws_of(tx: Tx, order_ids: Collection[Id]) -> list[Draw]:
    """What lines of orders took from layers and did not give back."""
    if not order_ids:
        return []
    rows = tx.sql.execute(DRAWS, {"orders": [int(id) for id in order_ids]})
    return [
        Draw(
            id=row.id,
            order_id=Id(row.order_id),
            pos=row.pos,
            position_id=PositionId(row.position_id),
            quantity=row.quantity,
            returned=row.returned,
            unit_cost_minor=row.unit_cost_minor,
        )
        for row in rows
    ]


def write(tx: Tx, books: Books) -> None:
    """Write all that an action changed: one statement, and one more if costs are touched."""
    touched = sorted(books.on_hand.keys() | books.reserved.keys())
    if not touched:
        return
    columns = {
        "orders": [int(line.reservation.order_id) for line in books.lines],
        "pos": [line.reservation.pos for line in books.lines],
        "rounds": [line.reservation.round for line in books.lines],
        "held_at": [int(line.reservation.position_id) for line in books.lines],
        "shipped": [line.shipped for line in books.lines],
        "released": [line.released for line in books.lines],
        "returned": [line.returned for line in books.lines],
        "released_at": [line.released_at for line in books.lines],
        "moved": [int(movement.position_id) for movement in books.movements],
        "kinds": [movement.kind for movement in books.movements],
        "quantities": [movement.quantity for movement in books.movements],
        "references": [movement.reference for movement in books.movements],
        "times": [movement.moved_at for movement in books.movements],
        "positions": [int(id) for id in touched],
        "on_hand": [books.on_hand[id] for id in touched],
        "reserved": [books.reserved[id] for id in touched],
        "actor": tx.actor.name,
    }
    tx.sql.execute(WRITE, columns)
    if books.drawn or books.given_back or books.layers:
        _write_costs(tx, books)


def _write_costs(tx: Tx, books: Books) -> None:
    columns = {
        "layers": [*books.drawn.keys()],
        "drawn": [*books.drawn.values()],
        "orders": [line[0] for line, _, _, _ in books.draws],
        "pos": [line[1] for line, _, _, _ in books.draws],
        "drawn_at": [int(position_id) for _, position_id, _, _ in books.draws],
        "draw_sizes": [quantity for _, _, quantity, _ in books.draws],
        "draw_costs": [unit_minor for _, _, _, unit_minor in books.draws],
        "draws": [*books.given_back.keys()],
        "given_back": [*books.given_back.values()],
        "laid": [int(layer.position_id) for layer in books.layers],
        "layer_sizes": [layer.quantity for layer in books.layers],
        "layer_costs": [layer.unit_cost_minor for layer in books.layers],
        "laid_at": [layer.laid_at for layer in books.layers],
    }
    tx.sql.execute(WRITE_COSTS, columns)


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
        }
        fresh = tx.sql.execute(LOCATE, row).rowcount
        added.append(_new_location(id, wish) if fresh else None)
    return added


def locations_by(tx: Tx, ids: Collection[LocationId]) -> dict[LocationId, Location]:
    query = select(locations).where(among(locations.c.id, ids))
    return {row.id: _location(row) for row in tx.sql.execute(query)}


def all_locations(tx: Tx) -> list[Location]:
    rows = tx.sql.execute(select(locations).order_by(locations.c.code))
    return [_location(row) for row in rows]


def open_positions(tx: Tx, wishes: Sequence[NewReceipt]) -> dict[tuple[int, int, int], Position]:
    """The positions that receipts go to; what is missing is opened, empty."""
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


def _array(values: Iterable[int | str | None]) -> str:
    """An array as PostgreSQL writes it: on the hot path, the driver's own takes longer."""
    return "{" + ",".join("null" if value is None else str(value) for value in values) + "}"


def _place(wish: NewReceipt) -> tuple[int, int, int]:
    return int(wish.sku_id), int(wish.location_id), int(wish.owner_id)


def _positions() -> Select[Any]:
    return select(positions, locations.c.keeper_id).join(
        locations, locations.c.id == positions.c.location_id
    )


def _reservations(order_ids: Collection[Id]) -> Select[Any]:
    key = reservations.c.order_id, reservations.c.pos, reservations.c.round
    return (
        select(reservations, positions.c.currency)
        .join(positions, positions.c.id == reservations.c.position_id)
        .where(among(reservations.c.order_id, order_ids))
        .order_by(*key, reservations.c.position_id)
    )


def _shelf(row: Row[Any]) -> Shelf:
    return Shelf(
        position_id=PositionId(row.id),
        sku_id=SkuId(row.sku_id),
        owner_id=OrganisationId(row.owner_id),
        markets=None if row.markets is None else frozenset(row.markets),
        free=row.free,
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


def _reservation(row: Row[Any]) -> Reservation:
    return Reservation(
        order_id=row.order_id,
        pos=row.pos,
        round=row.round,
        position_id=row.position_id,
        currency=row.currency and Currency(row.currency),
        quantity=row.quantity,
        shipped=row.shipped,
        released=row.released,
        returned=row.returned,
        expires_at=row.expires_at,
    )


def _location(row: Row[Any]) -> Location:
    return Location(
        id=row.id,
        code=row.code,
        name=row.name,
        country=row.country,
        keeper_id=row.keeper_id,
        markets=None if row.markets is None else tuple(row.markets),
    )


def _new_location(id: LocationId, wish: NewLocation) -> Location:
    return Location(
        id=id,
        code=wish.code,
        name=wish.name,
        country=wish.country,
        keeper_id=wish.keeper_id,
        markets=wish.markets,
    )
