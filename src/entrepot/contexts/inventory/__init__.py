"""Inventory: what lies where, whose it is, and for whom it is set aside.

A position is a SKU in a location that belongs to an owner; owner 0 is the platform, which has
bought it out and keeps it in layers by cost, the oldest used first. A position is the sum of its
movements, which are never changed. Goods are set aside by reservations, which end by themselves
until they are paid; on hand is never less than reserved, and reserved never less than nothing. Sold
out is an outcome. Of several positions that could serve a line, the lowest id goes first.
"""

from .access import Permission, set_aside_at, visible_to
from .actions import (
    adjust,
    commit,
    commit_units,
    expire,
    hold,
    keep,
    locate,
    receive,
    release,
    release_units,
    reserve,
    reserve_again,
    restock,
)
from .events import ReservationExpired, StockAdjusted, StockReceived
from .model import (
    PLATFORM,
    Adjusted,
    Adjustment,
    Cost,
    LineKey,
    Location,
    LocationId,
    NewLocation,
    NewReceipt,
    Position,
    PositionId,
    Reason,
    Receipt,
    ReceiptId,
    Reservation,
    Units,
    Want,
)
from .problems import NothingHeld, NothingToReturn, SoldOut, StockHeld
from .queries import (
    available,
    disagreements,
    next_expiry_at,
    page,
    places,
    positions_of,
    reservations,
    used_by,
)

__all__ = [
    "PLATFORM",
    "Adjusted",
    "Adjustment",
    "Cost",
    "LineKey",
    "Location",
    "LocationId",
    "NewLocation",
    "NewReceipt",
    "NothingHeld",
    "NothingToReturn",
    "Permission",
    "Position",
    "PositionId",
    "Reason",
    "Receipt",
    "ReceiptId",
    "Reservation",
    "ReservationExpired",
    "SoldOut",
    "StockAdjusted",
    "StockHeld",
    "StockReceived",
    "Units",
    "Want",
    "adjust",
    "available",
    "commit",
    "commit_units",
    "disagreements",
    "expire",
    "hold",
    "keep",
    "locate",
    "next_expiry_at",
    "page",
    "places",
    "positions_of",
    "receive",
    "release",
    "release_units",
    "reservations",
    "reserve",
    "reserve_again",
    "restock",
    "set_aside_at",
    "used_by",
    "visible_to",
]
