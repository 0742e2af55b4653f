"""Parcels as values."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import GroupId, OrderId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id

from .lifecycle import CLOSED, NOT_HELD, PARCEL, Code, State, Verb


class ParcelId(Id):
    __slots__ = ()


class Unit(NamedTuple):
    """One unit of an order's line; they count from 0."""

    order_id: OrderId
    pos: int
    n: int


class Packed(NamedTuple):
    """Units of one order line in a parcel, rising."""

    order_id: OrderId
    pos: int
    units: tuple[int, ...]

    @property
    def quantity(self) -> int:
        return len(self.units)


class Shipper(StrEnum):
    """Who chooses the carrier and makes the label."""

    MERCHANT = "merchant"
    PLATFORM = "platform"


class Origin(StrEnum):
    """Whether people divided or joined what is in a parcel."""

    WHOLE = "whole"
    SPLIT = "split"
    COMBINED = "combined"


class Method(StrEnum):
    """How a carrier gets a parcel."""

    PICKUP = "pickup"
    DROP_OFF = "drop_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """How and, where it is picked up at an agreed time, when a carrier gets a parcel."""

    method: Method
    pickup: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What a parcel weighs and measures, as far as it is known."""

    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Units of one or more orders that travel together, and how far they have come."""

    id: ParcelId
    order_id: OrderId  # The first of its orders.
    group_id: GroupId  # Whose recipient gets it.
    merchant_id: OrganisationId
    shop_id: ShopId
    market: str
    shipper: Shipper
    origin: Origin
    carrier: str | None  # None before it is labelled.
    tracking_number: str | None
    service: str | None
    handover: Handover | None
    size: Size
    note: str
    dispatch: Mapping[str, Any] | None  # What the warehouse told when it sent the parcel.
    state: State
    lines: tuple[Packed, ...]
    created_at: datetime
    labelled_at: datetime | None
    handed_over_at: datetime | None
    delivered_at: datetime | None
    closed_at: datetime | None
    invalid_at: datetime | None  # When its number was found to be no real one.
    changed_at: datetime  # When it came to its state.
    updated_at: datetime  # When anything of it changed.

    @property
    def order_ids(self) -> list[OrderId]:
        """The orders whose units it holds, rising."""
        return sorted({line.order_id for line in self.lines})

    @property
    def units(self) -> set[Unit]:
        """What is in it, one by one."""
        return {Unit(line.order_id, line.pos, n) for line in self.lines for n in line.units}

    @property
    def holds(self) -> bool:
        """Whether its units are in no other parcel."""
        return self.state not in NOT_HELD

    @property
    def planned(self) -> bool:
        """Whether it can still be packed in another way."""
        return self.state is State.CREATED

    def moved(self, verb: Verb, at: datetime) -> "Parcel":
        """This parcel one step further; `IllegalMove` if its lifecycle has no such step.

        What is dated before the step that it follows happens at that step's instant.
        """
        state, at = PARCEL.after(self.state, verb), max(at, self.changed_at)
        return replace(
            self,
            state=state,
            changed_at=at,
            updated_at=max(at, self.updated_at),
            labelled_at=at if state is State.LABELLED else self.labelled_at,
            handed_over_at=at if state is State.HANDED_OVER else self.handed_over_at,
            delivered_at=at if state is State.DELIVERED else self.delivered_at,
            closed_at=at if state in CLOSED else self.closed_at,
        )

    def holding(self, units: Collection[Unit], at: datetime) -> "Parcel":
        """This parcel with other units in it; there is at least one."""
        lines = packed(units)
        return replace(
            self, lines=lines, order_id=lines[0].order_id, updated_at=max(at, self.updated_at)
        )


def packed(units: Iterable[Unit]) -> tuple[Packed, ...]:
    """Units by order and line."""
    by_line: dict[tuple[OrderId, int], list[int]] = {}
    for unit in sorted(units):
        by_line.setdefault((unit.order_id, unit.pos), []).append(unit.n)
    return tuple(Packed(*line, tuple(ns)) for line, ns in by_line.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class NewParcel:
    """A wish for a parcel; order, merchant and shop are those of its first order."""

    group_id: GroupId
    merchant_id: OrganisationId
    shop_id: ShopId
    market: str
    shipper: Shipper
    units: Collection[Unit]
    origin: Origin = Origin.WHOLE
    service: str | None = None
    size: Size = field(default_factory=Size)
    at: datetime | None = None  # When it was planned; else it is now.
    id: ParcelId | None = None  # Where it was needed before, for its number.


def again(parcel: Parcel, units: Collection[Unit], at: datetime) -> NewParcel:
    """A wish for a parcel like this one, with what is left of it."""
    return NewParcel(
        group_id=parcel.group_id,
        merchant_id=parcel.merchant_id,
        shop_id=parcel.shop_id,
        market=parcel.market,
        shipper=parcel.shipper,
        units=units,
        origin=parcel.origin,
        service=parcel.service,
        at=at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelling:
    """A wish to label a parcel: which carrier brings it, under which number."""

    parcel_id: ParcelId
    carrier: str
    tracking_number: str
    service: str | None = None
    handover: Handover | None = None
    note: str = ""
    dispatch: Mapping[str, Any] | None = None
    shipper: Shipper | None = None  # None: as it was planned.
    size: Size | None = None  # None: as it was planned.
    at: datetime | None = None
    sent_at: datetime | None = None  # When the carrier got it, if it has it already.
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repacking:
    """A wish that a planned parcel holds other units; none: that it is given up."""

    parcel_id: ParcelId
    units: Collection[Unit]
    origin: Origin | None = None  # None: as before.


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
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What has become of a carrier's event."""

    parcel: Parcel  # As it stands after the event.
    before: State
    verb: Verb | None  # The step that the event moved it by, if it did.
    fresh: bool  # Not known before.


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingEvent:
    """One thing that was told of a parcel."""

    parcel_id: ParcelId
    event_id: str | None
    code: Code
    place: str
    text: str
    at: datetime
    moved_to: State | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which parcels a list shows; what is not set does not restrict."""

    shop_id: ShopId | None = None
    states: Sequence[State] = ()
    created: tuple[datetime | None, datetime | None] = (None, None)  # From, before.
    updated: tuple[datetime | None, datetime | None] = (None, None)
    by: Literal["created_at", "updated_at"] = "created_at"
    falls: bool = True
