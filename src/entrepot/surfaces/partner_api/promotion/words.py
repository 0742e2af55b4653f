"""Activities and coupons in the dialect's words."""

from datetime import UTC, datetime
from typing import Any

from entrepot.contexts import promotions
from entrepot.contexts.promotions import (
    Activity,
    Item,
    Kind,
    Level,
    Offered,
    Promotion,
    Shipping,
    Status,
)
from entrepot.kernel.money import Currency
from entrepot.surfaces.partner_api.codes import Code, Refused, invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.money import amount

KINDS = {
    "FIXED_PRICE": Kind.FIXED_PRICE,
    "DIRECT_DISCOUNT": Kind.DIRECT_DISCOUNT,
    "FLASHSALE": Kind.FLASH_DEAL,
    "SHIPPING_DISCOUNT": Kind.SHIPPING_DISCOUNT,
}
# Known to the dialect, and not to be had here.
OTHER_KINDS = ("BUY_MORE_SAVE_MORE", "GIFT_WITH_PURCHASE", "BUY_X_GET_Y")
LEVELS = {"PRODUCT": Level.PRODUCT, "VARIATION": Level.VARIATION, "SHOP": Level.SHOP}
STATUSES = {
    "DRAFT": Status.DRAFT,
    "NOT_START": Status.NOT_STARTED,
    "ONGOING": Status.ONGOING,
    "EXPIRED": Status.EXPIRED,
    "DEACTIVATED": Status.DEACTIVATED,
}
OFFERED = {
    "NOT_START": Offered.NOT_STARTED,
    "ONGOING": Offered.ONGOING,
    "EXPIRED": Offered.EXPIRED,
    "DEACTIVATED": Offered.STOPPED,
}
TYPES = {kind: word for word, kind in KINDS.items()}
SCOPES = {level: word for word, level in LEVELS.items()}
STATES = {status: word for word, status in STATUSES.items()}
COUPON_STATES = {offered: word for word, offered in OFFERED.items()}
NO_LIMIT, ENDLESS, NORMAL = -1, "INDEFINITE", "NORMAL"
FREE, REDUCED = "FREE_SHIPPING", "DISCOUNT_SHIPPING_FEE"
BY_UNITS, BY_AMOUNT, BY_NOTHING = (
    "MINIMAL_ITEM_QUANTITY",
    "MINIMAL_ORDER_AMOUNT",
    "NO_THRESHOLD",
)
ONCE, ALWAYS = "BUYER_LIMIT_ONLY_ONE", "BUYER_NO_LIMIT"
CODE, PLAIN = "PROMO_CODE", "REGULAR"


def kind(word: str) -> Kind:
    """What an activity gives; the kinds that are not given here say so."""
    if word in OTHER_KINDS:
        raise Refused(Code.NOT_SUPPORTED, f"Not supported here. activity_type: {word}")
    if word not in KINDS:
        raise invalid("activity_type", f"one of {', '.join(KINDS)}")
    return KINDS[word]


def level(word: str) -> Level:
    """What it is for."""
    if word not in LEVELS:
        raise invalid("product_level", f"one of {', '.join(LEVELS)}")
    return LEVELS[word]


def head(one: Activity) -> Data:
    """What a list shows of an activity."""
    offer = one.offer
    endless = offer.ends_at is None
    told: dict[str, Any] = {
        "title": offer.title,
        "activity_type": TYPES[offer.kind],
        "product_level": SCOPES[offer.level],
        "duration_type": ENDLESS if endless else NORMAL,
        "begin_time": 0 if endless else seconds(offer.starts_at),
        "end_time": 0 if offer.ends_at is None else seconds(offer.ends_at),
        "status": STATES[one.state],
        "create_time": millis(one.created_at),
        "update_time": millis(one.changed_at),
        "participation_limit": [{"type": ONCE if offer.once else ALWAYS}],
    }
    if offer.kind is Kind.SHIPPING_DISCOUNT:
        told["discount"] = {"shipping_discount": shipping(offer.shipping, one.currency)}
    return told


