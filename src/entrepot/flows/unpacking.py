"""What a cancellation does to parcels: its units leave them, and labels that hold them are void."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from entrepot.contexts import logistics, orders
from entrepot.contexts.logistics import ParcelStep, Unit
from entrepot.contexts.orders import Cancellation, Cancelled, Line, OrderId
from entrepot.kernel.problems import each
from entrepot.kernel.tx import Tx

from .packing import advance
from .packing_bench import Bench, held


def follow(tx: Tx, cancelled: Sequence[Cancelled]) -> None:
    """Take cancelled units out of parcels; a labelled one is given up. For flows.

    What else was in a parcel that is given up is planned anew.
    """
    at = {one.order.id: one.at for one in cancelled}
    if not logistics.parcels(tx, at.keys()):
        return
    gone = {
        Unit(one.order.id, pos, n)
        for one in cancelled
        for pos, units in one.which.items()
        for n in units
    }
    bench = held(tx, at.keys())
    _give_up(tx, bench, gone, at)
    for id, inside in bench.planned.items():
        bench.planned[id] = inside - gone
    bench.settle(tx)
    advance(tx, bench, at.keys(), at)


def spare_labels(tx: Tx, wishes: Sequence[Cancellation]) -> list[Cancellation]:
    """The same wishes; those that name no units take such first as are not labelled. For flows."""
    ids = {wish.order_id for wish in wishes if wish.units and not wish.which}
    labelled = {
        unit
        for parcel in logistics.parcels(tx, ids)
        if parcel.state is logistics.State.LABELLED
        for unit in parcel.units
    }
    if not labelled:
        return [*wishes]
    lines = orders.by_order(orders.lines(tx, ids))
    return [
        replace(wish, which=_spared(wish.units, lines[wish.order_id], labelled))
        if wish.units and wish.order_id in ids
        else wish
        for wish in wishes
    ]


def _spared(
    units: Mapping[int, int], lines: Sequence[Line], labelled: Collection[Unit]
) -> dict[int, Sequence[int]]:
    chosen: dict[int, Sequence[int]] = {}
    for line in lines:
        free = orders.free_units(line)
        last = [n for n in free if Unit(line.order_id, line.pos, n) in labelled]
        ranked = [*(n for n in free if n not in last), *last]
        if 0 < units.get(line.pos, 0) <= len(ranked):
            chosen[line.pos] = sorted(ranked[: units[line.pos]])
    return chosen


def _give_up(tx: Tx, bench: Bench, gone: Collection[Unit], at: Mapping[OrderId, datetime]) -> None:
    """Give up labelled parcels that hold anything of this; what else they held is planned anew.

    That may be another order's, which then waits with a parcel that has no label.
    """
    voided = [
        parcel
        for parcel in bench.parcels.values()
        if parcel.state is logistics.State.LABELLED and not parcel.units.isdisjoint(gone)
    ]
    times = [max(at[id] for id in parcel.order_ids if id in at) for parcel in voided]
    steps = [
        ParcelStep(parcel_id=parcel.id, at=time) for parcel, time in zip(voided, times, strict=True)
    ]
    given_up = each(logistics.give_up(tx, steps))
    anew = [
        logistics.again(parcel, parcel.units - {*gone}, time)
        for parcel, time in zip(voided, times, strict=True)
        if parcel.units - {*gone}
    ]
    bench.parcels |= {parcel.id: parcel for parcel in [*given_up, *logistics.plan(tx, anew)]}
