"""What can be done to stock, by verb."""

from .adjust import adjust
from .count import count
from .leave import commit, commit_units, restock
from .locate import locate, set_addresses
from .receive import receipt_refusals, receive
from .release import expire, hold, hold_goods, release, release_units
from .reserve import keep, reserve, reserve_again
from .turn import tell_turns

__all__ = [
    "adjust",
    "commit",
    "commit_units",
    "count",
    "expire",
    "hold",
    "hold_goods",
    "keep",
    "locate",
    "receipt_refusals",
    "receive",
    "release",
    "release_units",
    "reserve",
    "reserve_again",
    "restock",
    "set_addresses",
    "tell_turns",
]
