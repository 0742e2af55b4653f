"""The statements of inventory."""

from .books import draws_of, layers_of, write
from .positions import (
    add_locations,
    add_receipts,
    all_locations,
    disagreements,
    free_by_sku,
    locations_by,
    locations_used_by,
    open_positions,
    positions_after,
    positions_by,
    positions_of,
)
from .reservations import (
    due,
    held_of,
    hold,
    hold_positions,
    hold_shelves,
    keep,
    next_expiry_at,
    reservations_of,
    rounds_after,
)

__all__ = [
    "add_locations",
    "add_receipts",
    "all_locations",
    "disagreements",
    "draws_of",
    "due",
    "free_by_sku",
    "held_of",
    "hold",
    "hold_positions",
    "hold_shelves",
    "keep",
    "layers_of",
    "locations_by",
    "locations_used_by",
    "next_expiry_at",
    "open_positions",
    "positions_after",
    "positions_by",
    "positions_of",
    "reservations_of",
    "rounds_after",
    "write",
]
