"""Logistics: parcels of order lines, and what is told of them on their way.

A parcel carries units of one order's lines under a carrier's tracking number. What a carrier
tells is kept once and for good, in whatever order it comes; a parcel's state only goes forward.
What a delivery or a loss means for an order and its money is a flow's to say.
"""

from .access import Permission, visible_to
from .actions import deliver, hand_over, lose, send_back, take_in, track
from .events import ParcelMoved
from .lifecycle import PARCEL, Code, State, Verb
from .model import (
    CarrierEvent,
    NewParcel,
    Packed,
    Parcel,
    ParcelId,
    ParcelStep,
    Told,
    TrackingEvent,
)
from .problems import ParcelNotFound, TrackingNumberTaken
from .queries import by_ids, by_tracking, page, parcels, tracking

__all__ = [
    "PARCEL",
    "CarrierEvent",
    "Code",
    "NewParcel",
    "Packed",
    "Parcel",
    "ParcelId",
    "ParcelMoved",
    "ParcelNotFound",
    "ParcelStep",
    "Permission",
    "State",
    "Told",
    "TrackingEvent",
    "TrackingNumberTaken",
    "Verb",
    "by_ids",
    "by_tracking",
    "deliver",
    "hand_over",
    "lose",
    "page",
    "parcels",
    "send_back",
    "take_in",
    "track",
    "tracking",
    "visible_to",
]
