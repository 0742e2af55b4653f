"""What can be done with parcels, and what is told of them."""

from collections.abc import Sequence
from datetime import datetime

from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .events import ParcelMoved
from .lifecycle import MOVES, PARCEL, Code, State, Verb
from .model import CarrierEvent, NewParcel, Packed, Parcel, ParcelId, ParcelStep, Told
from .problems import ParcelNotFound, TrackingNumberTaken
from .store import Telling


def hand_over(tx: Tx, wishes: Sequence[NewParcel]) -> list[Parcel | Problem]:
    """Give parcels to carriers, each at its instant. One outcome for each wish, in their order.

    Whether the order has these units left is the order's to say, not the parcel's.
    """
    fresh = new_ids(tx.sql, ParcelId, len(wishes))
    outcomes = [
        _refusal(tx, wish) or _handed_over(wish, id, wish.at or tx.now)
        for wish, id in zip(wishes, fresh, strict=True)
    ]
    going = [
        (outcome, wish.place)
        for outcome, wish in zip(outcomes, wishes, strict=True)
        if isinstance(outcome, Parcel)
    ]
    added = store.add(tx, [parcel for parcel, _ in going], [place for _, place in going])
    final = [
        _taken(outcome) if isinstance(outcome, Parcel) and outcome.id not in added else outcome
        for outcome in outcomes
    ]
    parcels = [outcome for outcome in final if isinstance(outcome, Parcel)]
    emit(tx, [ParcelMoved.of(parcel, Verb.HAND_OVER, State.LABELLED) for parcel in parcels])
    return final


def deliver(tx: Tx, steps: Sequence[ParcelStep]) -> list[Parcel | Problem]:
    """Parcels that reach their recipients. For flows: no permission is asked."""
    return _all_moved(tx, steps, Verb.DELIVER, Code.DELIVERED)


def lose(tx: Tx, steps: Sequence[ParcelStep]) -> list[Parcel | Problem]:
    """Parcels that nobody finds any more. For flows: no permission is asked."""
    return _all_moved(tx, steps, Verb.LOSE, Code.LOST)


def send_back(tx: Tx, steps: Sequence[ParcelStep]) -> list[Parcel | Problem]:
    """Parcels that turn round: damaged, refused, undeliverable. For flows, as above."""
    return _all_moved(tx, steps, Verb.SEND_BACK, Code.UNDELIVERABLE)


def take_in(tx: Tx, steps: Sequence[ParcelStep]) -> list[Parcel | Problem]:
    """Parcels that are back at their sender. For flows: no permission is asked."""
    return _all_moved(tx, steps, Verb.RETURN, Code.RETURNED)


def track(tx: Tx, events: Sequence[CarrierEvent]) -> list[Told | Problem]:
    """What carriers tell, each event once. For flows: no permission is asked.

    An event moves its parcel if that is a step forward. One that comes too late for that, or out
    of its order, is kept and moves nothing.
    """
    ids = store.by_numbers(tx, {(event.carrier, event.tracking_number) for event in events})
    held = access.to_move(tx, ids)
    log = _Log({parcel.id: parcel for parcel in held.values()})
    numbers = {(each.carrier, each.tracking_number): each.id for each in held.values()}
    seen = store.known(tx, {(event.carrier, event.event_id) for event in events})
    outcomes: list[Told | Problem] = []
    for event in events:
        id = numbers.get((event.carrier, event.tracking_number))
        if id is None:
            outcomes.append(ParcelNotFound(f"{event.carrier} {event.tracking_number}"))
        elif (event.carrier, event.event_id) in seen:
            outcomes.append(Told(parcel=log.parcels[id], verb=None, fresh=False))
        else:
            seen.add((event.carrier, event.event_id))
            outcomes.append(log.hear(id, event))
    log.save(tx)
    return outcomes


