"""Cases after a sale: who may open one, what follows when it is decided, and its clocks.

A case holds its order's claims while it is open. Granted, it refunds its lines through everybody's
shares or sends other goods; closed, it leaves everything as it was.
"""

from .carrying import give_labels, on_refunded, run_timers, step
from .eligibility import Eligible, Why, eligible
from .evidence import add_evidence, hand_in
from .opening import OpenCase, open_cases

__all__ = [
    "Eligible",
    "OpenCase",
    "Why",
    "add_evidence",
    "eligible",
    "give_labels",
    "hand_in",
    "on_refunded",
    "open_cases",
    "run_timers",
    "step",
]
