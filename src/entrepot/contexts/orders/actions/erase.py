"""Forgetting who received what."""

from collections.abc import Collection

from entrepot.contexts.orders import store
from entrepot.kernel.access import PersonId
from entrepot.kernel.tx import Tx


def erase_buyers(tx: Tx, people: Collection[PersonId]) -> int:
    """Erase recipients of what these people ordered, and notes; returns how many. For flows.

    Orders, amounts, country and region stay: they are the books.
    """
    return store.erase_recipients(tx, people)
