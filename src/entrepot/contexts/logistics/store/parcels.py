"""The statements of parcels and their tracking."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, text, tuple_

from entrepot.contexts.logistics.lifecycle import Code, State
from entrepot.contexts.logistics.model import (
    Filter,
    Handover,
    Method,
    Origin,
    Packed,
    Parcel,
    ParcelId,
    Shipper,
    Size,
    TrackingEvent,
)
from entrepot.contexts.logistics.tables import parcels
from entrepot.contexts.orders import OrderId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import among
from entrepot.kernel.tx import Tx

ADD, PACK, NUMBER, SAVE, TELL = (
    sql_file(__file__, name) for name in ("add", "pack", "number", "save", "tell")
)
UNPACK = text("delete from logistics.parcel_lines where parcel_id = any(cast(:ids as bigint[]))")
FREE = text("delete from logistics.tracking_numbers where parcel_id = any(cast(:ids as bigint[]))")
LINES = text(
    "select parcel_id, order_id, pos, units from logistics.parcel_lines"
    " where parcel_id = any(cast(:ids as bigint[])) order by parcel_id, order_id, pos"
)
OF_ORDERS = text(
    "select distinct parcel_id from logistics.parcel_lines"
    " where order_id = any(cast(:ids as bigint[]))"
)
BY_NUMBERS = text(
    "select t.carrier, t.tracking_number, t.parcel_id from logistics.tracking_numbers t"
    " join unnest(cast(:carriers as text[]), cast(:numbers as text[])) as w (carrier, number)"
    " on t.carrier = w.carrier and t.tracking_number = w.number"
)
KNOWN = text(
    "select t.carrier, t.event_id from logistics.tracking_events t"
    " join unnest(cast(:carriers as text[]), cast(:event_ids as text[])) as w (carrier, event_id)"
    " on t.carrier = w.carrier and t.event_id = w.event_id"
)
TRACKING = text(
    "select parcel_id, event_id, code, place, text, at, moved_to from logistics.tracking_events"
    " where parcel_id = any(cast(:ids as bigint[])) order by parcel_id, at, id"
)
Number = tuple[str, str]  # Carrier and its number.


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One row of a parcel's tracking, to be written."""

    parcel: Parcel
    code: Code
    place: str
    at: datetime
    moved: bool
    text: str = ""
    event_id: str | None = None


def add(tx: Tx, new: Sequence[Parcel]) -> None:
    """Write parcels that are planned."""
    if not new:
        return
    columns = {
        "state": State.CREATED.value,
        "ids": [int(parcel.id) for parcel in new],
        "orders": [int(parcel.order_id) for parcel in new],
        "groups": [int(parcel.group_id) for parcel in new],
        "merchants": [int(parcel.merchant_id) for parcel in new],
        "shops": [int(parcel.shop_id) for parcel in new],
        "markets": [parcel.market for parcel in new],
        "shippers": [parcel.shipper.value for parcel in new],
        "origins": [parcel.origin.value for parcel in new],
        "services": [parcel.service for parcel in new],
        **_sizes(new),
        "times": [parcel.created_at for parcel in new],
    }
    tx.sql.execute(ADD, columns)
    _pack(tx, new)


def claim(tx: Tx, wanted: Mapping[ParcelId, Number]) -> set[ParcelId]:
    """Give parcels these numbers; gives those whose number was free."""
    if not wanted:
        return set()
    columns = {
        "carriers": [carrier for carrier, _ in wanted.values()],
        "numbers": [number for _, number in wanted.values()],
        "parcels": [int(id) for id in wanted],
    }
    return {ParcelId(id) for id in tx.sql.scalars(NUMBER, columns)}


def free_numbers(tx: Tx, ids: Collection[ParcelId]) -> None:
    """Take back the numbers of parcels that were never sent."""
    if ids:
        tx.sql.execute(FREE, {"ids": [int(id) for id in ids]})


def hold(tx: Tx, ids: Collection[ParcelId]) -> dict[ParcelId, Parcel]:
    """Parcels held until the end, by rising id; read in the statement after the one that waits."""
    if not ids:
        return {}
    rows = select(parcels.c.id).where(among(parcels.c.id, ids)).order_by(parcels.c.id)
    tx.sql.execute(rows.with_for_update(key_share=True))
    return {parcel.id: parcel for parcel in found(tx, among(parcels.c.id, ids))}


