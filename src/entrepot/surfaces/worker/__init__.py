"""The worker: facts to their subscribers, what falls due, calls to providers, jobs."""

from .advancing import advance
from .cashier import Cashier
from .courier import Courier, Mischief
from .running import Worker
from .subscribers import drain, turn
from .sweeps import sweep, sweep_all, walk

__all__ = [
    "Cashier",
    "Courier",
    "Mischief",
    "Worker",
    "advance",
    "drain",
    "sweep",
    "sweep_all",
    "turn",
    "walk",
]
