"""Goods on their way: hand-over, delivery, loss and return to sender."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from entrepot.contexts import aftersales, inventory, ledger, logistics, orders
from entrepot.contexts.logistics import Labelling, Parcel, ParcelId, Unit
from entrepot.contexts.orders import Order, OrderId, Units, Verb
from entrepot.kernel.problems import BadInput, Problem, each
from entrepot.kernel.tx import Tx

from . import money, packing, refunding
from .arriving import settle_lines
from .packing_bench import TO_SHIP, Bench, Pack, held, shippable


class NothingToShip(Problem):
    slug, title = "nothing-to-ship", "Nothing of this order is left to be handed over"

    def __init__(self, id: OrderId) -> None:
        super().__init__(f"no unit of order {id} is left or named", order_id=str(id))


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A wish to hand units of an order to a carrier; without `units` all that are left."""

    order_id: OrderId
    carrier: str
    tracking_number: str
    units: Mapping[int, int] | None = None  # By line.
    at: datetime | None = None  # When the carrier scanned it; else it is now.


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What a carrier says of a parcel, with the instant at which it happened."""

    parcel_id: ParcelId
    at: datetime | None = None


def hand_over(tx: Tx, wishes: Sequence[HandOver]) -> list[Parcel | Problem]:
    """Hand goods over. The merchant's right to ship is asked; an order comes once in a batch.

    Units come out of whatever parcel they were planned for. A number that is another parcel's
    refuses its own wish only.
    """
    allowed = shippable(tx, [wish.order_id for wish in wishes])
    assert len(allowed) == len(wishes), "an order comes once in a batch"
    bench = held(tx, [id for id, order in allowed.items() if isinstance(order, Order)])
    outcomes: dict[OrderId, Parcel | Problem] = {}
    chosen: dict[OrderId, set[Unit]] = {}
    for wish in wishes:
        order = allowed[wish.order_id]
        units = order if isinstance(order, Problem) else _chosen(bench, wish)
        if isinstance(units, Problem):
            outcomes[wish.order_id] = units
        else:
            chosen[wish.order_id] = units
    ready = [wish for wish in wishes if wish.order_id in chosen]
    outcomes |= _sent(tx, bench, ready, chosen)
    return [outcomes[wish.order_id] for wish in wishes]


def collect(tx: Tx, wishes: Sequence[Arrival]) -> list[Parcel | Problem]:
    """Carriers have labelled parcels now: goods leave, and orders go with them. For flows."""
    bench = _bench_of(tx, wishes)
    found = logistics.hand_over(tx, _steps(tx, wishes))
    _go(tx, bench, [parcel for parcel in found if isinstance(parcel, Parcel)])
    return found


def deliver(tx: Tx, wishes: Sequence[Arrival]) -> list[Parcel | Problem]:
    """Parcels have arrived, as carriers say: the clock of settlement starts. For flows.

    A line is settled when its last unit has arrived; that instant is its clock's start.
    """
    _collect_first(tx, wishes)
    parcels = logistics.deliver(tx, _steps(tx, wishes))
    arrived(tx, [parcel for parcel in parcels if isinstance(parcel, Parcel)])
    return parcels


def lose(
    tx: Tx, wishes: Sequence[Arrival], reason: aftersales.Reason = aftersales.Reason.LOST
) -> list[Parcel | Problem]:
    """Parcels are lost: what was paid goes back. For flows: no permission is asked."""
    _collect_first(tx, wishes)
    parcels = logistics.lose(tx, _steps(tx, wishes))
    bounced(tx, [parcel for parcel in parcels if isinstance(parcel, Parcel)], Verb.LOSE, reason)
    return parcels


def send_back(
    tx: Tx,
    wishes: Sequence[Arrival],
    reason: aftersales.Reason = aftersales.Reason.RETURNED_TO_SENDER,
) -> list[Parcel | Problem]:
    """Parcels go back to their sender: what was paid goes back too. For flows."""
    _collect_first(tx, wishes)
    parcels = logistics.send_back(tx, _steps(tx, wishes))
    bounced(tx, [parcel for parcel in parcels if isinstance(parcel, Parcel)], Verb.RETURN, reason)
    return parcels


def arrived(tx: Tx, parcels: Sequence[Parcel]) -> None:
    """Orders and money follow parcels that have arrived. For flows."""
    times, units = _latest(parcels), _contents(parcels)
    counted = orders.arrive(tx, units, times)
    touched = {(unit.order_id, unit.pos) for unit in units}
    settle_lines(tx, each([*counted.values()]), touched, times)


def bounced(tx: Tx, gone: Sequence[Parcel], verb: Verb, reason: aftersales.Reason) -> None:
    """Orders, money and stock follow parcels that will not arrive. For flows."""
    times, units = _latest(gone), _contents(gone)
    found = [each([one])[0] for _, one in sorted(orders.bounce(tx, units, times, verb).items())]
    refunding.give_back(tx, found, times, reason)
    named = {(unit.order_id, unit.pos) for unit in units}
    settle_lines(tx, [(bounce.order, bounce.lines) for bounce in found], named, times)
    if verb is Verb.RETURN:
        refunding.restock(tx, units, _references(gone), times)


def _steps(tx: Tx, wishes: Sequence[Arrival]) -> list[logistics.ParcelStep]:
    return [logistics.ParcelStep(parcel_id=wish.parcel_id, at=wish.at or tx.now) for wish in wishes]


def _chosen(bench: Bench, wish: HandOver) -> set[Unit] | Problem:
    """The units that a wish means: those that were not named are the lowest that are left."""
    if not wish.carrier or not wish.tracking_number:
        return BadInput("tracking_number", "name the carrier and its number of the parcel")
    order = bench.orders[wish.order_id]
    units = bench.free(order.id) if wish.units is None else bench.lowest(order.id, wish.units)
    if not units and not wish.units:
        return NothingToShip(order.id)
    if order.state not in TO_SHIP:
        return orders.TooManyUnits(
            f"no unit of order {order.id} can be shipped: it is {order.state}",
            order_id=str(order.id),
        )
    return units or orders.TooManyUnits(
        f"order {order.id} has not so many units left that are not labelled or handed over",
        order_id=str(order.id),
    )


def _sent(
    tx: Tx, bench: Bench, wishes: Sequence[HandOver], chosen: Mapping[OrderId, set[Unit]]
) -> dict[OrderId, Parcel | Problem]:
    """Parcels of what was chosen, as far as their numbers are free."""
    fresh = logistics.fresh_ids(tx, len(wishes))
    ids = {
        wish.order_id: bench.holder(chosen[wish.order_id]) or new
        for wish, new in zip(wishes, fresh, strict=True)
    }
    numbers = {ids[wish.order_id]: (wish.carrier, wish.tracking_number) for wish in wishes}
    theirs = logistics.claim(tx, numbers)
    going = [wish for wish in wishes if ids[wish.order_id] in theirs]
    for wish in going:
        bench.put(ids[wish.order_id], Pack(units=chosen[wish.order_id], at=wish.at))
    bench.settle(tx)
    labels = [
        Labelling(
            parcel_id=ids[wish.order_id],
            carrier=wish.carrier,
            tracking_number=wish.tracking_number,
            sent_at=wish.at or tx.now,
        )
        for wish in going
    ]
    parcels = {parcel.id: parcel for parcel in each(logistics.label(tx, labels))}
    _go(tx, bench, [*parcels.values()])
    return {
        order_id: parcels.get(id) or logistics.taken(*numbers[id]) for order_id, id in ids.items()
    }


def _bench_of(tx: Tx, wishes: Sequence[Arrival]) -> Bench:
    """The orders of parcels, held before the parcels are."""
    found = logistics.by_ids(tx, [wish.parcel_id for wish in wishes])
    return held(tx, {id for one in found if isinstance(one, Parcel) for id in one.order_ids})


def _collect_first(tx: Tx, wishes: Sequence[Arrival]) -> None:
    """What nobody saw being collected was collected when something else is told of it."""
    found = logistics.by_ids(tx, [wish.parcel_id for wish in wishes])
    orders.to_move(tx, {id for one in found if isinstance(one, Parcel) for id in one.order_ids})
    waiting = {
        one.id for one in found if isinstance(one, Parcel) and one.state is logistics.State.LABELLED
    }
    first = {wish.parcel_id: wish for wish in reversed(wishes) if wish.parcel_id in waiting}
    if first:
        inside = {id for one in found if isinstance(one, Parcel) for id in one.order_ids}
        inventory.hold(tx, inside)
        each(collect(tx, [*first.values()]))


def _go(tx: Tx, bench: Bench, parcels: Sequence[Parcel]) -> None:
    """Goods leave the shelf, and their orders go as far as that takes them."""
    if not parcels:
        return
    units = [
        Units(order_id=line.order_id, pos=line.pos, quantity=line.quantity, which=line.units)
        for parcel in parcels
        for line in parcel.lines
    ]
    times = _latest(parcels)
    shipped = orders.ship(tx, units, times)
    for order, lines in each(shipped.values()):
        bench.orders[order.id], bench.lines[order.id] = order, lines
    bench.parcels |= {parcel.id: parcel for parcel in parcels}
    _issue(tx, parcels, times)
    packing.advance(tx, bench, times.keys(), times)


def _issue(tx: Tx, parcels: Sequence[Parcel], times: Mapping[OrderId, datetime]) -> None:
    """Goods leave the shelf; what the platform had bought leaves its books at cost."""
    going = [
        inventory.Units(order_id=unit.order_id, pos=unit.pos, quantity=unit.quantity)
        for unit in _contents(parcels)
    ]
    refused, costs = inventory.commit_units(tx, going)
    assert not any(refused), "an order that can be shipped has its goods"
    references = _references(parcels)
    ledger.post(
        tx,
        [
            made
            for (order_id, pos), cost in costs.items()
            for id in [OrderId(order_id)]
            for made in money.issued(f"{references[id]}:{pos}", cost, times[id])
        ],
    )


def _references(parcels: Sequence[Parcel]) -> dict[OrderId, str]:
    """What names the goods of an order in a batch: its first parcel, which moves once."""
    first: dict[OrderId, ParcelId] = {}
    for parcel in parcels:
        for id in parcel.order_ids:
            first[id] = min(first.get(id, parcel.id), parcel.id)
    return {id: f"{parcel_id}:{id}" for id, parcel_id in first.items()}


def _latest(parcels: Sequence[Parcel]) -> dict[OrderId, datetime]:
    times: dict[OrderId, datetime] = {}
    for parcel in parcels:
        for id in parcel.order_ids:
            times[id] = max(times.get(id, parcel.changed_at), parcel.changed_at)
    return times


def _contents(parcels: Sequence[Parcel]) -> list[Units]:
    """What is in parcels; units of one line in several of them come together."""
    counted: Counter[tuple[OrderId, int]] = Counter()
    for parcel in parcels:
        for line in parcel.lines:
            counted[line.order_id, line.pos] += line.quantity
    return [Units(order_id=id, pos=pos, quantity=n) for (id, pos), n in counted.items()]
