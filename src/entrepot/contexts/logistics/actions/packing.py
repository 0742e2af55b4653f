"""What people decide about parcels before they are sent.

Whether orders have these units left is the orders' to say, and whose they are: flows ask. Here it
is only seen to that what is labelled stays as it is.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from entrepot.contexts.logistics import access, store
from entrepot.contexts.logistics.events import Change, ParcelsChanged
from entrepot.contexts.logistics.lifecycle import PARCEL, Code, State, Verb
from entrepot.contexts.logistics.model import (
    Labelling,
    NewParcel,
    Parcel,
    ParcelId,
    ParcelStep,
    Repacking,
    packed,
)
from entrepot.contexts.logistics.problems import (
    NotPlanned,
    ParcelNotFound,
    TrackingNumberTaken,
)
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx

from .desk import Desk


def plan(tx: Tx, wishes: Sequence[NewParcel]) -> list[Parcel]:
    """Parcels that wait for their labels. For flows: no permission is asked."""
    fresh = iter(fresh_ids(tx, sum(wish.id is None for wish in wishes)))
    made = [_planned(tx, wish, wish.id or next(fresh)) for wish in wishes]
    store.add(tx, made)
    return made


def repack(tx: Tx, wishes: Sequence[Repacking]) -> list[Parcel]:
    """Planned parcels that hold other units now, or none: then they are given up.

    For flows, which hold the orders and so know what the parcels are: no permission is asked.
    """
    desk = Desk(access.to_move(tx, {wish.parcel_id for wish in wishes}).values())
    for wish in wishes:
        parcel = desk.parcels[wish.parcel_id]
        assert parcel.planned, "what is labelled stays as it is"
        if wish.units:
            other = parcel.holding(wish.units, tx.now)
            desk.put(replace(other, origin=wish.origin or parcel.origin))
        else:
            desk.step(parcel.id, Verb.CANCEL, tx.now)
    desk.save(tx)
    return [desk.parcels[wish.parcel_id] for wish in wishes]


def tell_change(
    tx: Tx, parcels: Sequence[Parcel], change: Change, given_up: Sequence[ParcelId] = ()
) -> None:
    """Tell that parcels which belong together were packed in another way. For flows."""
    emit(tx, [ParcelsChanged.of(parcels, change, tx.now, given_up)])


def fresh_ids(tx: Tx, n: int) -> list[ParcelId]:
    """Ids for parcels that are planned once their numbers are known to be free."""
    return new_ids(tx.sql, ParcelId, n) if n else []


def claim(tx: Tx, wanted: Mapping[ParcelId, tuple[str, str]]) -> set[ParcelId]:
    """Give parcels the numbers of carriers; gives those whose number is theirs now.

    A number that is another parcel's refuses its own parcel only.
    """
    free = store.claim(tx, wanted)
    rest = {id: number for id, number in wanted.items() if id not in free}
    owners = store.by_numbers(tx, {*rest.values()}) if rest else {}
    return free | {id for id, number in rest.items() if owners.get(number) == id}


def label(tx: Tx, wishes: Sequence[Labelling]) -> list[Parcel | Problem]:
    """Put carriers' numbers on planned parcels, with an outcome for each wish, in their order.

    For flows: no permission is asked.
    """
    return _numbered(tx, wishes, _refusal, _labelled)


def correct(tx: Tx, wishes: Sequence[Labelling]) -> list[Parcel | Problem]:
    """Put another carrier or number on labelled parcels: the one before was wrong. For flows.

    The number before stays the parcel's: what is told under it still counts.
    """
    return _numbered(tx, wishes, _uncorrectable, _corrected)


def mark_invalid(tx: Tx, ids: Collection[ParcelId]) -> list[Parcel | Problem]:
    """Parcels whose number no carrier knows; a corrected number ends it. For flows."""
    desk = Desk(access.to_move(tx, ids).values())
    outcomes: list[Parcel | Problem] = []
    for id in ids:
        parcel = desk.parcels.get(id)
        if parcel is None:
            outcomes.append(ParcelNotFound(id))
        elif parcel.state not in NUMBERED:
            outcomes.append(IllegalMove(f"the number of what is {parcel.state} is not in doubt"))
        else:
            marked = replace(parcel, invalid_at=parcel.invalid_at or tx.now, updated_at=tx.now)
            outcomes.append(desk.put(marked))
            desk.note(ParcelsChanged.of([marked], Change.INVALID, tx.now))
    desk.save(tx)
    return outcomes


def give_up(tx: Tx, steps: Sequence[ParcelStep]) -> list[Parcel | Problem]:
    """Parcels that are not sent after all; their numbers are free again. For flows."""
    desk = Desk(access.to_move(tx, {step.parcel_id for step in steps}).values())
    outcomes: list[Parcel | Problem] = []
    for step in steps:
        if step.parcel_id not in desk.parcels:
            outcomes.append(ParcelNotFound(step.parcel_id))
            continue
        try:
            outcomes.append(desk.step(step.parcel_id, Verb.CANCEL, step.at or tx.now))
        except IllegalMove as refusal:
            outcomes.append(refusal)
    desk.save(tx)
    store.free_numbers(tx, [gone.id for gone in outcomes if isinstance(gone, Parcel)])
    return outcomes


Judge = Callable[[Parcel], Problem | None]
Put = Callable[[Tx, Desk, Labelling], Parcel]
# Whose number can be corrected or doubted: the carrier has not told of its end.
NUMBERED = {State.LABELLED, State.HANDED_OVER, State.IN_TRANSIT}


def _planned(tx: Tx, wish: NewParcel, id: ParcelId) -> Parcel:
    at, lines = wish.at or tx.now, packed(wish.units)
    return Parcel(
        id=id,
        order_id=lines[0].order_id,
        group_id=wish.group_id,
        merchant_id=wish.merchant_id,
        shop_id=wish.shop_id,
        market=wish.market,
        shipper=wish.shipper,
        origin=wish.origin,
        carrier=None,
        tracking_number=None,
        service=wish.service,
        handover=None,
        size=wish.size,
        note="",
        dispatch=None,
        state=PARCEL.initial,
        lines=lines,
        created_at=at,
        labelled_at=None,
        handed_over_at=None,
        delivered_at=None,
        closed_at=None,
        invalid_at=None,
        changed_at=at,
        updated_at=at,
    )


def _numbered(
    tx: Tx, wishes: Sequence[Labelling], judge: Judge, put: Put
) -> list[Parcel | Problem]:
    desk = Desk(access.to_move(tx, {wish.parcel_id for wish in wishes}).values())
    outcomes: dict[int, Parcel | Problem] = {}
    wanted: dict[ParcelId, int] = {}
    for n, wish in enumerate(wishes):
        parcel = desk.parcels.get(wish.parcel_id)
        refusal = ParcelNotFound(wish.parcel_id) if parcel is None else judge(parcel)
        if refusal is None and wish.parcel_id in wanted:
            refusal = NotPlanned(wish.parcel_id, State.LABELLED)
        if refusal is None and not (wish.carrier and wish.tracking_number):
            refusal = BadInput("tracking_number", "name the carrier and its number of the parcel")
        if refusal is None:
            wanted[wish.parcel_id] = n
        else:
            outcomes[n] = refusal
    numbers = {id: (wishes[n].carrier, wishes[n].tracking_number) for id, n in wanted.items()}
    theirs = claim(tx, numbers)
    for id, n in wanted.items():
        outcomes[n] = put(tx, desk, wishes[n]) if id in theirs else taken(*numbers[id])
    desk.save(tx)
    return [outcomes[n] for n in range(len(wishes))]


def _refusal(parcel: Parcel) -> Problem | None:
    return None if parcel.planned else NotPlanned(parcel.id, parcel.state)


def _uncorrectable(parcel: Parcel) -> Problem | None:
    if parcel.state in NUMBERED:
        return None
    return IllegalMove(f"the number of what is {parcel.state} cannot be corrected")


def _labelled(tx: Tx, desk: Desk, wish: Labelling) -> Parcel:
    parcel = desk.parcels[wish.parcel_id]
    desk.put(
        replace(
            parcel,
            carrier=wish.carrier,
            tracking_number=wish.tracking_number,
            shipper=wish.shipper or parcel.shipper,
            service=wish.service or parcel.service,
            handover=wish.handover,
            size=wish.size or parcel.size,
            note=wish.note,
            dispatch=wish.dispatch,
        )
    )
    at = wish.at or wish.sent_at or tx.now
    labelled = desk.step(parcel.id, Verb.LABEL, at)
    if wish.sent_at is None:
        return labelled
    step = ParcelStep(parcel_id=parcel.id, place=wish.place)
    return desk.move(Verb.HAND_OVER, step, Code.HANDED_OVER, wish.sent_at)


def _corrected(tx: Tx, desk: Desk, wish: Labelling) -> Parcel:
    parcel = desk.parcels[wish.parcel_id]
    other = desk.put(
        replace(
            parcel,
            carrier=wish.carrier,
            tracking_number=wish.tracking_number,
            note=wish.note or parcel.note,
            invalid_at=None,
            updated_at=max(tx.now, parcel.updated_at),
        )
    )
    desk.note(ParcelsChanged.of([other], Change.CORRECTED, tx.now))
    return other


def taken(carrier: str, tracking_number: str) -> TrackingNumberTaken:
    """The refusal of a number that is another parcel's."""
    return TrackingNumberTaken(
        f"{carrier} {tracking_number} is another parcel",
        carrier=carrier,
        tracking_number=tracking_number,
    )
