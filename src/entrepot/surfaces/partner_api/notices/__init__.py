"""Notices: what apps hear of by webhook, told from the facts of the log.

Each area tells its kinds of webhooks from the facts of one domain; `telling` is the subscriber that
addresses them. What is told here is never decided here.
"""

from .kinds import Kind
from .telling import KINDS, SUBSCRIBER, TELLERS

__all__ = ["KINDS", "SUBSCRIBER", "TELLERS", "Kind"]
