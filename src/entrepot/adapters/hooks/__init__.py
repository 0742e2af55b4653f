"""Posts to addresses that strangers gave us, and to nowhere that is ours."""

from .posting import Office
from .reaching import Reach, Unreachable

__all__ = ["Office", "Reach", "Unreachable"]
