"""Statements on what is set aside, and the locks of stock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, text

from entrepot.contexts.catalog import SkuId
from entrepot.contexts.inventory.model import (
    Hold,
    LineKey,
    PositionId,
    Reservation,
    Shelf,
)
from entrepot.contexts.inventory.tables import positions, reservations
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import Id, among
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Lock, Tx

SHELVES, HOLD, KEEP, DUE = (sql_file(__file__, name) for name in ("shelves", "hold", "keep", "due"))
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
        "expiries": _array(_moment(hold.expires_at) for hold in holds),
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


def _array(values: Iterable[int | str | None]) -> str:
    """An array as PostgreSQL writes it: on the hot path, the driver's own takes longer."""
    return "{" + ",".join("null" if value is None else str(value) for value in values) + "}"


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


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
