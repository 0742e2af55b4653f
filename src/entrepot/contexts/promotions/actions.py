"""What people do with promotions."""

from collections.abc import Sequence
from dataclasses import replace

from entrepot import rulebook
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import Forbidden, Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .access import Permission
from .checks import fault
from .events import PromotionCreated, PromotionMoved
from .lifecycle import PROMOTION, Verb
from .model import PLATFORM, NewPromotion, Promotion, PromotionId, in_capitals
from .problems import CodeTaken


def create(tx: Tx, wishes: Sequence[NewPromotion]) -> list[Promotion | Problem]:
    """Offer promotions. That the shop and the product are the owner's, the caller has seen.

    What the platform pays a share of, the platform has to create.
    """
    ids = new_ids(tx.sql, PromotionId, len(wishes))
    made = [_made(tx, wish, id) for wish, id in zip(wishes, ids, strict=True)]
    added = store.add(tx, [one for one in made if isinstance(one, Promotion)])
    outcomes = [
        CodeTaken(one.offer.code or "")
        if isinstance(one, Promotion) and one.id not in added
        else one
        for one in made
    ]
    emit(
        tx,
        [
            PromotionCreated(at=tx.now, promotion_id=one.id, owner_id=one.offer.owner_id)
            for one in outcomes
            if isinstance(one, Promotion)
        ],
    )
    return outcomes


def pause(tx: Tx, ids: Sequence[PromotionId]) -> list[Promotion | Problem]:
    """Offer them no more for a while; what is quoted already is honoured."""
    return _move(tx, ids, Verb.PAUSE)


def resume(tx: Tx, ids: Sequence[PromotionId]) -> list[Promotion | Problem]:
    """Offer them again."""
    return _move(tx, ids, Verb.RESUME)


def end(tx: Tx, ids: Sequence[PromotionId]) -> list[Promotion | Problem]:
    """Offer them never again; their codes are free."""
    return _move(tx, ids, Verb.END)


def _made(tx: Tx, wish: NewPromotion, id: PromotionId) -> Promotion | Problem:
    owner = None if wish.owner_id == PLATFORM else wish.owner_id
    if not tx.actor.may(Permission.EDIT, owner):
        return Forbidden(f"{Permission.EDIT} is not granted to you", permission=Permission.EDIT)
    platform_pays = wish.seller_share_bp < 10_000
    if platform_pays and not tx.actor.may(Permission.EDIT):
        return Forbidden("the platform's share is the platform's to give")
    try:
        market, rule = _rules(tx, wish)
    except rulebook.MarketNotOpen as refusal:
        return refusal
    codes = in_capitals([wish.code or ""])
    offer = replace(wish, code=codes[0] if codes else None)
    return fault(offer, market, rule) or Promotion(id=id, offer=offer, state=PROMOTION.initial)


def _rules(tx: Tx, wish: NewPromotion) -> tuple[rulebook.Market, rulebook.Promotions]:
    """The rules of the day on which the offer starts, by the market's calendar."""
    book = rulebook.of(tx)
    at = max(wish.starts_at, tx.now)
    market = book.on(rulebook.Market, wish.market, at.date()).row({})
    return market, book.on(rulebook.Promotions, wish.market, market.day_of(at)).row({})


def _move(tx: Tx, ids: Sequence[PromotionId], verb: Verb) -> list[Promotion | Problem]:
    held = access.to_change(tx, ids)
    moves: list[tuple[Promotion, Promotion]] = []
    outcomes: list[Promotion | Problem] = []
    for id in ids:
        before = held[id]
        outcome = _moved(before, verb)
        outcomes.append(outcome)
        if isinstance(before, Promotion) and isinstance(outcome, Promotion):
            held[id] = outcome  # A second wish meets it moved.
            moves.append((before, outcome))
    store.save_states(tx, moves)
    emit(
        tx,
        [
            PromotionMoved(
                at=tx.now,
                promotion_id=after.id,
                owner_id=after.offer.owner_id,
                state=after.state,
            )
            for _, after in moves
        ],
    )
    return outcomes


def _moved(before: Promotion | Problem, verb: Verb) -> Promotion | Problem:
    if isinstance(before, Problem):
        return before
    try:
        return replace(before, state=PROMOTION.after(before.state, verb))
    except IllegalMove as refusal:
        return refusal