def save(tx: Tx, changes: Sequence[tuple[Parcel, Parcel]]) -> None:
    """Write parcels from what they were to what they are. A parcel comes once."""
    if not changes:
        return
    after = [parcel for _, parcel in changes]
    columns = {
        "ids": [int(parcel.id) for parcel in after],
        "before": [before.state.value for before, _ in changes],
        "after": [parcel.state.value for parcel in after],
        "orders": [int(parcel.order_id) for parcel in after],
        "groups": [int(parcel.group_id) for parcel in after],
        "shippers": [parcel.shipper.value for parcel in after],
        "origins": [parcel.origin.value for parcel in after],
        "carriers": [parcel.carrier for parcel in after],
        "numbers": [parcel.tracking_number for parcel in after],
        "services": [parcel.service for parcel in after],
        **_handovers(after),
        **_sizes(after),
        "notes": [parcel.note for parcel in after],
        "dispatches": [
            None if parcel.dispatch is None else json.dumps(dict(parcel.dispatch))
            for parcel in after
        ],
        "labelled": [parcel.labelled_at for parcel in after],
        "handed_over": [parcel.handed_over_at for parcel in after],
        "delivered": [parcel.delivered_at for parcel in after],
        "closed": [parcel.closed_at for parcel in after],
        "invalid": [parcel.invalid_at for parcel in after],
        "changed": [parcel.changed_at for parcel in after],
        "updated": [parcel.updated_at for parcel in after],
    }
    assert tx.sql.execute(SAVE, columns).rowcount == len(changes), "moved by someone else"
    repacked = [now for before, now in changes if before.lines != now.lines]
    if repacked:
        tx.sql.execute(UNPACK, {"ids": [int(parcel.id) for parcel in repacked]})
        _pack(tx, repacked)


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
        "texts": [telling.text for telling in told],
        "times": [telling.at for telling in told],
        "moved": [telling.parcel.state.value if telling.moved else None for telling in told],
    }
    tx.sql.execute(TELL, columns)


def found(tx: Tx, *conditions: ColumnElement[bool]) -> list[Parcel]:
    """Parcels by order and id."""
    query = select(parcels).where(*conditions).order_by(parcels.c.order_id, parcels.c.id)
    return _packed(tx, tx.sql.execute(query).all())


def of_orders(tx: Tx, order_ids: Collection[OrderId]) -> list[Parcel]:
    """The parcels that hold anything of these orders, by their first order and id."""
    ids = {ParcelId(id) for id in tx.sql.scalars(OF_ORDERS, {"ids": [int(id) for id in order_ids]})}
    return found(tx, among(parcels.c.id, ids)) if ids else []


def by_ids(tx: Tx, ids: Collection[ParcelId], visible: ColumnElement[bool]) -> list[Parcel]:
    return found(tx, among(parcels.c.id, ids), visible)


def page(
    tx: Tx,
    conditions: Sequence[ColumnElement[bool]],
    after: tuple[datetime, ParcelId] | None,
    order: tuple[str, int, bool],
) -> list[Parcel]:
    """Parcels in the order of (column, limit, whether it falls), after a cursor of it."""
    name, limit, falls = order
    column = parcels.c.updated_at if name == "updated_at" else parcels.c.created_at
    key = tuple_(column, parcels.c.id)
    query = select(parcels).where(*conditions)
    if after is not None:
        cursor = (after[0], int(after[1]))
        query = query.where(key < cursor if falls else key > cursor)
    by = (column.desc(), parcels.c.id.desc()) if falls else (column, parcels.c.id)
    return _packed(tx, tx.sql.execute(query.order_by(*by).limit(limit)).all())


def count(tx: Tx, conditions: Sequence[ColumnElement[bool]], at_most: int) -> int:
    """How many parcels there are, up to a bound that keeps the answer cheap."""
    some = select(parcels.c.id).where(*conditions).limit(at_most).subquery()
    return tx.sql.scalars(select(func.count()).select_from(some)).one()


