"""What people do with promotions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from entrepot import rulebook
from entrepot.contexts import merchants
from entrepot.contexts.merchants import NotYourDecision, Shop, ShopId, ShopNotFound, not_theirs
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
from .model import BY_SELLER, PLATFORM, NewPromotion, Promotion, PromotionId, in_capitals
from .problems import CodeTaken


def create(tx: Tx, wishes: Sequence[NewPromotion]) -> list[Promotion | Problem]:
    """Offer promotions. That the product is the shop's, the caller has seen.

    What the platform pays a share of, the platform has to create. Who sets a shop's prices decides
    what its promotions take off them; what the platform shares the cost of, it may propose.
    """
    ids = new_ids(tx.sql, PromotionId, len(wishes))
    shops = _shops(tx, wishes)
    made = [_made(tx, wish, id, shops) for wish, id in zip(wishes, ids, strict=True)]
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


def accept(tx: Tx, ids: Sequence[PromotionId]) -> list[Promotion | Problem]:
    """Agree to what the platform proposed: from now on it is offered."""
    return _move(tx, ids, Verb.ACCEPT)


def pause(tx: Tx, ids: Sequence[PromotionId]) -> list[Promotion | Problem]:
    """Offer them no more for a while; what is quoted already is honoured."""
    return _move(tx, ids, Verb.PAUSE)


def resume(tx: Tx, ids: Sequence[PromotionId]) -> list[Promotion | Problem]:
    """Offer them again."""
    return _move(tx, ids, Verb.RESUME)


def end(tx: Tx, ids: Sequence[PromotionId]) -> list[Promotion | Problem]:
    """Offer them never again; their codes are free."""
    return _move(tx, ids, Verb.END)


def _made(
    tx: Tx, wish: NewPromotion, id: PromotionId, shops: Mapping[ShopId, Shop]
) -> Promotion | Problem:
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
    wrong = fault(offer, market, rule) or _undecided(tx, offer, shops)
    if isinstance(wrong, NotYourDecision) and platform_pays:
        return Promotion(id=id, offer=offer, state=PROMOTION.initial)
    accepted = PROMOTION.after(PROMOTION.initial, Verb.ACCEPT)
    return wrong or Promotion(id=id, offer=offer, state=accepted)


def _undecided(tx: Tx, offer: NewPromotion, shops: Mapping[ShopId, Shop]) -> Problem | None:
    """Why this actor does not decide what a shop's promotion takes off its prices."""
    if offer.shop_id is None or offer.layer not in BY_SELLER or tx.actor.almighty:
        return None
    shop = shops.get(ShopId(offer.shop_id))
    if shop is None or shop.merchant_id != offer.owner_id:
        return ShopNotFound(offer.shop_id)
    return not_theirs(tx, shop, "retail_price_setter", Permission.EDIT)


def _shops(tx: Tx, offers: Iterable[NewPromotion]) -> Mapping[ShopId, Shop]:
    ids = {ShopId(offer.shop_id) for offer in offers if offer.shop_id is not None}
    return merchants.shops(tx, ids) if ids and not tx.actor.almighty else {}


def _rules(tx: Tx, wish: NewPromotion) -> tuple[rulebook.Market, rulebook.Promotions]:
    """The rules of the day on which the offer starts, by the market's calendar."""
    book = rulebook.of(tx)
    at = max(wish.starts_at, tx.now)
    market = book.on(rulebook.Market, wish.market, at.date()).row({})
    return market, book.on(rulebook.Promotions, wish.market, market.day_of(at)).row({})


def _move(tx: Tx, ids: Sequence[PromotionId], verb: Verb) -> list[Promotion | Problem]:
    held = access.to_change(tx, ids)
    if verb in {Verb.ACCEPT, Verb.RESUME}:
        held = _decided(tx, held)
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


def _decided(
    tx: Tx, held: Mapping[PromotionId, Promotion | Problem]
) -> dict[PromotionId, Promotion | Problem]:
    """Promotions, or why it is not this actor's to offer them."""
    shops = _shops(tx, [one.offer for one in held.values() if isinstance(one, Promotion)])
    return {
        id: one if isinstance(one, Problem) else _undecided(tx, one.offer, shops) or one
        for id, one in held.items()
    }


def _moved(before: Promotion | Problem, verb: Verb) -> Promotion | Problem:
    if isinstance(before, Problem):
        return before
    try:
        return replace(before, state=PROMOTION.after(before.state, verb))
    except IllegalMove as refusal:
        return refusal
