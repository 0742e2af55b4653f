"""Offers and baskets for tests."""

from datetime import timedelta
from typing import Any

from entrepot.contexts import promotions
from entrepot.contexts.promotions import (
    BasketLine,
    Layer,
    NewPromotion,
    Promotion,
    PromotionId,
    State,
)
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency
from tests.conftest import NOON

MERCHANT, OTHER = OrganisationId(11), OrganisationId(12)
SHOPS = {MERCHANT: Id(21), OTHER: Id(22)}
PLATFORM = OrganisationId(0)
OFFERS: dict[Layer, dict[str, Any]] = {
    Layer.FLASH_DEAL: {"rate_bp": 2000, "ends_at": NOON + timedelta(hours=24)},
    Layer.NEW_CUSTOMER_COUPON: {"rate_bp": 3000, "new_customers_only": True},
    Layer.PLATFORM_COUPON: {"amount_minor": 500},
    Layer.PLATFORM_DISCOUNT: {"rate_bp": 500},
    Layer.SELLER_COUPON: {"amount_minor": 1000, "code": "TEN"},
    Layer.SELLER_DISCOUNT: {"rate_bp": 1000},
    Layer.SHIPPING_DISCOUNT: {"amount_minor": 300},
}
BY_SELLER = {
    Layer.FLASH_DEAL,
    Layer.SELLER_COUPON,
    Layer.SELLER_DISCOUNT,
    Layer.SHIPPING_DISCOUNT,
}


def new(layer: Layer, owner: OrganisationId = MERCHANT, **more: Any) -> NewPromotion:
    """An offer of a layer as it ordinarily is."""
    seller = layer in BY_SELLER
    if "amount_minor" in more:
        more = {"rate_bp": None, **more}
    if more.get("rate_bp"):
        more = {"amount_minor": None, **more}
    members: dict[str, Any] = {
        "owner_id": owner if seller else PLATFORM,
        "market": "us",
        "layer": layer,
        "title": layer.value,
        "currency": Currency.USD,
        "starts_at": NOON,
        "ends_at": NOON + timedelta(days=30),
        "shop_id": SHOPS[owner] if seller else None,
        "seller_share_bp": 10_000 if seller else 0,
    }
    return NewPromotion(**{**members, **OFFERS[layer], **more})


def promotion(id: int, layer: Layer, owner: OrganisationId = MERCHANT, **more: Any) -> Promotion:
    """An offer in force."""
    return Promotion(id=PromotionId(id), offer=new(layer, owner, **more), state=State.ACTIVE)


def line(
    minor: int,
    owner: OrganisationId = MERCHANT,
    quantity: int = 1,
    product: int = 31,
    *,
    sku: int = 41,
    shipping: int = 0,
) -> BasketLine:
    """What is bought."""
    return BasketLine(
        sku_id=Id(sku),
        product_id=Id(product),
        shop_id=SHOPS[owner],
        merchant_id=owner,
        quantity=quantity,
        list_minor=minor,
        shipping_minor=shipping,
    )


def discounts(price: promotions.BasketPrice) -> list[tuple[int, int]]:
    """By line: what the seller and what the platform pays."""
    return [(line.seller_discount, line.platform_discount) for line in price.lines]
