"""Shops are let into categories that are not open to everyone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from entrepot.contexts.merchants import access, store
from entrepot.contexts.merchants.access import Permission
from entrepot.contexts.merchants.events import QualificationMoved
from entrepot.contexts.merchants.lifecycle import (
    QUALIFICATION,
    QualificationState,
    QualificationVerb,
)
from entrepot.contexts.merchants.model import Move, Qualification, Shop, ShopId
from entrepot.contexts.merchants.problems import QualificationNotFound
from entrepot.kernel.events import emit
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryWish:
    """A shop, a category, and the proofs for it or the reason against it."""

    shop_id: ShopId
    category: str
    proofs: tuple[str, ...] = ()
    reason: str | None = None


def apply_for_categories(tx: Tx, wishes: Sequence[CategoryWish]) -> list[Qualification | Problem]:
    """Ask to be let into categories, once for each; after a refusal, again with other proofs."""
    return _decided(tx, wishes, QualificationVerb.APPLY, Permission.SHOP_EDIT)


def grant_categories(tx: Tx, wishes: Sequence[CategoryWish]) -> list[Qualification | Problem]:
    """Let shops into categories that they asked for."""
    return _decided(tx, wishes, QualificationVerb.GRANT, Permission.SHOP_GOVERN)


def reject_categories(tx: Tx, wishes: Sequence[CategoryWish]) -> list[Qualification | Problem]:
    """Refuse categories that shops asked for."""
    return _decided(tx, wishes, QualificationVerb.REJECT, Permission.SHOP_GOVERN)


def revoke_categories(tx: Tx, wishes: Sequence[CategoryWish]) -> list[Qualification | Problem]:
    """Take categories away from shops."""
    return _decided(tx, wishes, QualificationVerb.REVOKE, Permission.SHOP_GOVERN)


def _decided(
    tx: Tx, wishes: Sequence[CategoryWish], verb: QualificationVerb, permission: Permission
) -> list[Qualification | Problem]:
    held = access.shops_to_change(tx, {wish.shop_id for wish in wishes}, permission)
    known = store.qualifications_of(tx, [*held])
    moves: list[tuple[QualificationState | None, Qualification]] = []
    outcomes: list[Qualification | Problem] = []
    for wish in wishes:
        before = known.get((wish.shop_id, wish.category))
        outcome = _moved(held[wish.shop_id], before, wish, verb)
        outcomes.append(outcome)
        if isinstance(outcome, Qualification):
            known[wish.shop_id, wish.category] = outcome
            moves.append((None if before is None else before.state, outcome))
    _save(tx, moves)
    return outcomes


def _moved(
    shop: Shop | Problem,
    before: Qualification | None,
    wish: CategoryWish,
    verb: QualificationVerb,
) -> Qualification | Problem:
    if isinstance(shop, Problem):
        return shop
    if before is None and verb is not QualificationVerb.APPLY:
        return QualificationNotFound(wish.category)
    fresh = Qualification(
        shop_id=wish.shop_id,
        category=wish.category,
        state=QUALIFICATION.initial,
        proofs=wish.proofs,
        reason=wish.reason,
    )
    if before is None:
        return fresh
    try:
        state = QUALIFICATION.after(before.state, verb)
    except IllegalMove as refusal:
        return refusal
    return replace(fresh, state=state, proofs=wish.proofs or before.proofs)


def _save(tx: Tx, moves: Sequence[tuple[QualificationState | None, Qualification]]) -> None:
    store.save_qualifications(
        tx, [*{(one.shop_id, one.category): one for _, one in moves}.values()]
    )
    rows = [
        Move(
            noun="qualification",
            subject=after.shop_id,
            before=before,
            after=after.state,
            reason=f"{after.category} {after.reason or ''}".strip(),
            at=tx.now,
        )
        for before, after in moves
    ]
    store.add_history(tx, rows)
    facts = [
        QualificationMoved(at=tx.now, shop_id=one.shop_id, category=one.category, state=one.state)
        for _, one in moves
    ]
    emit(tx, facts)
