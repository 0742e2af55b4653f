"""What is told of the catalog."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Self

from entrepot.contexts.merchants import ShopId
from entrepot.kernel.events import Event
from entrepot.kernel.money import Currency

from .lifecycle import State
from .model import Listing, ListingId, Price, Product, ProductId, SkuId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingEvent(Event):
    listing_id: ListingId
    product_id: ProductId
    shop_id: ShopId
    market: str

    @classmethod
    def of(cls, listing: Listing, at: datetime) -> Self:
        return cls(
            at=at,
            listing_id=listing.id,
            product_id=listing.product_id,
            shop_id=listing.shop_id,
            market=listing.market,
        )

    @property
    def subject(self) -> ListingId:
        return self.listing_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingMade(ListingEvent):
    """A shop has a product that it had not: a draft, whatever becomes of it."""

    name: ClassVar[str] = "catalog.listing_made"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingActivated(ListingEvent):
    name: ClassVar[str] = "catalog.listing_activated"

    first: bool = False  # It never was live before.


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingEdited(ListingEvent):
    """Another content is live."""

    name: ClassVar[str] = "catalog.listing_edited"


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryChanged(ListingEvent):
    """A listing stands elsewhere in the tree, live or not."""

    name: ClassVar[str] = "catalog.category_changed"

    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRejected(ListingEvent):
    name: ClassVar[str] = "catalog.listing_rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingStopped(ListingEvent):
    """It was live and is not any more, whoever stopped it."""

    name: ClassVar[str] = "catalog.listing_stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingMoved(ListingEvent):
    """It changed its state where shoppers never saw it: a draft, an audit, a deletion."""

    name: ClassVar[str] = "catalog.listing_moved"

    state: State = State.DRAFT


@dataclass(frozen=True, slots=True, kw_only=True)
class SkusChanged(Event):
    """A product has other SKUs, or says other things of them."""

    name: ClassVar[str] = "catalog.skus_changed"

    product_id: ProductId
    sku_ids: tuple[SkuId, ...]
    removed: tuple[SkuId, ...]

    @classmethod
    def of(cls, product: Product, removed: Sequence[SkuId], at: datetime) -> Self:
        sku_ids = tuple(sku.id for sku in product.skus)
        return cls(at=at, product_id=product.id, sku_ids=sku_ids, removed=tuple(removed))

    @property
    def subject(self) -> ProductId:
        return self.product_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSet(Event):
    name: ClassVar[str] = "catalog.price_set"

    listing_id: ListingId
    sku_id: SkuId
    market: str
    price_version: int
    price_minor: int
    shipping_minor: int
    currency: Currency

    @classmethod
    def of(cls, listing_id: ListingId, price: Price) -> Self:
        return cls(
            at=price.from_at,
            listing_id=listing_id,
            sku_id=price.sku_id,
            market=price.market,
            price_version=price.version,
            price_minor=price.price_minor,
            shipping_minor=price.shipping_minor,
            currency=price.currency,
        )

    @property
    def subject(self) -> ListingId:
        return self.listing_id


def told(before: Listing, after: Listing, at: datetime) -> list[ListingEvent]:
    """What the world hears of a move: of drafts and audits, only the seller sees the state."""
    if after.state is State.ACTIVATE:
        return [replace(ListingActivated.of(after, at), first=before.live_at is None)]
    if after.state is State.FAILED:
        return [ListingRejected.of(after, at)]
    if before.state is State.ACTIVATE:
        return [ListingStopped.of(after, at)]
    return [replace(ListingMoved.of(after, at), state=after.state)]
