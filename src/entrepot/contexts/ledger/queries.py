"""Public reads of the ledger."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.tx import Tx

from . import store
from .model import Account, EntryId, Key, Line, PostingRow


def balances(
    tx: Tx, accounts: Collection[Account], *, pending: bool = False
) -> Mapping[tuple[Account, Currency], Money]:
    """What stands on accounts now, exact in this snapshot; absent where nothing was posted."""
    return store.balances(tx, accounts, pending=pending)


def trial_balance(
    tx: Tx, *, at: datetime | None = None, owner: OrganisationId | None = None
) -> list[Line]:
    """Debits and credits by purpose and currency, of all time or up to an instant (inclusive).

    Pending entries are left out. Debits equal credits for each currency unless one owner's
    accounts are asked for.
    """
    return store.trial_balance(tx, at, owner)


def entries_of(tx: Tx, keys: Sequence[Key]) -> list[PostingRow]:
    """The postings of some entries, in the order of the entries' keys and lines."""
    return store.postings_of(tx, keys)


def ids_of(tx: Tx, keys: Sequence[Key]) -> dict[Key, EntryId]:
    """The ids of those entries that exist."""
    return store.ids_of(tx, keys)


def history(
    tx: Tx, account: Account, *, after: EntryId | None = None, limit: int = 50
) -> list[PostingRow]:
    """One page of an account's postings, newest first; `after` is the last entry of the page."""
    return store.history(tx, account, after, limit)