class _Log:
    """Parcels, what is told of them in one batch, and where that takes them."""

    def __init__(self, parcels: dict[ParcelId, Parcel]) -> None:
        self.before, self.parcels = dict(parcels), parcels
        self.told: list[Telling] = []
        self.facts: list[ParcelMoved] = []

    def move(self, verb: Verb, step: ParcelStep, code: Code, at: datetime) -> Parcel:
        """Take a parcel one step further; a second wish for it meets it there."""
        before = self.parcels[step.parcel_id]
        after = before.moved(verb, at)
        self.parcels[after.id] = after
        self.told.append(Telling(parcel=after, code=code, place=step.place, at=at, moved=True))
        self.facts.append(ParcelMoved.of(after, verb, before.state))
        return after

    def hear(self, id: ParcelId, event: CarrierEvent) -> Told:
        """Keep a carrier's event, and move the parcel if it can be moved by it."""
        before, verb = self.parcels[id], MOVES.get(event.code)
        moves = verb in PARCEL.moves[before.state]
        after = before.moved(verb, event.at) if verb and moves else before
        self.parcels[id] = after
        self.told.append(
            Telling(
                parcel=after,
                code=event.code,
                place=event.place,
                at=event.at,
                moved=moves,
                event_id=event.event_id,
            )
        )
        if verb and moves:
            self.facts.append(ParcelMoved.of(after, verb, before.state))
        return Told(parcel=after, verb=verb if moves else None, fresh=True)

    def save(self, tx: Tx) -> None:
        """One statement for all parcels, however many steps each took."""
        changes = [(self.before[id], after) for id, after in self.parcels.items()]
        store.save(tx, [(before, after) for before, after in changes if before != after])
        store.tell(tx, self.told)
        emit(tx, self.facts)


def _all_moved(
    tx: Tx, steps: Sequence[ParcelStep], verb: Verb, code: Code
) -> list[Parcel | Problem]:
    log = _Log(access.to_move(tx, {step.parcel_id for step in steps}))
    outcomes = [_moved(tx, log, step, (verb, code)) for step in steps]
    log.save(tx)
    return outcomes


def _moved(tx: Tx, log: _Log, step: ParcelStep, what: tuple[Verb, Code]) -> Parcel | Problem:
    verb, code = what
    if step.parcel_id not in log.parcels:
        return ParcelNotFound(step.parcel_id)
    try:
        return log.move(verb, step, step.code or code, step.at or tx.now)
    except IllegalMove as refusal:
        return refusal


def _refusal(tx: Tx, wish: NewParcel) -> Problem | None:
    refusal = access.no_leave_to_ship(tx, wish.merchant_id)
    if refusal is not None:
        return refusal
    if not wish.carrier or not wish.tracking_number:
        return BadInput("tracking_number", "name the carrier and its number of the parcel")
    positions = [pos for pos, _ in wish.lines]
    if not positions or len(set(positions)) < len(positions):
        return BadInput("lines", "each line that is in the parcel, once")
    if any(quantity <= 0 for _, quantity in wish.lines):
        return BadInput("lines", "at least one unit of each line")
    return None


def _handed_over(wish: NewParcel, id: ParcelId, at: datetime) -> Parcel:
    parcel = Parcel(
        id=id,
        order_id=wish.order_id,
        merchant_id=wish.merchant_id,
        market=wish.market,
        carrier=wish.carrier,
        tracking_number=wish.tracking_number,
        state=PARCEL.initial,
        lines=tuple(sorted(Packed(pos, quantity) for pos, quantity in wish.lines)),
        created_at=at,
        handed_over_at=at,
        delivered_at=None,
        closed_at=None,
        changed_at=at,
    )
    return parcel.moved(Verb.LABEL, at).moved(Verb.HAND_OVER, at)


def _taken(parcel: Parcel) -> TrackingNumberTaken:
    return TrackingNumberTaken(
        f"{parcel.carrier} {parcel.tracking_number} is another parcel",
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
    )
