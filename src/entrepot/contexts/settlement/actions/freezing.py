"""Holding an order's claims by hand: risk, enforcement, doubt. Cases hold by themselves."""

from collections.abc import Sequence

from entrepot.contexts.settlement import store
from entrepot.contexts.settlement.access import Permission
from entrepot.contexts.settlement.model import ByHand, HoldId, NewFreeze, Thaw
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, Problem
from entrepot.kernel.tx import Tx


def freeze(tx: Tx, wishes: Sequence[NewFreeze]) -> list[ByHand | Problem]:
    """Keep the claims of orders off statements until somebody lets them go.

    The caller has seen that the orders are there. What is on a statement already stays there.
    """
    ids = new_ids(tx.sql, HoldId, len(wishes))
    refused = [_refusal(tx, wish.note) for wish in wishes]
    going = [(id, wish) for id, wish, no in zip(ids, wishes, refused, strict=True) if no is None]
    store.holds.freeze(tx, going)
    made = store.holds.by_ids(tx, [id for id, _ in going])
    return [no or made[id] for id, no in zip(ids, refused, strict=True)]


def thaw(tx: Tx, wishes: Sequence[Thaw]) -> list[ByHand | Problem]:
    """Let claims go that were held by hand; they go on the next statement. Twice is once."""
    found = store.holds.by_ids(tx, [wish.id for wish in wishes])
    refused = [
        _refusal(tx, wish.note) or (None if wish.id in found else NotFound("hold", wish.id))
        for wish in wishes
    ]
    going = [wish for wish, no in zip(wishes, refused, strict=True) if no is None]
    store.holds.thaw(tx, going)
    after = store.holds.by_ids(tx, [wish.id for wish in going])
    return [no or after[wish.id] for wish, no in zip(wishes, refused, strict=True)]


def _refusal(tx: Tx, note: str) -> Problem | None:
    if not tx.actor.may(Permission.HOLD):
        return Forbidden(f"{Permission.HOLD} is not granted to you", permission=Permission.HOLD)
    return None if note.strip() else BadInput("reason", "say why")
