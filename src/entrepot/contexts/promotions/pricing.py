"""What promotions take off baskets: pure, layer by layer, each on what the one before left."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    Unused,
    UnusedCode,
    Used,
    in_capitals,
)

WHOLE_BP, NO_LIMIT = 10_000, 2**31
ByShop = dict[Id | None, list[Promotion]]


def price(
    rule: Promotions, offers: Sequence[Promotion], baskets: Sequence[Basket]
) -> list[BasketPrice]:
    """The waterfall of each line; no line ever costs less than nothing.

    Within a layer the platform's offers come first, then each shop's, older ones before newer.
    A minimum is asked of the lines that an offer serves, as the layers before left them.
    """
    by_shop: ByShop = {}
    for promotion in sorted(offers, key=lambda promotion: promotion.id):
        by_shop.setdefault(promotion.offer.shop_id, []).append(promotion)
    return [_priced(rule, by_shop, basket) for basket in baskets]


@dataclass(slots=True)
class Working:
    """A basket between two layers."""

    basket: Basket
    left: list[int]
    shipping: list[int]
    closed: list[set[str]]  # Layers that another one shuts out, by line.
    applied: list[list[Applied]]
    off_shipping: list[list[Applied]]
    helped: set[Id] = field(default_factory=set)
    short: set[Id] = field(default_factory=set)  # Promotions whose minimum was not reached.
    units: Counter[Id] = field(default_factory=Counter)  # At the price of a promotion, so far.
    shipped_off: Counter[Id] = field(default_factory=Counter)  # By activity.

    @classmethod
    def of(cls, basket: Basket) -> "Working":
        """Before anything is taken off."""
        lines = basket.lines
        return cls(
            basket=basket,
            left=[line.list_minor for line in lines],
            shipping=[line.shipping_minor for line in lines],
            closed=[set() for _ in lines],
            applied=[[] for _ in lines],
            off_shipping=[[] for _ in lines],
        )

    @property
    def lines(self) -> Sequence[BasketLine]:
        """What is bought."""
        return self.basket.lines

    def pot(self, promotion: Promotion) -> list[int]:
        """What the promotion takes from: the goods, or their shipping."""
        return self.shipping if _is_shipping(promotion) else self.left

    def take(self, promotion: Promotion, n: int, minor: int, units: int = 0) -> None:
        """Off one line."""
        self.pot(promotion)[n] -= minor
        parts = self.off_shipping if _is_shipping(promotion) else self.applied
        parts[n].extend(_funded(promotion, self.lines[n], minor, units))
        self.helped.add(promotion.id)
        self.units[promotion.id] += units
        if _is_shipping(promotion) and promotion.offer.activity_id is not None:
            self.shipped_off[promotion.offer.activity_id] += minor

    def priced(self, unused: tuple[UnusedCode, ...]) -> BasketPrice:
        """When all layers are through."""
        parts = zip(self.lines, self.applied, self.off_shipping, strict=True)
        return BasketPrice(
            lines=tuple(
                LinePrice(
                    list_minor=line.list_minor, applied=tuple(goods), off_shipping=tuple(shipping)
                )
                for line, goods, shipping in parts
            ),
            unused_codes=unused,
        )


def _priced(rule: Promotions, by_shop: ByShop, basket: Basket) -> BasketPrice:
    codes = in_capitals(basket.codes)
    working = Working.of(basket)
    mine: dict[str, list[Promotion]] = {}
    coded: dict[str, list[Promotion]] = {code: [] for code in codes}
    for shop_id in (None, *sorted({line.shop_id for line in basket.lines})):
        for promotion in by_shop.get(shop_id, ()):
            code = promotion.offer.code
            if code is not None and code not in coded:
                continue
            if code is not None:
                coded[code].append(promotion)
            if _withheld(promotion, basket) is None:
                mine.setdefault(promotion.offer.layer, []).append(promotion)
    for layer in rule.layers if mine else ():
        _apply(rule, layer, mine.get(layer, []), working)
    return working.priced(tuple(_unused(coded, working)) if codes else ())


def _withheld(promotion: Promotion, basket: Basket) -> Unused | None:
    """Why a promotion is not for this buyer, if it is not."""
    limits, guest = promotion.offer.limits, basket.buyer is None
    if guest and limits.know_buyers:
        return Unused.SIGN_IN
    times = basket.used.get(promotion.id, Used()).times
    if limits.per_buyer is not None and times >= limits.per_buyer:
        return Unused.USED_BEFORE
    if basket.is_new_customer or not promotion.offer.new_customers_only:
        return None
    return Unused.SIGN_IN if guest else Unused.NEW_CUSTOMERS_ONLY


def _unused(coded: Mapping[str, Sequence[Promotion]], working: Working) -> Iterator[UnusedCode]:
    """The codes that helped nothing, each with its reason."""
    for code, offered in coded.items():
        if not any(promotion.id in working.helped for promotion in offered):
            fitting = (one for one in offered if any(_fits(one, line) for line in working.lines))
            reasons = [_reason(promotion, working) for promotion in fitting]
            yield UnusedCode(code, reasons[0] if reasons else Unused.NOT_VALID)


def _reason(promotion: Promotion, working: Working) -> Unused:
    """Why a promotion that fits some of the goods took nothing off them."""
    withheld = _withheld(promotion, working.basket)
    if withheld is not None:
        return withheld
    if promotion.id in working.short:
        return Unused.BELOW_MINIMUM
    return Unused.ANOTHER_IS_BETTER


def _apply(rule: Promotions, layer: str, offers: Sequence[Promotion], working: Working) -> None:
    if layer in PER_UNIT:
        touched = _lower(offers, working, only_best=layer in rule.best_of)
    else:
        touched = _take_off(_chosen(rule, layer, offers, working), working)
    for group in rule.exclusive:
        if layer in group:
            for n in touched:
                working.closed[n].update(set(group) - {layer})


def _take_off(offers: Iterable[Promotion], working: Working) -> set[int]:
    """Amounts off the basket, one after another; gives the lines that they touch."""
    touched: set[int] = set()
    for promotion in offers:
        amounts = _discounts(promotion, working)
        for n, minor in amounts.items():
            working.take(promotion, n, minor)
        touched |= amounts.keys()
    return touched


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
    if not _enough(promotion, working):
        return {}
    pot = working.pot(promotion)
    served = [n for n in range(len(working.lines)) if _serves(promotion, working, n) and pot[n]]
    weights = [pot[n] for n in served]
    if not served:
        return {}
    minors = allocate(_off_basket(promotion, sum(weights), working), weights)
    return {n: minor for n, minor in zip(served, minors, strict=True) if minor}


@dataclass(frozen=True, slots=True)
class Cut:
    """What a promotion would take off a line, for how many of its units."""

    promotion: Promotion
    minor: int
    units: int


def _lower(offers: Sequence[Promotion], working: Working, *, only_best: bool) -> set[int]:
    """Lower prices of units. Where only the best counts, each line has a best of its own."""
    touched: set[int] = set()
    for rivals in _rounds(offers, working, only_best=only_best):
        for n in range(len(working.lines)):
            cuts = [_cut(promotion, working, n) for promotion in rivals]
            best = max(cuts, key=lambda cut: cut.minor)
            if best.minor:
                working.take(best.promotion, n, best.minor, best.units)
                touched.add(n)
    return touched


def _rounds(
    offers: Sequence[Promotion], working: Working, *, only_best: bool
) -> Iterator[list[Promotion]]:
    """All at once where they are rivals; otherwise each on what the one before left."""
    if only_best:
        rivals = [promotion for promotion in offers if _enough(promotion, working)]
        if rivals:
            yield rivals
        return
    for promotion in offers:
        if _enough(promotion, working):
            yield [promotion]


def _enough(promotion: Promotion, working: Working) -> bool:
    """Whether the goods that an offer serves are as many, and worth as much, as it asks for.

    Offers that ask for more are remembered, so that their codes can be told why.
    """
    offer = promotion.offer
    if not offer.min_spend_minor and not offer.min_units:
        return True
    served = [n for n in range(len(working.lines)) if _serves(promotion, working, n)]
    units = sum(working.lines[n].quantity for n in served)
    spend = sum(working.left[n] for n in served)
    enough = spend >= offer.min_spend_minor and units >= offer.min_units
    if served and not enough:
        working.short.add(promotion.id)
    return enough


def _serves(promotion: Promotion, working: Working, n: int) -> bool:
    return promotion.offer.layer not in working.closed[n] and _fits(promotion, working.lines[n])


def _fits(promotion: Promotion, line: BasketLine) -> bool:
    """Whether these are the goods that an offer is about."""
    offer = promotion.offer
    return (
        offer.shop_id in {None, line.shop_id}
        and offer.product_id in {None, line.product_id}
        and offer.sku_id in {None, line.sku_id}
        and offer.owner_id in {PLATFORM, line.merchant_id}
    )


def _cut(promotion: Promotion, working: Working, n: int) -> Cut:
    offer, line, left = promotion.offer, working.lines[n], working.left[n]
    units = min(line.quantity, _room(promotion, working))
    if not left or units <= 0 or not _serves(promotion, working, n):
        return Cut(promotion, 0, 0)
    if offer.rate_bp is not None:
        return Cut(promotion, share(left * units, offer.rate_bp, WHOLE_BP * line.quantity), units)
    worth = share(left, units, line.quantity)
    if offer.price_minor is not None:
        return Cut(promotion, max(0, worth - offer.price_minor * units), units)
    assert offer.amount_minor is not None
    return Cut(promotion, min(worth, offer.amount_minor * units), units)


def _room(promotion: Promotion, working: Working) -> int:
    """How many more units can have the price: the rest of a line costs what it costs."""
    limits, taken = promotion.offer.limits, working.units[promotion.id]
    room = NO_LIMIT
    if limits.units is not None:
        room = limits.units - promotion.units_used
    if limits.units_per_buyer is not None:
        before = working.basket.used.get(promotion.id, Used()).units
        room = min(room, limits.units_per_buyer - before)
    return room - taken


def _off_basket(promotion: Promotion, pot: int, working: Working) -> int:
    offer = promotion.offer
    if offer.rate_bp is None:
        assert offer.amount_minor is not None
        taken = working.shipped_off[offer.activity_id] if offer.activity_id else 0
        return min(pot, offer.amount_minor - taken)
    off = share(pot, offer.rate_bp, WHOLE_BP)
    return off if offer.max_discount_minor is None else min(off, offer.max_discount_minor)


def _is_shipping(promotion: Promotion) -> bool:
    return promotion.offer.layer is Layer.SHIPPING_DISCOUNT


def _funded(promotion: Promotion, line: BasketLine, minor: int, units: int) -> list[Applied]:
    """The merchant's share first; the platform pays the rest."""
    by_seller = share(minor, promotion.offer.seller_share_bp, WHOLE_BP)
    parts = ((line.merchant_id, by_seller), (PLATFORM, minor - by_seller))
    return [
        Applied(
            promotion_id=promotion.id,
            layer=Layer(promotion.offer.layer),
            funder_id=funder,
            minor=part,
            units=units,
        )
        for funder, part in parts
        if part
    ]
