"""Products and their listings as values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from entrepot.contexts.merchants import ShopId, Side
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency

from .details import NO_DETAILS, NO_SKU_DETAILS, BrandId, Details, SkuDetails
from .lifecycle import LISTING, State, Verb

CATEGORY = re.compile(r"[a-z]{2}(-[1-9][0-9]*)*", re.ASCII)


class CategoryId(str):
    """Where a category is in the tree: aa-1-2 hangs below aa-1, which hangs below aa."""

    __slots__ = ()

    @property
    def parent(self) -> "CategoryId | None":
        head, _, tail = self.rpartition("-")
        return CategoryId(head) if tail and head else None

    @property
    def path(self) -> tuple[str, ...]:
        """From the leaf to the root, as rules select by category."""
        steps = self.split("-")
        return tuple("-".join(steps[:n]) for n in range(len(steps), 0, -1))


class ProductId(Id):
    __slots__ = ()


class SkuId(Id):
    __slots__ = ()


class ListingId(Id):
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    id: CategoryId
    name_en: str
    name_zh_cn: str
    is_leaf: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSku:
    """A variant: what the merchant calls it, and how it differs from its sisters."""

    code: str
    options: Mapping[str, str] = field(default_factory=dict)
    details: SkuDetails = NO_SKU_DETAILS


@dataclass(frozen=True, slots=True, kw_only=True)
class Sku:
    id: SkuId
    code: str
    options: Mapping[str, str]
    details: SkuDetails = NO_SKU_DETAILS


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProduct:
    merchant_id: OrganisationId
    category_id: CategoryId
    title: str
    description: str = ""
    skus: tuple[NewSku, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    id: ProductId
    merchant_id: OrganisationId
    category_id: CategoryId
    title: str
    description: str
    skus: tuple[Sku, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPrice:
    """What one unit costs in the smallest unit of the market's currency, and to ship it."""

    sku_id: SkuId
    price_minor: int
    shipping_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewListing:
    """A wish to offer a product in a shop. Prices may come later, from whoever sets them."""

    product_id: ProductId
    shop_id: ShopId
    title: str | None = None  # None: as the product.
    description: str | None = None
    prices: tuple[NewPrice, ...] = ()
    details: Details = NO_DETAILS


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What of a listing is audited."""

    category_id: CategoryId
    title: str
    description: str
    details: Details = NO_DETAILS


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A product as one market sees it."""

    id: ListingId
    product_id: ProductId
    shop_id: ShopId
    merchant_id: OrganisationId
    market: str
    content: Content
    state: State
    listed_at: datetime
    live_at: datetime | None
    deleted_at: datetime | None
    updated_at: datetime | None = None
    audit_at: datetime | None = None  # When the rules judge it by themselves.

    def move(self, verb: Verb, at: datetime) -> "Listing":
        """This listing, one step further; `IllegalMove` if its lifecycle has no such step."""
        state = LISTING.after(self.state, verb)
        return replace(
            self,
            state=state,
            live_at=at if state is State.ACTIVATE else self.live_at,
            deleted_at=at if state is State.DELETED else None,
            updated_at=at,
            audit_at=None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A wish to move one listing."""

    listing_id: ListingId
    verb: Verb
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A wish to change what is audited; what is not given stays."""

    listing_id: ListingId
    title: str | None = None
    description: str | None = None
    category_id: CategoryId | None = None
    details: Details | None = None

    def of(self, content: Content) -> Content:
        """The content after this edit."""
        return Content(
            category_id=content.category_id if self.category_id is None else self.category_id,
            title=content.title if self.title is None else self.title,
            description=content.description if self.description is None else self.description,
            details=content.details if self.details is None else self.details,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """An edit that waits for its audit, while what was live stays live."""

    listing_id: ListingId
    number: int
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What the platform says to the shadow version of a listing."""

    listing_id: ListingId
    passes: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """A wish for another price, in the smallest unit of the market's currency."""

    sku_id: SkuId
    market: str
    price_minor: int
    shipping_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a SKU cost in a market from an instant on; each change is a new version."""

    sku_id: SkuId
    market: str
    version: int
    price_minor: int
    shipping_minor: int
    currency: Currency
    from_at: datetime
    side: Side
    rule: str  # What let this side set it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a buyer can have: all that a quote needs to know of a SKU in a market."""

    sku_id: SkuId
    listing_id: ListingId
    product_id: ProductId
    shop_id: ShopId
    merchant_id: OrganisationId
    category_path: tuple[str, ...]  # From the leaf to the root.
    title: str
    price_minor: int
    shipping_minor: int  # Per unit.
    currency: Currency
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The last card of a page: the next one starts behind it."""

    live_at: datetime
    listing_id: ListingId


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a shopper narrows a page down to."""

    category_id: CategoryId | None = None
    shop_id: ShopId | None = None
    text: str | None = None
    min_minor: int | None = None
    max_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A live listing as a shopper sees it in a list."""

    listing_id: ListingId
    product_id: ProductId
    shop_id: ShopId
    category_id: CategoryId
    title: str
    from_minor: int  # The lowest price of its SKUs.
    currency: Currency
    live_at: datetime

    @property
    def cursor(self) -> Cursor:
        return Cursor(live_at=self.live_at, listing_id=self.listing_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A SKU as a shopper sees it, with the lowest price of the last thirty days before."""

    sku: Sku
    price_minor: int
    shipping_minor: int
    lowest_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A live listing with all that a shopper chooses from."""

    listing: Listing
    currency: Currency
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingFilters:
    """What a seller narrows the own listings down to."""

    state: State | None = None
    market: str | None = None
    shop_id: ShopId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSearch:
    """What a seller looks for among the products of one shop."""

    shop_id: ShopId
    states: tuple[State, ...] = ()
    codes: tuple[str, ...] = ()
    sku_ids: tuple[SkuId, ...] = ()
    category_id: CategoryId | None = None
    listed_from: datetime | None = None
    listed_to: datetime | None = None
    updated_from: datetime | None = None
    updated_to: datetime | None = None
    has_shadow: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A name under which goods are sold."""

    id: BrandId
    name: str
    is_protected: bool
    is_permitted: bool  # Whether the merchant who asks may claim it.


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBrand:
    """A wish for a brand of a merchant's own."""

    merchant_id: OrganisationId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuEdit:
    """A wish to say other things of a SKU; what is not given stays."""

    sku_id: SkuId
    code: str | None = None
    options: Mapping[str, str] | None = None
    details: SkuDetails | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuChange:
    """A wish to change which SKUs a product has."""

    product_id: ProductId
    edits: tuple[SkuEdit, ...] = ()
    new: tuple[NewSku, ...] = ()
    removed: tuple[SkuId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPrice:
    """A price shown crossed out, and what somebody paid elsewhere as its proof."""

    sku_id: SkuId
    market: str
    list_minor: int
    proof_minor: int | None = None
    proof_at: datetime | None = None
    proof_file_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a listing does not pass: which check, of what, and under which rule."""

    check: str
    field: str
    about: str  # The word, the file, the document in question.
    rule: str

    @property
    def reason(self) -> str:
        """As the history of the listing keeps it."""
        return f"{self.check}:{self.about}" if self.about else self.check
