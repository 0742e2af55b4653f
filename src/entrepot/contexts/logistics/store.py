"""The statements of logistics."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, select, text, tuple_

from entrepot.contexts.orders import OrderId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import among
from entrepot.kernel.tx import Tx

from .lifecycle import Code, State
from .model import Packed, Parcel, ParcelId, TrackingEvent
from .tables import parcels

ADD, SAVE, TELL = (sql_file(__file__, name) for name in ("add", "save", "tell"))
LINES = text(
    "select parcel_id, pos, quantity from logistics.parcel_lines"
    " where parcel_id = any(cast(:ids as bigint[])) order by parcel_id, pos"
)
BY_NUMBERS = text(
    "select p.id from logistics.parcels p"
    " join unnest(cast(:carriers as text[]), cast(:numbers as text[])) as w (carrier, number)"
    " on p.carrier = w.carrier and p.tracking_number = w.number"
)
KNOWN = text(
    "select t.carrier, t.event_id from logistics.tracking_events t"
    " join unnest(cast(:carriers as text[]), cast(:event_ids as text[])) as w (carrier, event_id)"
    " on t.carrier = w.carrier and t.event_id = w.event_id"
)
TRACKING = text(
    "select parcel_id, event_id, code, place, at, moved_to from logistics.tracking_events"
    " where parcel_id = any(cast(:ids as bigint[])) order by parcel_id, at, id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One row of a parcel's tracking, to be written."""

    parcel: Parcel
    code: Code
    place: str
    at: datetime
    moved: bool
    event_id: str | None = None


def add(tx: Tx, new: Sequence[Parcel], places: Sequence[str]) -> set[ParcelId]:
    """Write parcels that are handed over; gives those whose tracking number was free."""
    if not new:
        return set()
    packed = [(parcel.id, line) for parcel in new for line in parcel.lines]
    columns = {
        "code": Code.HANDED_OVER.value,
        "ids": [int(parcel.id) for parcel in new],
        "orders": [int(parcel.order_id) for parcel in new],
        "merchants": [int(parcel.merchant_id) for parcel in new],
        "markets": [parcel.market for parcel in new],
        "carriers": [parcel.carrier for parcel in new],
        "numbers": [parcel.tracking_number for parcel in new],
        "states": [parcel.state.value for parcel in new],
        "times": [parcel.handed_over_at for parcel in new],
        "places": list(places),
        "parcels": [int(id) for id, _ in packed],
        "pos": [line.pos for _, line in packed],
        "quantities": [line.quantity for _, line in packed],
    }
    return {ParcelId(id) for id in tx.sql.scalars(ADD, columns)}


def hold(tx: Tx, ids: Collection[ParcelId]) -> dict[ParcelId, Parcel]:
    """Parcels held until the end, by rising id; read in the statement after the one that waits."""
    rows = select(parcels.c.id).where(among(parcels.c.id, ids)).order_by(parcels.c.id)
    tx.sql.execute(rows.with_for_update(key_share=True))
    return {parcel.id: parcel for parcel in found(tx, among(parcels.c.id, ids))}


def save(tx: Tx, changes: Sequence[tuple[Parcel, Parcel]]) -> None:
    """Write parcels from what they were to what they are. A parcel comes once."""
    if not changes:
        return
    columns = {
        "ids": [int(after.id) for _, after in changes],
        "before": [before.state.value for before, _ in changes],
        "after": [after.state.value for _, after in changes],
        "changed": [after.changed_at for _, after in changes],
        "delivered": [after.delivered_at for _, after in changes],
        "closed": [after.closed_at for _, after in changes],
    }
    assert tx.sql.execute(SAVE, columns).rowcount == len(changes), "moved by someone else"


