"""What carriers do with parcels, and what they tell of them."""

from collections.abc import Sequence

from entrepot.contexts.logistics import access, store
from entrepot.contexts.logistics.lifecycle import Code, Verb
from entrepot.contexts.logistics.model import CarrierEvent, Parcel, ParcelStep, Told
from entrepot.contexts.logistics.problems import ParcelNotFound
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from .desk import Desk


def hand_over(tx: Tx, steps: Sequence[ParcelStep]) -> list[Parcel | Problem]:
    """Labelled parcels that carriers have now. For flows: no permission is asked."""
    return _all_moved(tx, steps, Verb.HAND_OVER, Code.HANDED_OVER)


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
    numbers = store.by_numbers(tx, {(event.carrier, event.tracking_number) for event in events})
    desk = Desk(access.to_move(tx, {*numbers.values()}).values())
    seen = store.known(tx, {(event.carrier, event.event_id) for event in events})
    outcomes: list[Told | Problem] = []
    for event in events:
        id = numbers.get((event.carrier, event.tracking_number))
        if id is None:
            outcomes.append(ParcelNotFound(f"{event.carrier} {event.tracking_number}"))
        elif (event.carrier, event.event_id) in seen:
            parcel = desk.parcels[id]
            known = Told(parcel=parcel, before=parcel.state, verb=None, fresh=False)
            outcomes.append(known)
        else:
            seen.add((event.carrier, event.event_id))
            outcomes.append(desk.hear(id, event))
    desk.save(tx)
    return outcomes


def _all_moved(
    tx: Tx, steps: Sequence[ParcelStep], verb: Verb, code: Code
) -> list[Parcel | Problem]:
    desk = Desk(access.to_move(tx, {step.parcel_id for step in steps}).values())
    outcomes = [_moved(tx, desk, step, (verb, code)) for step in steps]
    desk.save(tx)
    return outcomes


def _moved(tx: Tx, desk: Desk, step: ParcelStep, what: tuple[Verb, Code]) -> Parcel | Problem:
    verb, code = what
    if step.parcel_id not in desk.parcels:
        return ParcelNotFound(step.parcel_id)
    try:
        return desk.move(verb, step, step.code or code, step.at or tx.now)
    except IllegalMove as refusal:
        return refusal
