"""Authorization: what a token opens."""

from entrepot.contexts import integrations, merchants
from entrepot.contexts.merchants import SellerType, Shop

from .envelope import Data
from .keys import CIPHERS
from .operations import Ask, Operations
from .regions import region_of
from .scopes import Scope
from .shapes import Nothing

operations = Operations()

AT_MOST = 200
SELLER_TYPES = {SellerType.CROSS_BORDER: "CROSS_BORDER", SellerType.LOCAL: "LOCAL"}


@operations.get("/authorization/202309/shops", scope=Scope.AUTHORIZATION_READ, shop=False)
def authorized_shops(ask: Ask[Nothing, Nothing]) -> Data:
    """The seller's shops, each with the cipher under which this app knows it."""
    shops = merchants.page(ask.tx, limit=AT_MOST)
    return {"shops": [_shown(ask, shop) for shop in shops]}


@operations.get("/authorization/202405/category_assets", shop=False)
def category_assets(ask: Ask[Nothing, Nothing]) -> Data:
    """None: no organisation here is authorised by category."""
    return {"category_assets": []}


def _shown(ask: Ask[Nothing, Nothing], shop: Shop) -> Data:
    key = ask.parts.keys.of(CIPHERS)
    return {
        "id": str(int(shop.id)),
        "name": shop.name,
        "region": region_of(shop),
        "seller_type": SELLER_TYPES[shop.seller_type],
        "cipher": integrations.cipher_of(key, ask.caller.app_id, shop.id),
        "code": f"{region_of(shop)}{int(shop.id):X}",
    }
