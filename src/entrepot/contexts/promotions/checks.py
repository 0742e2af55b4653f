"""What an offer has to be, whoever makes it. Pure."""

from datetime import timedelta

from entrepot.kernel.problems import BadInput
from entrepot.rulebook import Market, Promotions

from .model import BY_SELLER, COUPONS, PLATFORM, Layer, NewPromotion

RATE = "between 1 and 10000 basis points, or an amount instead"


def fault(offer: NewPromotion, market: Market, rule: Promotions) -> BadInput | None:
    """The first thing that is not as it must be, with its cure."""
    for field, wrong, cure in (*_shape(offer, market), *_bounds(offer, rule)):
        if wrong:
            return BadInput(field, cure)
    return None


def _shape(offer: NewPromotion, market: Market) -> list[tuple[str, bool, str]]:
    by_seller = offer.layer in BY_SELLER
    numbers = (offer.min_spend_minor, offer.amount_minor or 1, offer.max_discount_minor or 1)
    limits = offer.limits
    counts = (
        limits.per_buyer,
        limits.total,
        limits.budget_minor,
        limits.units,
        limits.units_per_buyer,
    )
    coupon, ships = offer.layer in COUPONS, offer.layer is Layer.SHIPPING_DISCOUNT
    return [
        ("currency", offer.currency is not market.currency, f"{market.currency} in this market"),
        ("ends_at", offer.ends_at <= offer.starts_at, "later than starts_at"),
        ("rate_bp", (offer.rate_bp is None) == (offer.amount_minor is None), RATE),
        ("price_minor", offer.price_minor is not None, "a price is what an activity gives"),
        ("seller_share_bp", ships and offer.seller_share_bp != 10_000, "10000: the merchant pays"),
        ("rate_bp", offer.rate_bp is not None and not 1 <= offer.rate_bp <= 10_000, RATE),
        ("amount_minor", min(numbers) < 0 or offer.amount_minor == 0, "not below zero"),
        ("max_discount_minor", offer.max_discount_minor == 0, "more than nothing, or none"),
        ("max_discount_minor", not coupon and offer.max_discount_minor is not None, "for coupons"),
        ("limits", any(count is not None and count < 1 for count in counts), "at least 1, or none"),
        ("code", not coupon and offer.code is not None, "none: a discount applies by itself"),
        ("owner_id", by_seller == (offer.owner_id == PLATFORM), f"who may give a {offer.layer}"),
        ("shop_id", by_seller and offer.shop_id is None, "the shop that offers it"),
        ("seller_share_bp", not 0 <= offer.seller_share_bp <= 10_000, "between 0 and 10000"),
        ("seller_share_bp", not by_seller and offer.seller_share_bp != 0, "0: the platform pays"),
    ]


def _bounds(offer: NewPromotion, rule: Promotions) -> list[tuple[str, bool, str]]:
    rate = offer.rate_bp
    flash, newcomer = offer.layer is Layer.FLASH_DEAL, offer.layer is Layer.NEW_CUSTOMER_COUPON
    lowest, highest = rule.flash_min_bp, rule.flash_max_bp
    longest = timedelta(hours=rule.flash_max_h)
    return [
        ("layer", offer.layer not in rule.layers, f"one of {', '.join(rule.layers)}"),
        (
            "rate_bp",
            flash and (rate is None or not lowest <= rate <= highest),
            f"between {lowest} and {highest} for a flash deal",
        ),
        (
            "ends_at",
            flash and offer.ends_at - offer.starts_at > longest,
            f"at most {rule.flash_max_h} hours after the start of a flash deal",
        ),
        (
            "rate_bp",
            newcomer and rate is not None and rate > rule.new_customer_max_bp,
            f"at most {rule.new_customer_max_bp} for new customers",
        ),
        ("new_customers_only", newcomer and not offer.new_customers_only, "true in this layer"),
    ]
