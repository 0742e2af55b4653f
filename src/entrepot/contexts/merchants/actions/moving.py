"""How a move of a shop or an application is decided, written down and told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from entrepot.contexts.merchants import store
from entrepot.contexts.merchants.events import ApplicationMoved, ShopMoved
from entrepot.contexts.merchants.lifecycle import (
    APPLICATION,
    SHOP,
    ApplicationVerb,
    ShopVerb,
)
from entrepot.contexts.merchants.model import Application, Move, Shop
from entrepot.kernel.events import emit
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx


def moved(shop: Shop | Problem, verb: ShopVerb) -> Shop | Problem:
    """The shop in the state that a verb leads to, or the refusal."""
    if isinstance(shop, Problem):
        return shop
    try:
        return replace(shop, state=SHOP.after(shop.state, verb))
    except IllegalMove as refusal:
        return refusal


def advanced(one: Application | Problem, verb: ApplicationVerb) -> Application | Problem:
    """The application in the state that a verb leads to, without a deadline, or the refusal."""
    if isinstance(one, Problem):
        return one
    try:
        return replace(one, state=APPLICATION.after(one.state, verb), due_at=None)
    except IllegalMove as refusal:
        return refusal


def save_shops(tx: Tx, moves: Sequence[tuple[Shop, Shop, str]]) -> None:
    """Write moves of shops with their reasons, their history, and tell."""
    changed = [(before, after) for before, after, _ in moves]
    store.move_shops(tx, changed)
    store.add_history(
        tx,
        [
            Move(
                noun="shop",
                subject=after.id,
                before=f"{before.state}/{before.stage}",
                after=f"{after.state}/{after.stage}",
                reason=reason,
                at=tx.now,
            )
            for before, after, reason in moves
        ],
    )
    facts = [
        ShopMoved(
            at=tx.now,
            shop_id=after.id,
            merchant_id=after.merchant_id,
            before=before.state,
            after=after.state,
            stage=after.stage,
            reason=reason,
        )
        for before, after, reason in moves
    ]
    emit(tx, facts)


def save_applications(
    tx: Tx,
    moves: Sequence[tuple[Application, Application, tuple[str, ...]]],
    times: Sequence[datetime] = (),
) -> None:
    """Write moves of applications with their reasons, their history, and tell."""
    whens = times or [tx.now for _ in moves]
    store.move_applications(tx, [(before, after) for before, after, _ in moves])
    store.add_history(
        tx,
        [
            Move(
                noun="application",
                subject=after.id,
                before=before.state,
                after=after.state,
                reason=", ".join(reasons),
                at=at,
            )
            for (before, after, reasons), at in zip(moves, whens, strict=True)
        ],
    )
    facts = [
        ApplicationMoved(
            at=at,
            application_id=after.id,
            merchant_id=after.merchant_id,
            state=after.state,
            reasons=reasons,
        )
        for (_, after, reasons), at in zip(moves, whens, strict=True)
    ]
    emit(tx, facts)
