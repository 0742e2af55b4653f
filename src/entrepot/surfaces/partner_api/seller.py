"""Seller: the shops behind a token, and what the seller may do across them."""

from entrepot.contexts import merchants
from entrepot.contexts.merchants import SellerType, Shop

from .envelope import Data
from .operations import Ask, Operations
from .regions import region_of
from .scopes import Scope
from .shapes import Nothing

operations = Operations()


@operations.get("/seller/202309/shops", scope=Scope.SHOP_READ, shop=False)
def active_shops(ask: Ask[Nothing, Nothing]) -> Data:
    """The shops that sell, by id and region."""
    shops = [shop for shop in merchants.page(ask.tx) if shop.sells]
    return {"shops": [{"id": str(int(shop.id)), "region": region_of(shop)} for shop in shops]}


@operations.get("/seller/202309/permissions", scope=Scope.SHOP_READ, shop=False)
def global_product_permission(ask: Ask[Nothing, Nothing]) -> Data:
    """Cross-border sellers keep global products; local ones sell in their own market alone."""
    crossing = any(
        shop.seller_type is SellerType.CROSS_BORDER and shop.sells
        for shop in merchants.page(ask.tx)
    )
    return {"permissions": ["MANAGE_GLOBAL_PRODUCT"] if crossing else []}


@operations.get("/seller/202601/shop_groups", scope=Scope.SHOP_READ, shop=False)
def shop_groups(ask: Ask[Nothing, Nothing]) -> Data:
    """All shops of the seller. There are no groups that share products beyond the seller's own."""
    shops = merchants.page(ask.tx)
    return {"shop_group_data": {"shops": [_of_group(shop) for shop in shops]}}


def _of_group(shop: Shop) -> Data:
    return {
        "shop_id": str(int(shop.id)),
        "seller_id": str(int(shop.merchant_id)),
        "shop_name": shop.name,
        "shop_region": region_of(shop),
    }
