"""What is agreed with one merchant goes before what the rules say."""

from collections.abc import Sequence

from entrepot.contexts.merchants import access, store
from entrepot.contexts.merchants.access import Permission
from entrepot.contexts.merchants.model import Agreement, NewAgreement
from entrepot.contexts.merchants.problems import AgreementExists
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import ALL

TOPICS = {row.topic for row in ALL}


def agree(tx: Tx, wishes: Sequence[NewAgreement]) -> list[Agreement | Problem]:
    """Write down agreements. One that has been used is not edited: a later day replaces it."""
    held = access.shops_to_change(tx, {wish.shop_id for wish in wishes}, Permission.SHOP_GOVERN)
    refusals = [_refusal(held[wish.shop_id], wish) for wish in wishes]
    accepted = [wish for wish, refusal in zip(wishes, refusals, strict=True) if refusal is None]
    added = iter(store.add_agreements(tx, accepted))
    return [
        refusal or next(added) or AgreementExists(wish)
        for wish, refusal in zip(wishes, refusals, strict=True)
    ]


def _refusal(shop: object, wish: NewAgreement) -> Problem | None:
    if isinstance(shop, Problem):
        return shop
    if wish.topic not in TOPICS:
        return BadInput("topic", f"one of {', '.join(sorted(TOPICS))}")
    if not wish.content:
        return BadInput("content", "say what was agreed")
    if not wish.reference.strip():
        return BadInput("reference", "name the document in which it stands")
    return None
