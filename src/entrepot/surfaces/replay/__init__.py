"""Replay: real history through the real flows, under a business clock that is held.

The history is cut at the midnights of its markets. In each window goods are sold, paid, sent and
given back as the data say; at each midnight everything that is due is settled and paid. Purchases
of one window are placed at the instant of the first of them, everything else happens at its own.
Each step is one unit of work that moves the clock, does its work and is written down: an
interrupted replay goes on where it was. What the data do not tell is staged, and documented there.
"""

from .driving import run
from .reporting import Report, as_json, report

__all__ = ["Report", "as_json", "report", "run"]
