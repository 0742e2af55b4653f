"""Aftersales: what goes back to buyers after hand-over, and why.

A refund is recorded once and never edited. Each of its lines keeps the running total of the order
line before and after it, so that whatever is reversed in steps is reversed to the unit. The money
itself is moved by `payments`, and what is owed stands in the ledger.
"""

from .access import Permission, visible_to
from .actions import record
from .events import RefundRecorded
from .model import NewRefund, Reason, Refund, RefundId, RefundLine
from .queries import by_ids, of_orders, page

__all__ = [
    "NewRefund",
    "Permission",
    "Reason",
    "Refund",
    "RefundId",
    "RefundLine",
    "RefundRecorded",
    "by_ids",
    "of_orders",
    "page",
    "record",
    "visible_to",
]
