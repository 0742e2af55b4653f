"""Goods on their way: hand-over, delivery, loss and return to sender."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from entrepot.contexts import aftersales, inventory, ledger, logistics, orders
from entrepot.contexts.logistics import Parcel, ParcelId
from entrepot.contexts.orders import Line, Order, OrderId, Units, Verb
from entrepot.kernel.problems import Forbidden, Problem, each
from entrepot.kernel.tx import Tx

from . import money, refunding
from .arriving import settle_lines


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
    """Hand goods over. The merchant's right to ship is asked; an order comes once in a batch."""
    visible = orders.by_ids(tx, [wish.order_id for wish in wishes])
    allowed: dict[OrderId, Order | Problem] = {}
    for wish, order in zip(wishes, visible, strict=True):
        assert wish.order_id not in allowed, "an order comes once in a batch"
        if isinstance(order, Order) and not tx.actor.may(orders.Permission.SHIP, order.merchant_id):
            allowed[wish.order_id] = Forbidden("order:ship is not granted to you")
        else:
            allowed[wish.order_id] = order
    lines = orders.by_order(orders.lines(tx, [wish.order_id for wish in wishes]))
    for wish in wishes:
        if isinstance(allowed[wish.order_id], Order) and not _wanted(wish, lines):
            allowed[wish.order_id] = NothingToShip(wish.order_id)
    ready = [wish for wish in wishes if isinstance(allowed[wish.order_id], Order)]
    times = {wish.order_id: wish.at or tx.now for wish in ready}
    units = _units(ready, lines)
    shipped = orders.ship(tx, units, times)
    done = {id: got for id, got in shipped.items() if not isinstance(got, Problem)}
    parcels = _parcels(tx, [wish for wish in ready if wish.order_id in done], units, done)
    _issue(tx, parcels)
    return [
        parcels.get(wish.order_id) or _refusal(wish.order_id, allowed, shipped) for wish in wishes
    ]


def deliver(tx: Tx, wishes: Sequence[Arrival]) -> list[Parcel | Problem]:
    """Parcels have arrived, as carriers say: the clock of settlement starts. For flows.

    A line is settled when its last unit has arrived; that instant is its clock's start.
    """
    parcels = logistics.deliver(tx, _steps(tx, wishes))
    arrived = [parcel for parcel in parcels if isinstance(parcel, Parcel)]
    times, units = _latest(arrived), _contents(arrived)
    counted = orders.arrive(tx, units, times)
    touched = {(unit.order_id, unit.pos) for unit in units}
    settle_lines(tx, each([*counted.values()]), touched, times)
    return parcels


def lose(
    tx: Tx, wishes: Sequence[Arrival], reason: aftersales.Reason = aftersales.Reason.LOST
) -> list[Parcel | Problem]:
    """Parcels are lost: what was paid goes back. For flows: no permission is asked."""
    return _bounce(tx, logistics.lose(tx, _steps(tx, wishes)), Verb.LOSE, reason)


def send_back(
    tx: Tx,
    wishes: Sequence[Arrival],
    reason: aftersales.Reason = aftersales.Reason.RETURNED_TO_SENDER,
) -> list[Parcel | Problem]:
    """Parcels go back to their sender: what was paid goes back too. For flows."""
    return _bounce(tx, logistics.send_back(tx, _steps(tx, wishes)), Verb.RETURN, reason)


def _steps(tx: Tx, wishes: Sequence[Arrival]) -> list[logistics.ParcelStep]:
    return [logistics.ParcelStep(parcel_id=wish.parcel_id, at=wish.at or tx.now) for wish in wishes]


def _latest(parcels: Sequence[Parcel]) -> dict[OrderId, datetime]:
    times: dict[OrderId, datetime] = {}
    for parcel in parcels:
        at = parcel.changed_at
        times[parcel.order_id] = max(times.get(parcel.order_id, at), at)
    return times


Lines = Mapping[OrderId, Sequence[Line]]


def _units(wishes: Sequence[HandOver], lines: Lines) -> list[Units]:
    return [
        Units(order_id=wish.order_id, pos=pos, quantity=quantity)
        for wish in wishes
        for pos, quantity in _wanted(wish, lines).items()
    ]


def _wanted(wish: HandOver, lines: Lines) -> Mapping[int, int]:
    if wish.units is not None:
        return wish.units
    return {line.pos: line.open_units for line in lines[wish.order_id] if line.open_units}


def _parcels(
    tx: Tx,
    wishes: Sequence[HandOver],
    units: Sequence[Units],
    shipped: Mapping[OrderId, tuple[Order, list[Line]]],
) -> dict[OrderId, Parcel]:
    made = logistics.hand_over(
        tx,
        [
            logistics.NewParcel(
                order_id=wish.order_id,
                merchant_id=shipped[wish.order_id][0].merchant_id,
                market=shipped[wish.order_id][0].market,
                carrier=wish.carrier,
                tracking_number=wish.tracking_number,
                lines=tuple((u.pos, u.quantity) for u in units if u.order_id == wish.order_id),
                at=wish.at or tx.now,
            )
            for wish in wishes
        ],
    )
    return {wish.order_id: parcel for wish, parcel in zip(wishes, each(made), strict=True)}


def _issue(tx: Tx, parcels: Mapping[OrderId, Parcel]) -> None:
    """Goods leave the shelf; what the platform had bought leaves its books at cost."""
    going = [
        inventory.Units(order_id=parcel.order_id, pos=pos, quantity=quantity)
        for parcel in parcels.values()
        for pos, quantity in parcel.lines
    ]
    refused, costs = inventory.commit_units(tx, going)
    assert not any(refused), "an order that can be shipped has its goods"
    ledger.post(
        tx,
        [
            made
            for (order_id, pos), cost in costs.items()
            for parcel in [parcels[OrderId(order_id)]]
            for made in money.issued(f"{parcel.id}:{pos}", cost, parcel.changed_at)
        ],
    )


def _refusal(
    id: OrderId,
    allowed: Mapping[OrderId, Order | Problem],
    shipped: Mapping[OrderId, tuple[Order, list[Line]] | Problem],
) -> Problem:
    refusal = shipped.get(id, allowed[id])
    assert isinstance(refusal, Problem)
    return refusal


def _bounce(
    tx: Tx, parcels: list[Parcel | Problem], verb: Verb, reason: aftersales.Reason
) -> list[Parcel | Problem]:
    gone = [parcel for parcel in parcels if isinstance(parcel, Parcel)]
    times, units = _latest(gone), _contents(gone)
    bounced = orders.bounce(tx, units, times, verb)
    found = [each([bounced[id]])[0] for id in sorted(times)]
    refunding.give_back(tx, found, times, reason)
    named = {(unit.order_id, unit.pos) for unit in units}
    settle_lines(tx, [(bounce.order, bounce.lines) for bounce in found], named, times)
    if verb is Verb.RETURN:
        refunding.restock(tx, units, {parcel.order_id: parcel.id for parcel in gone}, times)
    return parcels


def _contents(parcels: Sequence[Parcel]) -> list[Units]:
    return [
        Units(order_id=parcel.order_id, pos=pos, quantity=quantity)
        for parcel in parcels
        for pos, quantity in parcel.lines
    ]
