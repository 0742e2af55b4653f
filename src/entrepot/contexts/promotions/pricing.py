"""What promotions take off baskets: pure, layer by layer, each on what the one before left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from entrepot.kernel.ids import Id
from entrepot.kernel.money import allocate, share
from entrepot.rulebook import Promotions

from .model import (
    BY_SELLER,
    PER_UNIT,
    PLATFORM,
    Applied,
    Basket,
    BasketLine,
    BasketPrice,
    Layer,
    LinePrice,
    Promotion,
    in_capitals,
)

WHOLE_BP = 10_000


def price(
    rule: Promotions, offers: Sequence[Promotion], baskets: Sequence[Basket]
) -> list[BasketPrice]:
    """The waterfall of each line; no line ever costs less than nothing.

    Within a layer the platform's offers come first, then each shop's, older ones before newer.
    A minimum spend is asked of the lines that an offer serves, as the layers before left them.
    """
    by_shop: dict[Id | None, list[Promotion]] = {}
    for promotion in sorted(offers, key=lambda promotion: promotion.id):
        by_shop.setdefault(promotion.offer.shop_id, []).append(promotion)
    return [_priced(rule, by_shop, basket) for basket in baskets]


@dataclass(slots=True)
class Working:
    """A basket between two layers."""

    lines: Sequence[BasketLine]
    left: list[int]
    closed: list[set[str]]  # Layers that another one shuts out, by line.
    applied: list[list[Applied]]
    helped: set[Id] = field(default_factory=set)

    def take(self, promotion: Promotion, amounts: dict[int, int]) -> None:
        for n, minor in amounts.items():
            self.left[n] -= minor
            self.applied[n].extend(_funded(promotion, self.lines[n], minor))
            self.helped.add(promotion.id)


def _priced(
    rule: Promotions, by_shop: dict[Id | None, list[Promotion]], basket: Basket
) -> BasketPrice:
    codes = in_capitals(basket.codes)
    working = Working(
        lines=basket.lines,
        left=[line.list_minor for line in basket.lines],
        closed=[set() for _ in basket.lines],
        applied=[[] for _ in basket.lines],
    )
    mine: dict[str, list[Promotion]] = {}
    for shop_id in (None, *sorted({line.shop_id for line in basket.lines})):
        for promotion in by_shop.get(shop_id, ()):
            if _is_for(promotion, basket, codes):
                mine.setdefault(promotion.offer.layer, []).append(promotion)
    for layer in rule.layers if mine else ():
        _apply(rule, layer, mine.get(layer, []), working)
    used = {
        each.offer.code for layer in mine.values() for each in layer if each.id in working.helped
    }
    return BasketPrice(
        lines=tuple(
            LinePrice(list_minor=line.list_minor, applied=tuple(applied))
            for line, applied in zip(basket.lines, working.applied, strict=True)
        ),
        unused_codes=tuple(code for code in codes if code not in used),
    )


def _is_for(promotion: Promotion, basket: Basket, codes: Sequence[str]) -> bool:
    offer = promotion.offer
    if offer.code is not None and offer.code not in codes:
        return False
    if offer.limits.per_buyer is not None and basket.buyer is None:
        return False
    return basket.is_new_customer or not offer.new_customers_only


def _apply(rule: Promotions, layer: str, offers: Sequence[Promotion], working: Working) -> None:
    touched: set[int] = set()
    for chosen in _chosen(rule, layer, offers, working):
        amounts = _discounts(chosen, working)
        working.take(chosen, amounts)
        touched |= amounts.keys()
    for group in rule.exclusive:
        if layer in group:
            for n in touched:
                working.closed[n].update(set(group) - {layer})


def _chosen(
    rule: Promotions, layer: str, offers: Sequence[Promotion], working: Working
) -> Iterable[Promotion]:
    """All of a layer; where only the best counts, that of each seller, or of the platform."""
    if layer not in rule.best_of:
        return offers
    rivals: dict[Id | None, list[Promotion]] = {}
    for promotion in offers:
        scope = promotion.offer.shop_id if layer in BY_SELLER else None
        rivals.setdefault(scope, []).append(promotion)
    # max() keeps the first of equals: the older promotion.
    return [max(each, key=lambda one: _worth(one, working)) for each in rivals.values()]


def _worth(promotion: Promotion, working: Working) -> int:
    return sum(_discounts(promotion, working).values())


def _discounts(promotion: Promotion, working: Working) -> dict[int, int]:
    """What a promotion takes off each line that it serves now; lines without any are left out."""
    served = [n for n in range(len(working.lines)) if _serves(promotion, working, n)]
    spend = sum(working.left[n] for n in served)
    offer = promotion.offer
    if not spend or spend < offer.min_spend_minor:
        return {}
    if offer.layer in PER_UNIT:
        minors = [_off_units(promotion, working.lines[n], working.left[n]) for n in served]
    else:
        minors = allocate(_off_basket(promotion, spend), [working.left[n] for n in served])
    return {n: minor for n, minor in zip(served, minors, strict=True) if minor}


def _serves(promotion: Promotion, working: Working, n: int) -> bool:
    offer, line = promotion.offer, working.lines[n]
    return (
        working.left[n] > 0
        and offer.layer not in working.closed[n]
        and offer.shop_id in {None, line.shop_id}
        and offer.product_id in {None, line.product_id}
        and offer.owner_id in {PLATFORM, line.merchant_id}
    )


def _off_units(promotion: Promotion, line: BasketLine, left: int) -> int:
    offer = promotion.offer
    if offer.rate_bp is not None:
        return share(left, offer.rate_bp, WHOLE_BP)
    assert offer.amount_minor is not None
    return min(left, offer.amount_minor * line.quantity)


def _off_basket(promotion: Promotion, spend: int) -> int:
    offer = promotion.offer
    if offer.rate_bp is None:
        assert offer.amount_minor is not None
        return min(spend, offer.amount_minor)
    off = share(spend, offer.rate_bp, WHOLE_BP)
    return off if offer.max_discount_minor is None else min(off, offer.max_discount_minor)


def _funded(promotion: Promotion, line: BasketLine, minor: int) -> list[Applied]:
    """The merchant's share first; the platform pays the rest."""
    by_seller = share(minor, promotion.offer.seller_share_bp, WHOLE_BP)
    parts = ((line.merchant_id, by_seller), (PLATFORM, minor - by_seller))
    return [
        Applied(
            promotion_id=promotion.id,
            layer=Layer(promotion.offer.layer),
            funder_id=funder,
            minor=part,
        )
        for funder, part in parts
        if part
    ]
