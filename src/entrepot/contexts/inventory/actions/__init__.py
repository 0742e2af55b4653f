"""What can be done to stock, by verb."""

from .adjust import adjust
from .count import count
from .leave import commit, commit_units, restock
from .receive import locate, receive
from .release import expire, hold, hold_goods, release, release_units
from .reserve import keep, reserve, reserve_again

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
    "receive",
    "release",
    "release_units",
    "reserve",
    "reserve_again",
    "restock",
]
