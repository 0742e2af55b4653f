"""The statements of logistics: parcels with their tracking, and what is kept with them."""

from .parcels import (
    Number,
    Telling,
    add,
    by_ids,
    by_numbers,
    claim,
    count,
    filtered,
    free_numbers,
    hold,
    known,
    of_orders,
    page,
    save,
    tell,
    tracking,
)

__all__ = [
    "Number",
    "Telling",
    "add",
    "by_ids",
    "by_numbers",
    "claim",
    "count",
    "filtered",
    "free_numbers",
    "hold",
    "known",
    "of_orders",
    "page",
    "save",
    "tell",
    "tracking",
]
