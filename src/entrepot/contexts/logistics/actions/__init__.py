"""What can be done with parcels, and what is told of them."""

from .enclosing import bundle, declare, erase_proofs, hand_in, prove
from .packing import (
    claim,
    correct,
    fresh_ids,
    give_up,
    label,
    mark_invalid,
    plan,
    repack,
    taken,
    tell_change,
)
from .tracking import deliver, hand_over, lose, send_back, take_in, track

__all__ = [
    "bundle",
    "claim",
    "correct",
    "declare",
    "deliver",
    "erase_proofs",
    "fresh_ids",
    "give_up",
    "hand_in",
    "hand_over",
    "label",
    "lose",
    "mark_invalid",
    "plan",
    "prove",
    "repack",
    "send_back",
    "take_in",
    "taken",
    "tell_change",
    "track",
]
