"""Parcels of one unit of work: what they were, what they are, and what is told of them."""

from collections.abc import Iterable
from datetime import datetime

from entrepot.contexts.logistics import store
from entrepot.contexts.logistics.events import ParcelMoved
from entrepot.contexts.logistics.lifecycle import MOVES, PARCEL, Code, Verb
from entrepot.contexts.logistics.model import CarrierEvent, Parcel, ParcelId, ParcelStep, Told
from entrepot.contexts.logistics.store import Telling
from entrepot.kernel.events import Event, emit
from entrepot.kernel.tx import Tx


class Desk:
    """Takes steps in memory, and writes them in one statement of each kind."""

    def __init__(self, parcels: Iterable[Parcel]) -> None:
        self.parcels = {parcel.id: parcel for parcel in parcels}
        self._before = dict(self.parcels)
        self._told: list[Telling] = []
        self._facts: list[Event] = []

    def put(self, parcel: Parcel) -> Parcel:
        """A parcel as it stands now."""
        self.parcels[parcel.id] = parcel
        return parcel

    def note(self, fact: Event) -> None:
        """A fact that is told with the change."""
        self._facts.append(fact)

    def step(self, id: ParcelId, verb: Verb, at: datetime) -> Parcel:
        """Move a parcel by something that no carrier tells."""
        before = self.parcels[id]
        after = self.put(before.moved(verb, at))
        self._facts.append(ParcelMoved.of(after, verb, before.state))
        return after

    def move(self, verb: Verb, step: ParcelStep, code: Code, at: datetime) -> Parcel:
        """Take a parcel one step further on its way; a second wish for it meets it there."""
        after = self.step(step.parcel_id, verb, at)
        self._told.append(Telling(parcel=after, code=code, place=step.place, at=at, moved=True))
        return after

    def hear(self, id: ParcelId, event: CarrierEvent) -> Told:
        """Keep a carrier's event, and move the parcel if it can be moved by it."""
        before, verb = self.parcels[id], MOVES.get(event.code)
        moves = verb in PARCEL.moves[before.state]
        after = self.step(id, verb, event.at) if verb and moves else before
        self._told.append(
            Telling(
                parcel=after,
                code=event.code,
                place=event.place,
                text=event.text,
                at=event.at,
                moved=moves,
                event_id=event.event_id,
            )
        )
        return Told(parcel=after, before=before.state, verb=verb if moves else None, fresh=True)

    def save(self, tx: Tx) -> None:
        """One statement for all parcels, however many steps each took."""
        changes = [(before, self.parcels[id]) for id, before in self._before.items()]
        store.save(tx, [(before, after) for before, after in changes if before != after])
        store.tell(tx, self._told)
        emit(tx, self._facts)
