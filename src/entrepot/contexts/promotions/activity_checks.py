"""What an activity and its goods have to be. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from entrepot.contexts.catalog import Offer
from entrepot.kernel.problems import BadInput, Problem
from entrepot.rulebook import Promotions

from .activity import Activity, Item, ItemWish, Kind, Level, NewActivity, Shipping
from .problems import NotLowest

SHORTEST = timedelta(minutes=10)
MOST_UNITS = 99
LONG_TITLE, SHORT_TITLE = 100, 50
SHORT_TITLED = {Kind.FLASH_DEAL, Kind.SHIPPING_DISCOUNT}
WHOLE_BP = 10_000
Fault = tuple[str, bool, str]  # A field, whether it is wrong, and its cure.


def fault(offer: NewActivity, rule: Promotions) -> BadInput | None:
    """The first thing about an activity that is not as it must be."""
    return _first([*_words(offer), *_times(offer, rule), *_shipping(offer)])


def late(starts_at: datetime, now: datetime) -> BadInput | None:
    """Nothing begins in the past."""
    return BadInput("starts_at", "not before now") if starts_at < now else None


def _words(offer: NewActivity) -> list[Fault]:
    longest = SHORT_TITLE if offer.kind in SHORT_TITLED else LONG_TITLE
    ships = offer.kind is Kind.SHIPPING_DISCOUNT
    barred = Level.VARIATION if ships else Level.SHOP
    return [
        ("title", not 0 < len(offer.title) <= longest, f"1 to {longest} characters"),
        ("level", offer.level is barred, f"anything but {barred} for a {offer.kind}"),
        ("once", offer.once and offer.level is not Level.SHOP, "only for the whole shop"),
    ]


def _times(offer: NewActivity, rule: Promotions) -> list[Fault]:
    ships, ends_at = offer.kind is Kind.SHIPPING_DISCOUNT, offer.ends_at
    if ends_at is None:
        return [("ends_at", not ships, "an end: only shipping is discounted for good")]
    lasts, longest = ends_at - offer.starts_at, timedelta(hours=rule.flash_max_h)
    return [
        ("ends_at", lasts < SHORTEST, "at least ten minutes after the start"),
        (
            "ends_at",
            offer.kind is Kind.FLASH_DEAL and lasts > longest,
            f"at most {rule.flash_max_h} hours after the start of a flash deal",
        ),
    ]


def _shipping(offer: NewActivity) -> list[Fault]:
    terms, ships = offer.shipping, offer.kind is Kind.SHIPPING_DISCOUNT
    asks = bool(terms.min_units or terms.min_spend_minor)
    both = bool(terms.min_units and terms.min_spend_minor)
    numbers = (terms.min_units, terms.min_spend_minor, terms.off_minor or 0)
    return [
        ("shipping", not ships and terms != Shipping(), "only of a shipping discount"),
        ("shipping", min(numbers) < 0 or terms.off_minor == 0, "more than nothing"),
        ("shipping", asks and offer.level is not Level.SHOP, "a threshold is the whole shop's"),
        ("shipping", both, "one threshold, by units or by amount"),
    ]


@dataclass(frozen=True, slots=True)
class Ground:
    """What the goods of an activity are checked against."""

    activity: Activity
    rule: Promotions
    offers: dict[int, list[Offer]]  # By product: what its SKUs cost in the shop.
    lows: dict[int, int]  # By SKU: the lowest price of the days before it begins.


def item_fault(ground: Ground, wish: ItemWish, before: Item | None) -> Problem | None:
    """Why a good cannot be in the activity like this."""
    offer = ground.activity.offer
    ships, by_sku = offer.kind is Kind.SHIPPING_DISCOUNT, offer.level is Level.VARIATION
    by_rate = offer.kind is Kind.DIRECT_DISCOUNT
    priced = not ships and not by_rate
    found = _goods(ground, wish)
    return _first(
        [
            ("product_id", not found, "goods that the shop has on sale"),
            ("sku_id", by_sku == (wish.sku_id is None), "one for each good of a variation's"),
            ("rate_bp", by_rate == (wish.rate_bp is None), "only and always of a discount"),
            ("rate_bp", not 1 <= (wish.rate_bp or 1) < WHOLE_BP, "less than all of the price"),
            ("price_minor", priced == (wish.price_minor is None), "only and always of a price"),
            ("price_minor", (wish.price_minor or 1) < 1, "more than nothing"),
            ("units", ships and wish.limits.exist, "none: shipping is not counted by units"),
            *_limits(wish, before),
        ]
    ) or next(filter(None, (_price_fault(ground, wish, each) for each in found)), None)


def _goods(ground: Ground, wish: ItemWish) -> Sequence[Offer]:
    theirs = ground.offers.get(int(wish.product_id), [])
    return [one for one in theirs if wish.sku_id in {None, one.sku_id}]


def _limits(wish: ItemWish, before: Item | None) -> list[Fault]:
    pairs = [("units", wish.units), ("units_per_buyer", wish.units_per_buyer)]
    limits = [(name, limit) for name, limit in pairs if limit is not None]
    faults = [
        (name, not 1 <= limit <= MOST_UNITS, f"1 to {MOST_UNITS}, or none")
        for name, limit in limits
    ]
    if before is None:
        return faults
    then = {"units": before.limits.units, "units_per_buyer": before.limits.units_per_buyer}
    more = [
        (name, old is None or limit < old, "not less than it was")
        for name, limit in limits
        for old in [then[name]]
    ]
    return [*faults, *more]


def _price_fault(ground: Ground, wish: ItemWish, good: Offer) -> Problem | None:
    """A price has to be below that of today; a flash deal's below all of the last days'."""
    if wish.price_minor is None:
        return None
    if wish.price_minor >= good.price_minor:
        return BadInput("price_minor", f"below {good.price_minor}", sku_id=str(good.sku_id))
    if ground.activity.offer.kind is not Kind.FLASH_DEAL:
        return None
    rule, off = ground.rule, (good.price_minor - wish.price_minor) * WHOLE_BP
    low, high = rule.flash_min_bp, rule.flash_max_bp
    if not low * good.price_minor <= off <= high * good.price_minor:
        cure = f"{low} to {high} basis points below {good.price_minor}"
        return BadInput("price_minor", cure, sku_id=str(good.sku_id))
    lowest = ground.lows.get(int(good.sku_id), good.price_minor)
    if wish.price_minor >= lowest:
        return NotLowest(good.sku_id, lowest, rule.lowest_price_days)
    return None


def _first(faults: Collection[Fault]) -> BadInput | None:
    found = (BadInput(field, cure) for field, wrong, cure in faults if wrong)
    return next(found, None)
