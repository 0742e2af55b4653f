"""Ledger: everything that is owed or paid, as postings that sum to zero per currency.

An entry is one thing that happened. It is posted whole, once for its kind and reference, and
never changed: what was wrong is undone by another entry. A debit is positive, a credit negative,
so a liability (what is owed to a seller) has a negative balance. An account is a purpose within
an organisation, 0 being the platform itself; the chart of accounts lists the purposes.
"""

from .access import Permission
from .actions import fold, post
from .chart import CHART, PLATFORM, Purpose, fee_revenue
from .model import Account, Entry, EntryId, Key, Line, Posting, PostingRow, resolved, reversal
from .problems import PostedDifferently
from .queries import balances, entries_of, history, ids_of, trial_balance

__all__ = [
    "CHART",
    "PLATFORM",
    "Account",
    "Entry",
    "EntryId",
    "Key",
    "Line",
    "Permission",
    "PostedDifferently",
    "Posting",
    "PostingRow",
    "Purpose",
    "balances",
    "entries_of",
    "fee_revenue",
    "fold",
    "history",
    "ids_of",
    "post",
    "resolved",
    "reversal",
    "trial_balance",
]
