"""The worker: facts to their subscribers, what falls due, calls to providers, jobs."""

from .advancing import advance
from .cashier import Cashier
from .running import Worker
from .subscribers import drain, turn
from .sweeps import sweep, sweep_all, walk

__all__ = ["Cashier", "Worker", "advance", "drain", "sweep", "sweep_all", "turn", "walk"]
