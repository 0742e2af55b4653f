"""Parcels as values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id

from .lifecycle import CLOSED, PARCEL, Code, State, Verb


class ParcelId(Id):
    __slots__ = ()


class Packed(NamedTuple):
    """Units of one order line in a parcel."""

    pos: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One parcel of one order, and how far it has come."""

    id: ParcelId
    order_id: OrderId
    merchant_id: OrganisationId
    market: str
    carrier: str
    tracking_number: str
    state: State
    lines: tuple[Packed, ...]
    created_at: datetime
    handed_over_at: datetime | None
    delivered_at: datetime | None
    closed_at: datetime | None
    changed_at: datetime

    def moved(self, verb: Verb, at: datetime) -> "Parcel":
        """This parcel one step further; `IllegalMove` if its lifecycle has no such step.

        What is dated before the step that it follows happens at that step's instant.
        """
        state, at = PARCEL.after(self.state, verb), max(at, self.changed_at)
        return replace(
            self,
            state=state,
            changed_at=at,
            delivered_at=at if state is State.DELIVERED else self.delivered_at,
            closed_at=at if state in CLOSED else self.closed_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewParcel:
    """A wish to hand a parcel over to a carrier; order and merchant are those of its order."""

    order_id: OrderId
    merchant_id: OrganisationId
    market: str
    carrier: str
    tracking_number: str
    lines: Sequence[tuple[int, int]]  # Position and units.
    at: datetime | None = None  # When it happened; else it is now.
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelStep:
    """A wish to move one parcel; `code` says more of why than the step itself, if given."""

    parcel_id: ParcelId
    at: datetime | None = None  # When it happened; else it is now.
    code: Code | None = None
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierEvent:
    """What a carrier tells of one of its tracking numbers, under an id of its own."""

    carrier: str
    event_id: str
    tracking_number: str
    code: Code
    at: datetime
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What has become of a carrier's event."""

    parcel: Parcel  # As it stands after the event.
    verb: Verb | None  # The step that the event moved it by, if it did.
    fresh: bool  # Not known before.


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingEvent:
    """One thing that was told of a parcel."""

    parcel_id: ParcelId
    event_id: str | None
    code: Code
    place: str
    at: datetime
    moved_to: State | None
