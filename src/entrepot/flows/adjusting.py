"""Corrections of what is on hand: what the platform had bought out moves its books as well."""

from collections.abc import Sequence

from entrepot.contexts import inventory, ledger
from entrepot.contexts.inventory import Adjusted, Adjustment
from entrepot.kernel.ids import Id, new_ids
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import money


def adjust(tx: Tx, wishes: Sequence[Adjustment]) -> list[Adjusted | Problem]:
    """Correct counts, for a reason; bought-out goods go at the cost of the oldest of them.

    What the owner of other goods lost is its own: no account of ours moves.
    """
    outcomes = inventory.adjust(tx, wishes)
    ids = new_ids(tx.sql, Id, len(outcomes))
    ledger.post(
        tx,
        [
            made
            for id, wish, outcome in zip(ids, wishes, outcomes, strict=True)
            if isinstance(outcome, Adjusted) and outcome.cost is not None
            for made in money.adjusted(
                f"{wish.position_id}:{wish.reason}:{id}", outcome.cost, tx.now
            )
        ],
    )
    return outcomes
