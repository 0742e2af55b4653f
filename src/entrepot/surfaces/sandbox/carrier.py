"""The carrier: it fetches labelled parcels, and tells of them until they have arrived."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from entrepot.contexts import logistics
from entrepot.contexts.logistics import CarrierEvent, Code, Parcel, State
from entrepot.flows import tracking
from entrepot.kernel.tx import Tx
from entrepot.surfaces.parts import Parts

AT_MOST = 100
PLACES = {Code.PICKED_UP: "Sorting centre", Code.DELIVERED: "At the door"}
# What is told of a parcel next.
NEXT = {
    State.LABELLED: Code.PICKED_UP,
    State.HANDED_OVER: Code.IN_TRANSIT,
    State.IN_TRANSIT: Code.DELIVERED,
}


@dataclass(frozen=True, slots=True)
class Carrier:
    """Every parcel takes one step each time; all of them have a tracking number."""

    parts: Parts

    def step(self, after: timedelta = timedelta(0)) -> int:
        """Move each parcel that has not moved for so long; how many moved."""
        who = self.parts.platform("sandbox.carrier")
        return self.parts.work.run(who, "sandbox.carrier", lambda tx: _step(tx, after))

    def bring(self, ids: Sequence[logistics.ParcelId]) -> None:
        """Move some parcels until they have arrived."""
        who = self.parts.platform("sandbox.carrier")
        for _ in NEXT:
            self.parts.work.run(who, "sandbox.carrier", lambda tx: _tell(tx, _of(tx, ids)))


def _step(tx: Tx, after: timedelta) -> int:
    wanted = logistics.Filter(
        states=tuple(NEXT), updated=(None, tx.now - after), by="updated_at", falls=False
    )
    return _tell(tx, logistics.page(tx, wanted, limit=AT_MOST))


def _of(tx: Tx, ids: Sequence[logistics.ParcelId]) -> list[Parcel]:
    return [parcel for parcel in logistics.by_ids(tx, ids) if isinstance(parcel, Parcel)]


def _tell(tx: Tx, parcels: Sequence[Parcel]) -> int:
    events = [event for parcel in parcels for event in _events(tx, parcel)]
    tracking.hear(tx, events)
    return len(events)


def _events(tx: Tx, parcel: Parcel) -> Iterator[CarrierEvent]:
    """What is told of a parcel next; of one without a number nobody tells anything."""
    code = NEXT.get(parcel.state)
    if code is None or parcel.carrier is None or parcel.tracking_number is None:
        return
    yield CarrierEvent(
        carrier=parcel.carrier,
        event_id=f"{parcel.tracking_number}-{code}",
        tracking_number=parcel.tracking_number,
        code=code,
        at=tx.now,
        place=PLACES.get(code, "On the road"),
    )