def filtered(wanted: Filter) -> list[ColumnElement[bool]]:
    """What a list shows, as conditions."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.shop_id is not None:
        conditions.append(parcels.c.shop_id == wanted.shop_id)
    if wanted.states:
        conditions.append(parcels.c.state.in_([state.value for state in wanted.states]))
    for column, (start, end) in (
        (parcels.c.created_at, wanted.created),
        (parcels.c.updated_at, wanted.updated),
    ):
        if start is not None:
            conditions.append(column >= start)
        if end is not None:
            conditions.append(column < end)
    return conditions


def by_numbers(tx: Tx, numbers: Collection[Number]) -> dict[Number, ParcelId]:
    """The parcels that carriers know under these numbers, today's and corrected ones."""
    asked = {
        "carriers": [carrier for carrier, _ in numbers],
        "numbers": [number for _, number in numbers],
    }
    rows = tx.sql.execute(BY_NUMBERS, asked)
    return {(row.carrier, row.tracking_number): ParcelId(row.parcel_id) for row in rows}


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


def _pack(tx: Tx, new: Sequence[Parcel]) -> None:
    lines = [(parcel.id, line) for parcel in new for line in parcel.lines]
    columns = {
        "parcels": [int(id) for id, _ in lines],
        "orders": [int(line.order_id) for _, line in lines],
        "pos": [line.pos for _, line in lines],
        "units": [f"{{{','.join(map(str, line.units))}}}" for _, line in lines],
    }
    tx.sql.execute(PACK, columns)


def _sizes(of: Sequence[Parcel]) -> dict[str, list[int | None]]:
    return {
        "weights": [parcel.size.weight_g for parcel in of],
        "lengths": [parcel.size.length_mm for parcel in of],
        "widths": [parcel.size.width_mm for parcel in of],
        "heights": [parcel.size.height_mm for parcel in of],
    }


def _handovers(of: Sequence[Parcel]) -> dict[str, list[Any]]:
    ways = [parcel.handover for parcel in of]
    pickups = [way.pickup if way and way.pickup else (None, None) for way in ways]
    return {
        "handovers": [way.method.value if way else None for way in ways],
        "pickups_from": [start for start, _ in pickups],
        "pickups_until": [end for _, end in pickups],
    }


def _packed(tx: Tx, rows: Sequence[Row[Any]]) -> list[Parcel]:
    lines = tx.sql.execute(LINES, {"ids": [int(row.id) for row in rows]}) if rows else ()
    packed = {
        id: tuple(Packed(OrderId(line.order_id), line.pos, tuple(line.units)) for line in group)
        for id, group in groupby(lines, lambda line: line.parcel_id)
    }
    return [_parcel(row, packed) for row in rows]


def _parcel(row: Row[Any], packed: Mapping[int, tuple[Packed, ...]]) -> Parcel:
    return Parcel(
        id=row.id,
        order_id=row.order_id,
        group_id=row.group_id,
        merchant_id=row.merchant_id,
        shop_id=row.shop_id,
        market=row.market,
        shipper=Shipper(row.shipper),
        origin=Origin(row.origin),
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        service=row.service,
        handover=_handover(row),
        size=Size(
            weight_g=row.weight_g,
            length_mm=row.length_mm,
            width_mm=row.width_mm,
            height_mm=row.height_mm,
        ),
        note=row.note,
        dispatch=row.dispatch,
        state=State(row.state),
        lines=packed[row.id],
        created_at=row.created_at,
        labelled_at=row.labelled_at,
        handed_over_at=row.handed_over_at,
        delivered_at=row.delivered_at,
        closed_at=row.closed_at,
        invalid_at=row.invalid_at,
        changed_at=row.changed_at,
        updated_at=row.updated_at,
    )


def _handover(row: Row[Any]) -> Handover | None:
    if row.handover is None:
        return None
    pickup = None if row.pickup_from is None else (row.pickup_from, row.pickup_until)
    return Handover(method=Method(row.handover), pickup=pickup)


def _event(row: Row[Any]) -> TrackingEvent:
    return TrackingEvent(
        parcel_id=ParcelId(row.parcel_id),
        event_id=row.event_id,
        code=Code(row.code),
        place=row.place,
        text=row.text,
        at=row.at,
        moved_to=None if row.moved_to is None else State(row.moved_to),
    )