def tell(tx: Tx, told: Sequence[Telling]) -> None:
    """Add to the tracking of parcels, in this order."""
    if not told:
        return
    columns = {
        "parcels": [int(telling.parcel.id) for telling in told],
        "carriers": [telling.parcel.carrier for telling in told],
        "event_ids": [telling.event_id for telling in told],
        "codes": [telling.code.value for telling in told],
        "places": [telling.place for telling in told],
        "times": [telling.at for telling in told],
        "moved": [telling.parcel.state.value if telling.moved else None for telling in told],
    }
    tx.sql.execute(TELL, columns)


def found(tx: Tx, *conditions: ColumnElement[bool]) -> list[Parcel]:
    """Parcels by order and id."""
    query = select(parcels).where(*conditions).order_by(parcels.c.order_id, parcels.c.id)
    return _packed(tx, tx.sql.execute(query).all())


def of_orders(tx: Tx, order_ids: Collection[OrderId]) -> list[Parcel]:
    return found(tx, among(parcels.c.order_id, order_ids))


def by_ids(tx: Tx, ids: Collection[ParcelId], visible: ColumnElement[bool]) -> list[Parcel]:
    return found(tx, among(parcels.c.id, ids), visible)


def page(
    tx: Tx,
    conditions: Sequence[ColumnElement[bool]],
    after: tuple[datetime, ParcelId] | None,
    limit: int,
) -> list[Parcel]:
    """Parcels, the newest first, after a cursor of (created_at, id)."""
    key = tuple_(parcels.c.created_at, parcels.c.id)
    query = select(parcels).where(*conditions)
    if after is not None:
        query = query.where(key < (after[0], int(after[1])))
    query = query.order_by(parcels.c.created_at.desc(), parcels.c.id.desc()).limit(limit)
    return _packed(tx, tx.sql.execute(query).all())


def by_numbers(tx: Tx, numbers: Collection[tuple[str, str]]) -> set[ParcelId]:
    """The parcels that carriers know under these numbers."""
    asked = {
        "carriers": [carrier for carrier, _ in numbers],
        "numbers": [number for _, number in numbers],
    }
    return {ParcelId(id) for id in tx.sql.scalars(BY_NUMBERS, asked)}


def known(tx: Tx, keys: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which events of carriers, by carrier and its event id, were told before."""
    asked = {
        "carriers": [carrier for carrier, _ in keys],
        "event_ids": [event_id for _, event_id in keys],
    }
    return {(row.carrier, row.event_id) for row in tx.sql.execute(KNOWN, asked)}


def tracking(tx: Tx, ids: Collection[ParcelId]) -> dict[ParcelId, list[TrackingEvent]]:
    """What was told of parcels, by the time at which it happened."""
    told: dict[ParcelId, list[TrackingEvent]] = {id: [] for id in ids}
    for row in tx.sql.execute(TRACKING, {"ids": [int(id) for id in ids]}):
        told[ParcelId(row.parcel_id)].append(_event(row))
    return told


def _packed(tx: Tx, rows: Sequence[Row[Any]]) -> list[Parcel]:
    lines = tx.sql.execute(LINES, {"ids": [int(row.id) for row in rows]}) if rows else ()
    packed = {
        id: tuple(Packed(line.pos, line.quantity) for line in group)
        for id, group in groupby(lines, lambda line: line.parcel_id)
    }
    return [_parcel(row, packed) for row in rows]


def _parcel(row: Row[Any], packed: Mapping[int, tuple[Packed, ...]]) -> Parcel:
    return Parcel(
        id=row.id,
        order_id=row.order_id,
        merchant_id=row.merchant_id,
        market=row.market,
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        state=State(row.state),
        lines=packed[row.id],
        created_at=row.created_at,
        handed_over_at=row.handed_over_at,
        delivered_at=row.delivered_at,
        closed_at=row.closed_at,
        changed_at=row.changed_at,
    )


def _event(row: Row[Any]) -> TrackingEvent:
    return TrackingEvent(
        parcel_id=ParcelId(row.parcel_id),
        event_id=row.event_id,
        code=Code(row.code),
        place=row.place,
        at=row.at,
        moved_to=None if row.moved_to is None else State(row.moved_to),
    )
