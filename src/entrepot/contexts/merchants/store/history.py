"""The history of all that moves."""

from collections.abc import Sequence

from sqlalchemy import insert

from entrepot.contexts.merchants.model import HistoryId, Move
from entrepot.contexts.merchants.tables import history
from entrepot.kernel.ids import new_ids
from entrepot.kernel.tx import Tx


def add_history(tx: Tx, moves: Sequence[Move]) -> None:
    """Write down who moved what from where to where."""
    rows = [
        {
            "id": id,
            "noun": move.noun,
            "subject": int(move.subject),
            "before": move.before,
            "after": move.after,
            "reason": move.reason,
            "actor": tx.actor.name,
            "at": move.at,
        }
        for id, move in zip(new_ids(tx.sql, HistoryId, len(moves)), moves, strict=True)
    ]
    if rows:
        tx.sql.execute(insert(history), rows)
