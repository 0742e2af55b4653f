"""Cases after a sale: who may open one, what follows when it is decided, and its clocks.

A case holds its order's claims while it is open. Granted, it refunds its lines through everybody's
shares or sends other goods; closed, it leaves everything as it was.
"""

from .carrying import add_evidence, give_labels, on_refunded, run_timers, step
from .eligibility import Eligible, Why, eligible
from .opening import OpenCase, open_cases

__all__ = [
    "Eligible",
    "OpenCase",
    "Why",
    "add_evidence",
    "eligible",
    "give_labels",
    "on_refunded",
    "open_cases",
    "run_timers",
    "step",
]
