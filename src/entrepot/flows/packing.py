"""What merchants do with parcels before carriers have them: plan, split, combine, label.

Every unit that is still to be sent is in one parcel at most. A planned parcel can be packed in any
other way; a labelled one stays as it is, and its order waits for collection or is shipped in part.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from entrepot.contexts import logistics, orders
from entrepot.contexts.logistics import (
    Change,
    Labelling,
    Origin,
    Parcel,
    ParcelId,
    Size,
    Unit,
)
from entrepot.contexts.orders import (
    Order,
    OrderId,
    State,
    Step,
    Verb,
)
from entrepot.kernel.problems import Problem, each
from entrepot.kernel.tx import Tx

from .packing_bench import TO_SHIP, Bench, Pack, held, shippable


class CannotPack(Problem):
    slug, title = "cannot-pack", "These units cannot be packed like this"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """A wish for one parcel with these units; of an order without units, with all that is left."""

    order_ids: Sequence[OrderId]
    units: Collection[Unit] = ()
    service: str | None = None
    size: Size = field(default_factory=Size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A wish to divide an order: a parcel for each group of its units."""

    order_id: OrderId
    groups: Sequence[Collection[Unit]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncombining:
    """A wish to take orders out of a combined parcel; none named: each gets its own."""

    parcel_id: ParcelId
    order_ids: Collection[OrderId] = ()


def plan(tx: Tx, times: Mapping[OrderId, datetime]) -> list[Parcel]:
    """A parcel for all that is left of each order, planned at its instant. For flows."""
    bench = held(tx, times.keys())
    planned = {unit for units in bench.planned.values() for unit in units}
    left = {id: bench.free(id) - planned for id in bench.orders}
    ids = logistics.fresh_ids(tx, len(left))
    for id, order_id in zip(ids, left, strict=True):
        if left[order_id]:
            bench.put(id, Pack(units=left[order_id], at=times[order_id]))
    bench.settle(tx)
    return [bench.parcels[id] for id in ids if id in bench.parcels]


def pack(tx: Tx, wishes: Sequence[Packing]) -> list[Parcel | Problem]:
    """Put units into parcels of their own, with an outcome for each wish, in their order."""
    allowed = shippable(tx, _named(wish.order_ids for wish in wishes))
    bench = held(tx, [id for id, order in allowed.items() if isinstance(order, Order)])
    fresh, where = iter(logistics.fresh_ids(tx, len(wishes))), _recipients(tx, bench)
    outcomes: list[ParcelId | Problem] = []
    for wish in wishes:
        new, refusals = next(fresh), [allowed[id] for id in wish.order_ids]
        refusal = next((one for one in refusals if isinstance(one, Problem)), None)
        outcomes.append(refusal or _put(bench, wish, new, where))
    bench.settle(tx)
    return [bench.parcels[one] if isinstance(one, ParcelId) else one for one in outcomes]


def split(tx: Tx, wishes: Sequence[Split]) -> list[list[Parcel] | Problem]:
    """Divide orders into parcels; what no group names stays together. An order comes once."""
    allowed = shippable(tx, [wish.order_id for wish in wishes])
    bench = held(tx, [id for id, order in allowed.items() if isinstance(order, Order)])
    fresh = iter(logistics.fresh_ids(tx, sum(len(wish.groups) for wish in wishes)))
    outcomes: list[list[ParcelId] | Problem] = []
    for wish in wishes:
        order, ids = allowed[wish.order_id], [next(fresh) for _ in wish.groups]
        if isinstance(order, Problem):
            outcomes.append(order)
        else:
            outcomes.append(_cannot_split(bench, wish) or _divided(bench, wish, ids))
    bench.settle(tx)
    final = [
        one if isinstance(one, Problem) else [bench.parcels[id] for id in one] for one in outcomes
    ]
    for parcels in final:
        if not isinstance(parcels, Problem):
            logistics.tell_change(tx, parcels, Change.SPLIT)
    return final


def combine(tx: Tx, wishes: Sequence[Sequence[ParcelId]]) -> list[Parcel | Problem]:
    """Put what is in several planned parcels to one address into one. A parcel comes once."""
    named = [id for ids in wishes for id in ids]
    assert len({*named}) == len(named), "a parcel comes once"
    found = _visible(tx, named)
    bench, allowed = _bench_of(tx, found.values())
    fresh = iter(logistics.fresh_ids(tx, len(wishes)))
    where = _recipients(tx, bench)
    outcomes: list[ParcelId | Problem] = []
    for ids in wishes:
        new, parcels = next(fresh), [found[id] for id in ids]
        refusal = _refused(parcels, allowed) or _cannot_combine(bench, ids, where)
        if refusal is None:
            units = {unit for id in ids for unit in bench.planned[id]}
            bench.put(new, Pack(units=units, origin=Origin.COMBINED))
        outcomes.append(refusal or new)
    bench.settle(tx)
    final = [bench.parcels[one] if isinstance(one, ParcelId) else one for one in outcomes]
    for parcel, ids in zip(final, wishes, strict=True):
        if isinstance(parcel, Parcel):
            logistics.tell_change(tx, [parcel], Change.COMBINED, ids)
    return final


def uncombine(tx: Tx, wishes: Sequence[Uncombining]) -> list[list[Parcel] | Problem]:
    """Take orders out of combined parcels; gives the parcels that are new."""
    found = _visible(tx, [wish.parcel_id for wish in wishes])
    bench, allowed = _bench_of(tx, found.values())
    outcomes: list[list[ParcelId] | Problem] = []
    for wish in wishes:
        refusal = _refused([found[wish.parcel_id]], allowed) or _cannot_take_out(bench, wish)
        outcomes.append(refusal or _taken_out(tx, bench, wish))
    bench.settle(tx)
    final = [
        one if isinstance(one, Problem) else [bench.parcels[id] for id in one] for one in outcomes
    ]
    for parcels in final:
        if not isinstance(parcels, Problem):
            logistics.tell_change(tx, parcels, Change.UNCOMBINED)
    return final


def label(tx: Tx, wishes: Sequence[Labelling]) -> list[Parcel | Problem]:
    """Put carriers' numbers on planned parcels: they wait for collection now.

    One outcome for each wish; a number that is taken refuses its own parcel only.
    """
    found = _visible(tx, [wish.parcel_id for wish in wishes])
    bench, allowed = _bench_of(tx, found.values())
    outcomes: dict[int, Parcel | Problem] = {}
    ready: dict[int, Labelling] = {}
    for n, wish in enumerate(wishes):
        refusal = _refused([found[wish.parcel_id]], allowed) or _not_to_ship(bench, wish)
        if refusal is not None:
            outcomes[n] = refusal
        else:
            ready[n] = wish
    outcomes |= dict(zip(ready, logistics.label(tx, [*ready.values()]), strict=True))
    labelled = [one for one in outcomes.values() if isinstance(one, Parcel)]
    doubted = _doubted(tx, labelled)
    outcomes |= {
        n: doubted.get(one.id, one) for n, one in outcomes.items() if isinstance(one, Parcel)
    }
    bench.parcels |= {parcel.id: parcel for parcel in labelled}
    advance(tx, bench, {id for parcel in labelled for id in parcel.order_ids}, _times(labelled))
    return [outcomes[n] for n in range(len(wishes))]


def correct(tx: Tx, wishes: Sequence[Labelling]) -> list[Parcel | Problem]:
    """Put right a carrier or number that was written wrong."""
    found = _visible(tx, [wish.parcel_id for wish in wishes])
    _, allowed = _bench_of(tx, found.values())
    refusals = [_refused([found[wish.parcel_id]], allowed) for wish in wishes]
    ready = [wish for wish, refusal in zip(wishes, refusals, strict=True) if refusal is None]
    done = logistics.correct(tx, ready)
    doubted = _doubted(tx, [one for one in done if isinstance(one, Parcel)])
    rest = iter([doubted.get(one.id, one) if isinstance(one, Parcel) else one for one in done])
    return [refusal or next(rest) for refusal in refusals]


def _doubted(tx: Tx, parcels: Sequence[Parcel]) -> dict[ParcelId, Parcel]:
    """Mark numbers that cannot be their carrier's; those that the platform gave are its own."""
    wrong = []
    for parcel in parcels:
        carrier = logistics.carriers(tx, parcel.market).get(parcel.carrier or "")
        number = parcel.tracking_number or ""
        own = parcel.shipper is logistics.Shipper.PLATFORM
        if carrier is not None and not own and not carrier.knows(number):
            wrong.append(parcel.id)
    return {parcel.id: parcel for parcel in each(logistics.mark_invalid(tx, wrong))}


def advance(
    tx: Tx, bench: Bench, ids: Collection[OrderId], times: Mapping[OrderId, datetime]
) -> None:
    """Take orders on whose units are labelled, all or some of them. For flows."""
    steps = []
    for id in sorted(ids):
        order, waiting = bench.orders[id], _waiting(bench, id)
        if not waiting or order.state not in LABELS:
            continue
        if not bench.free(id):
            steps.append(Step(order_id=id, verb=Verb.LABEL, at=times[id]))
        elif order.state is State.AWAITING_SHIPMENT:
            steps.append(Step(order_id=id, verb=Verb.SHIP_PART, at=times[id]))
    moved = each(orders.move(tx, steps))
    bench.orders |= {order.id: order for order in moved}


LABELS = {State.AWAITING_SHIPMENT, State.PARTIALLY_SHIPPING}


def _named(ids: Iterable[Iterable[OrderId]]) -> list[OrderId]:
    return list(dict.fromkeys(id for some in ids for id in some))


def _visible(tx: Tx, ids: Sequence[ParcelId]) -> dict[ParcelId, Parcel | Problem]:
    return dict(zip(ids, logistics.by_ids(tx, ids), strict=True))


Allowed = Mapping[OrderId, Order | Problem]


def _bench_of(tx: Tx, found: Collection[Parcel | Problem]) -> tuple[Bench, Allowed]:
    """The bench with all orders of parcels, and which of them this actor may ship."""
    inside = [parcel.order_ids for parcel in found if isinstance(parcel, Parcel)]
    allowed = shippable(tx, _named(inside))
    bench = held(tx, [id for id, order in allowed.items() if isinstance(order, Order)])
    return bench, allowed


def _refused(parcels: Sequence[Parcel | Problem], allowed: Allowed) -> Problem | None:
    """Why this actor may do nothing with these parcels, if that is so."""
    for parcel in parcels:
        if isinstance(parcel, Problem):
            return parcel
        for id in parcel.order_ids:
            order = allowed[id]
            if isinstance(order, Problem):
                return order
    return None


def _put(
    bench: Bench, wish: Packing, new: ParcelId, where: Mapping[OrderId, object]
) -> ParcelId | Problem:
    units = {*wish.units} or {unit for id in wish.order_ids for unit in bench.free(id)}
    free = {unit for id in wish.order_ids for unit in bench.free(id)}
    closed = [id for id in wish.order_ids if bench.orders[id].state not in TO_SHIP]
    if closed or not units or not units <= free:
        return CannotPack(
            "name units that are neither cancelled nor labelled of orders that wait for shipment",
            order_ids=[str(id) for id in wish.order_ids],
        )
    apart = _apart(where, bench, wish.order_ids)
    if apart is not None:
        return apart
    many = len({unit.order_id for unit in units}) > 1
    part = units != free
    origin = Origin.COMBINED if many else Origin.SPLIT if part else Origin.WHOLE
    id = bench.holder(units) or new
    bench.put(id, Pack(units=units, origin=origin, service=wish.service, size=wish.size))
    return id


def _cannot_split(bench: Bench, wish: Split) -> Problem | None:
    free, seen = bench.free(wish.order_id), set[Unit]()
    if bench.orders[wish.order_id].state not in TO_SHIP:
        state = bench.orders[wish.order_id].state
        return CannotPack(f"order {wish.order_id} is {state}", order_ids=[str(wish.order_id)])
    for group in wish.groups:
        if not group or not free.issuperset(group) or not seen.isdisjoint(group):
            return CannotPack(
                "each group names units that are in no other group and not labelled yet",
                order_ids=[str(wish.order_id)],
            )
        seen.update(group)
    if len(wish.groups) < 2 and seen == free:
        return CannotPack("one group with all that is left divides nothing")
    joint = [
        id
        for id, inside in bench.planned.items()
        if not inside.isdisjoint(free) and len({unit.order_id for unit in inside}) > 1
    ]
    if joint:
        return CannotPack(f"the order is in the combined parcel {joint[0]}")
    return None


def _divided(bench: Bench, wish: Split, ids: Sequence[ParcelId]) -> list[ParcelId]:
    rest = {
        id
        for id, inside in bench.planned.items()
        if any(unit.order_id == wish.order_id for unit in inside)
    }
    for id, group in zip(ids, wish.groups, strict=True):
        bench.put(id, Pack(units=group, origin=Origin.SPLIT))
    for id in rest:
        if bench.planned[id]:
            bench.put(id, Pack(units=bench.planned[id], origin=Origin.SPLIT))
    return [*ids]


def _cannot_combine(
    bench: Bench, ids: Sequence[ParcelId], where: Mapping[OrderId, object]
) -> Problem | None:
    if len(ids) < 2 or any(id not in bench.planned for id in ids):
        return CannotPack(
            "name two or more parcels that are not labelled yet", parcel_ids=[str(id) for id in ids]
        )
    inside = [parcel_order for id in ids for parcel_order in bench.parcels[id].order_ids]
    return _apart(where, bench, inside)


def _apart(
    where: Mapping[OrderId, object], bench: Bench, ids: Collection[OrderId]
) -> Problem | None:
    """Why these orders do not travel together, if that is so."""
    shops = {bench.orders[id].shop_id for id in ids}
    if len(shops) > 1 or len({repr(where.get(id)) for id in ids}) > 1:
        return CannotPack(
            "orders of one shop that go to one address can be combined",
            order_ids=[str(id) for id in ids],
        )
    return None


def _recipients(tx: Tx, bench: Bench) -> dict[OrderId, object]:
    """Who gets each order, and where, as far as the merchant may know it."""
    found = orders.recipients(tx, [*bench.orders.values()])
    return {
        id: (to.name, to.phone, sorted(to.address.items()))
        for id, order in bench.orders.items()
        for to in [found.get(order.group_id)]
        if to is not None
    }


def _cannot_take_out(bench: Bench, wish: Uncombining) -> Problem | None:
    parcel = bench.parcels[wish.parcel_id]
    if not parcel.planned or parcel.origin is not Origin.COMBINED:
        return CannotPack(f"parcel {parcel.id} is not a combined one that waits for its label")
    if not {*wish.order_ids} <= {*parcel.order_ids}:
        return CannotPack(f"name orders that are in parcel {parcel.id}")
    return None


def _taken_out(tx: Tx, bench: Bench, wish: Uncombining) -> list[ParcelId]:
    inside = bench.parcels[wish.parcel_id].order_ids
    leaving = sorted(wish.order_ids) if wish.order_ids else inside[1:]
    if len(leaving) == len(inside):
        leaving = leaving[1:]  # The last one keeps the parcel.
    ids = logistics.fresh_ids(tx, len(leaving))
    for id, order_id in zip(ids, leaving, strict=True):
        units = {unit for unit in bench.planned[wish.parcel_id] if unit.order_id == order_id}
        bench.put(id, Pack(units=units))
    rest = bench.planned[wish.parcel_id]
    alone = len({unit.order_id for unit in rest}) == 1
    origin = Origin.WHOLE if alone else Origin.COMBINED
    bench.put(wish.parcel_id, Pack(units=rest, origin=origin))
    return [*ids, wish.parcel_id] if alone else [*ids]


def _not_to_ship(bench: Bench, wish: Labelling) -> Problem | None:
    for id in bench.parcels[wish.parcel_id].order_ids:
        order = bench.orders[id]
        why: str = "" if order.state in TO_SHIP else order.state
        if wish.shipper is logistics.Shipper.PLATFORM and not bench.platform_ships[id]:
            why = "shipped by its merchant: name a carrier and its number"
        if why:
            return CannotPack(f"order {id} is {why}", order_ids=[str(id)])
    return None


def _waiting(bench: Bench, id: OrderId) -> bool:
    """Whether anything of an order is labelled and waits for its carrier."""
    return any(
        parcel.state is logistics.State.LABELLED and id in parcel.order_ids
        for parcel in bench.parcels.values()
    )


def _times(parcels: Sequence[Parcel]) -> dict[OrderId, datetime]:
    times: dict[OrderId, datetime] = {}
    for parcel in parcels:
        for id in parcel.order_ids:
            times[id] = max(times.get(id, parcel.changed_at), parcel.changed_at)
    return times
