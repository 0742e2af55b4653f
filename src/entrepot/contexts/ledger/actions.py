"""What can be done to the ledger: post."""

from collections.abc import Sequence

from entrepot.kernel.tx import Tx

from . import store
from .model import Entry, once_each
from .problems import PostedDifferently


def post(tx: Tx, entries: Sequence[Entry]) -> None:
    """Write entries, for flows: no permission is asked.

    One that is there already is left alone, if it says the same; `PostedDifferently` if not.
    """
    if not entries:
        return
    batch = once_each(entries)
    known = store.add(tx, batch)
    if not known:
        return
    # A second statement: only a new snapshot shows what made the first one skip them.
    stored = store.digests(tx, [entry.key for entry in known])
    for entry in known:
        if stored[entry.key] != entry.digest:
            raise PostedDifferently(entry.key)


def fold(tx: Tx) -> None:
    """Bring what was posted since the last time into the balances; changes no balance."""
    store.fold(tx)
