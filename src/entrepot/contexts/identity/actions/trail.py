"""The audit trail."""

from collections.abc import Sequence

from sqlalchemy import Connection

from entrepot.contexts.identity import store
from entrepot.contexts.identity.model import Mark
from entrepot.kernel import clock
from entrepot.kernel.tx import Tx


def audit(tx: Tx, marks: Sequence[Mark]) -> None:
    """Write down what was done or refused. For flows: no permission is asked.

    A refusal rolls its unit of work back: what shall be known of it is written in another one.
    """
    store.add_audit(tx, marks)


def forget(sql: Connection) -> int:
    """Drop sign-in attempts and sessions that nobody asks for any more; returns how many."""
    return store.forget(sql, clock.real())
