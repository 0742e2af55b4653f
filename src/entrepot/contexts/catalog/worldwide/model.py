"""Global products: what all listings of a product start from, in whichever markets they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from entrepot.contexts.catalog.details import Details
from entrepot.contexts.catalog.model import CategoryId, NewProduct, Product, ProductId, SkuId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency


class GlobalState(StrEnum):
    """Drafts are never met: a global product is whole from the beginning."""

    DELETED = "deleted"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalPrice:
    """What a SKU costs before any market says otherwise."""

    price_minor: int
    currency: Currency


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGlobal:
    """A wish for a product to be published in several markets; prices in the order of its SKUs."""

    product: NewProduct
    details: Details
    locale: str
    prices: tuple[GlobalPrice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalProduct:
    """A product with all that its listings start from."""

    product: Product
    details: Details
    locale: str
    prices: Mapping[SkuId, GlobalPrice]
    state: GlobalState
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalEdit:
    """A wish to say other things of a global product; what is not given stays."""

    product_id: ProductId
    title: str | None = None
    description: str | None = None
    category_id: CategoryId | None = None
    details: Details | None = None
    prices: Mapping[SkuId, GlobalPrice] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalSearch:
    """What a merchant looks for among its global products."""

    merchant_id: OrganisationId
    state: GlobalState | None = None
    codes: tuple[str, ...] = ()
    made_from: datetime | None = None
    made_to: datetime | None = None
    updated_from: datetime | None = None
    updated_to: datetime | None = None
