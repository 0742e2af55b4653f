"""What somebody who checks products for compliance looks for."""

from dataclasses import dataclass

from entrepot.contexts.merchants import ShopId

from .details import BrandId
from .model import CategoryId, ProductId


@dataclass(frozen=True, slots=True, kw_only=True)
class Research:
    """Products go before all else; what is left empty narrows nothing."""

    product_ids: tuple[ProductId, ...] = ()
    title: str = ""
    shop_ids: tuple[ShopId, ...] = ()
    category_ids: tuple[CategoryId, ...] = ()
    brand_ids: tuple[BrandId, ...] = ()