def shipping(terms: Shipping, currency: Currency) -> Data:
    """What is off shipping, and from when on."""
    told: dict[str, Any] = {"threshold_type": BY_NOTHING, "type": FREE}
    if terms.min_units:
        told |= {"threshold_type": BY_UNITS, "threshold_value": str(terms.min_units)}
    if terms.min_spend_minor:
        least = amount(terms.min_spend_minor, currency)
        told |= {"threshold_type": BY_AMOUNT, "threshold_value": least}
    if terms.off_minor is not None:
        told |= {"type": REDUCED, "value": amount(terms.off_minor, currency)}
    return {**told, "area_scope": {"type": "WHOLE"}}


def products(one: Activity, items: list[Item]) -> list[Data]:
    """The goods of an activity, by product."""
    if one.offer.level is Level.PRODUCT:
        return [{"id": _id(item.product_id), **_terms(one, item)} for item in items]
    found: dict[str, list[Data]] = {}
    for item in items:
        assert item.sku_id is not None
        sku = {"id": _id(item.sku_id), **_terms(one, item)}
        found.setdefault(_id(item.product_id), []).append(sku)
    whole = {"quantity_limit": NO_LIMIT, "quantity_per_user": NO_LIMIT}
    return [{"id": id, **whole, "skus": skus} for id, skus in found.items()]


def _terms(one: Activity, item: Item) -> Data:
    limits = item.limits
    told: dict[str, Any] = {
        "quantity_limit": NO_LIMIT if limits.units is None else limits.units,
        "quantity_per_user": (
            NO_LIMIT if limits.units_per_buyer is None else limits.units_per_buyer
        ),
    }
    if item.price_minor is not None:
        told["activity_price"] = money(item.price_minor, one.currency)
    if one.offer.kind is Kind.DIRECT_DISCOUNT and item.rate_bp is not None:
        told["discount"] = percent(item.rate_bp)
    if limits.exist:
        told["used_quantity"] = item.units_used
    return told


def coupon(one: Promotion, now: datetime) -> Data:
    """A coupon as a list shows it; here it is used without being claimed before."""
    offer, limits = one.offer, one.offer.limits
    spans = {"start_time": seconds(offer.starts_at), "end_time": seconds(offer.ends_at)}
    told: dict[str, Any] = {
        "id": _id(one.id),
        "title": offer.title,
        "display_type": PLAIN if offer.code is None else CODE,
        "status": COUPON_STATES[one.offered(now)],
        "claim_duration": spans,
        "redemption_duration": {"type": "ABSOLUTE", **spans},
        "target_buyer_segment": "NEW" if offer.new_customers_only else "ALL",
        "discount": _discount(offer),
        "threshold": _threshold(offer),
        "product_scope": "FULL_SHOP" if offer.product_id is None else "SPECIFIC_PRODUCTS",
    }
    if offer.code is not None:
        told["promo_code"] = offer.code
    if limits.exist:
        told["usage_limits"] = {
            name: limit
            for name, limit in (
                ("single_buyer_claim_limit", limits.per_buyer),
                ("total_claim_limit", limits.total),
            )
            if limit is not None
        }
    return told


def _discount(offer: promotions.NewPromotion) -> Data:
    if offer.amount_minor is not None:
        return {"type": "AMOUNT_OFF", "reduction_amount": money(offer.amount_minor, offer.currency)}
    assert offer.rate_bp is not None
    told: dict[str, Any] = {"type": "PERCENT_OFF", "percentage": percent(offer.rate_bp)}
    if offer.max_discount_minor is not None:
        told["max_discount"] = money(offer.max_discount_minor, offer.currency)
    return told


def _threshold(offer: promotions.NewPromotion) -> Data:
    if not offer.min_spend_minor:
        return {"type": "NONE"}
    return {"type": "MIN_SPEND", "min_spend": money(offer.min_spend_minor, offer.currency)}


def money(minor: int, currency: Currency) -> Data:
    """An amount with its currency."""
    return {"amount": amount(minor, currency), "currency": currency.value}


def percent(rate_bp: int) -> str:
    """`1250` basis points are "12.5"."""
    whole, rest = divmod(rate_bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)


def seconds(at: datetime) -> int:
    """As the dialect writes instants."""
    return int(at.timestamp())


def millis(at: datetime) -> int:
    """As it writes them where it counts finer."""
    return int(at.timestamp()) * 1000 + at.microsecond // 1000


def instant(said: int) -> datetime:
    """The other way round."""
    return datetime.fromtimestamp(said, UTC)


def _id(id: int) -> str:
    return str(int(id))
