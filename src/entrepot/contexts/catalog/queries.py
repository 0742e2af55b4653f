"""Public reads of the catalog."""

from collections.abc import Collection
from datetime import datetime

from entrepot import rulebook
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import NotFound, Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import ListingCheck

from . import access, store
from .details import BrandId
from .model import (
    Brand,
    Card,
    Category,
    CategoryId,
    Cursor,
    Detail,
    Filters,
    Listing,
    ListingFilters,
    ListingId,
    ListPrice,
    Offer,
    Price,
    Product,
    ProductId,
    ProductSearch,
    Shadow,
    SkuId,
    Variant,
)
from .responsibility import Grounds

LOWEST_DAYS = 30  # Directive 98/6/EC, article 6a: the lowest price of the thirty days before.
NO_FILTER = Filters()
ALL_LISTINGS = ListingFilters()


def offers(tx: Tx, market: str, sku_ids: Collection[SkuId]) -> dict[SkuId, Offer]:
    """What SKUs cost in a market, live or not. For shoppers and flows: no permission is asked."""
    return store.offers(tx, market, sku_ids)


def page(
    tx: Tx, market: str, filters: Filters = NO_FILTER, after: Cursor | None = None, limit: int = 50
) -> list[Card]:
    """The next live listings of a market, the newest first. For shoppers."""
    return store.cards(tx, market, filters, after, limit)


def detail(tx: Tx, market: str, product_id: ProductId) -> Detail | Problem:
    """A live product with its variants and the lowest price of the days before. For shoppers."""
    listing = store.live_detail(tx, market, product_id)
    if listing is None:
        return NotFound("product", product_id)
    skus = store.skus_of(tx, [product_id]).get(product_id, ())
    prices = store.offers(tx, market, [sku.id for sku in skus])
    lows = store.lowest(tx, market, [*prices], tx.now, LOWEST_DAYS)
    variants = [
        Variant(
            sku=sku,
            price_minor=prices[sku.id].price_minor,
            shipping_minor=prices[sku.id].shipping_minor,
            lowest_minor=lows.get(sku.id),
        )
        for sku in skus
        if sku.id in prices
    ]
    currency: Currency = next(iter(prices.values())).currency
    return Detail(listing=listing, currency=currency, variants=tuple(variants))


def by_ids(tx: Tx, ids: Collection[ListingId]) -> list[Listing | Problem]:
    """Listings as this actor may see them, in the order of the ids."""
    found = store.listings_by(tx, ids, access.visible_to(tx.actor))
    return [found.get(id) or NotFound("listing", id) for id in ids]


def listings(
    tx: Tx, filters: ListingFilters = ALL_LISTINGS, after: ListingId | None = None, limit: int = 50
) -> list[Listing]:
    """The next listings that this actor may see, by id. For sellers and operators."""
    start = after or ListingId(0)
    return store.listings_page(tx, filters, start, limit, access.visible_to(tx.actor))


def products(tx: Tx, ids: Collection[ProductId]) -> list[Product | Problem]:
    """Products as this actor may see them, in the order of the ids."""
    found = store.products_by(tx, ids, access.products_visible_to(tx.actor))
    return [found.get(id) or NotFound("product", id) for id in ids]


def products_after(tx: Tx, after: ProductId | None = None, limit: int = 50) -> list[Product]:
    """The next products that this actor may see, by id."""
    start = after or ProductId(0)
    return store.products_page(tx, start, limit, access.products_visible_to(tx.actor))


def lowest(tx: Tx, market: str, sku_ids: Collection[SkuId], at: datetime) -> dict[SkuId, int]:
    """The lowest price of the thirty days before an instant, for SKUs that had one then.

    What begins at the instant itself does not count: ask as of the beginning of a reduction.
    """
    return store.lowest(tx, market, sku_ids, at, LOWEST_DAYS)


def price_history(
    tx: Tx, market: str, sku_id: SkuId, before: int | None = None, limit: int = 50
) -> list[Price]:
    """Prices of a SKU, the latest first, from before a version on. What was public stays so."""
    return store.history(tx, market, sku_id, 2**31 - 1 if before is None else before, limit)


def known_skus(tx: Tx, ids: Collection[SkuId]) -> set[SkuId]:
    """Those of the SKUs that exist. For flows and higher contexts: no permission is asked."""
    return store.known_skus(tx, ids)


def category(tx: Tx, id: CategoryId) -> Category | Problem:
    """One category."""
    return store.categories_by(tx, [id]).get(id) or NotFound("category", id)


def children(tx: Tx, parent: CategoryId | None = None) -> list[Category]:
    """The categories below one, or at the top, by English name."""
    return store.children(tx, parent)


def search(
    tx: Tx,
    asked: ProductSearch,
    after: tuple[datetime, ListingId] | None = None,
    limit: int = 50,
) -> list[Listing]:
    """Listings of a shop that this actor may see, the last listed first; `after` is the last."""
    return store.search(tx, asked, after, limit, access.visible_to(tx.actor))


def search_ids(
    tx: Tx,
    asked: ProductSearch,
    after: tuple[datetime, ListingId] | None = None,
    limit: int = 50,
) -> list[tuple[datetime, ListingId]]:
    """The same as the instant that they are sorted by, and their id, for views."""
    return store.search_ids(tx, asked, after, limit, access.visible_to(tx.actor))


def found(tx: Tx, asked: ProductSearch) -> int:
    """How many a search finds; it stops counting at ten thousand."""
    return store.count(tx, asked, access.visible_to(tx.actor))


def in_shop(tx: Tx, shop_id: ShopId, ids: Collection[ProductId]) -> dict[ProductId, Listing]:
    """The listings that products have in a shop, as this actor may see them."""
    return store.in_shop(tx, shop_id, ids, access.visible_to(tx.actor))


def products_of_skus(tx: Tx, ids: Collection[SkuId]) -> dict[SkuId, ProductId]:
    """The product of each SKU. For flows and surfaces: no permission is asked."""
    return store.products_of_skus(tx, ids)


def brands(
    tx: Tx,
    merchant_id: OrganisationId,
    after: BrandId | None = None,
    limit: int = 50,
    narrowed: tuple[str, bool | None] = ("", None),
) -> list[Brand]:
    """The next brands that a merchant may name: by how a name begins, and by permission."""
    return store.brands_page(tx, merchant_id, after or BrandId(0), limit, narrowed)


def brands_by(
    tx: Tx, merchant_id: OrganisationId, ids: Collection[BrandId]
) -> dict[BrandId, Brand]:
    """Brands as a merchant knows them."""
    return store.brands_by(tx, merchant_id, ids) if ids else {}


def brands_named(tx: Tx, merchant_id: OrganisationId, title: str, limit: int = 10) -> list[Brand]:
    """The brands whose name stands in a title, the longest name first."""
    return store.named_in(tx, merchant_id, title, limit)


def list_prices(tx: Tx, market: str, sku_ids: Collection[SkuId]) -> dict[SkuId, ListPrice]:
    """What is shown crossed out beside the price."""
    return {price.sku_id: price for price in store.list_prices(tx, market, sku_ids)}


def shadows(tx: Tx, ids: Collection[ListingId]) -> dict[ListingId, Shadow]:
    """The versions that wait for their audit, for listings that the caller was given."""
    return store.open_shadows(tx, ids)


def shadow_states(
    tx: Tx, ids: Collection[ListingId]
) -> dict[ListingId, tuple[str, tuple[str, ...]]]:
    """What became of each listing's last edit while it was live, with the reasons."""
    return store.shadow_states(tx, [*ids])


def last_reasons(tx: Tx, ids: Collection[ListingId]) -> dict[ListingId, tuple[str, ...]]:
    """Why the platform refused or stopped listings last."""
    return store.last_reasons(tx, [*ids])


def next_audit_at(tx: Tx) -> datetime | None:
    """When the rules judge something next. For the clock and sweeps."""
    return store.next_audit_at(tx)


def check_words(tx: Tx, market: str) -> dict[str, ListingCheck]:
    """What each check of a market says when it fails, in both languages."""
    rows = rulebook.of(tx).on(ListingCheck, market, tx.now.date()).rows
    return {row.check: row for row in rows}


def categories_by(tx: Tx, ids: Collection[CategoryId]) -> dict[CategoryId, Category]:
    """Categories by id, those that there are."""
    return store.categories_by(tx, ids)


def all_categories(tx: Tx) -> list[Category]:
    """The whole tree, each after its parent."""
    return store.all_categories(tx)


def category_count(tx: Tx) -> int:
    """How many categories there are: whoever keeps the tree in memory sees that it grew."""
    return store.category_count(tx)


def closed_categories(tx: Tx, shop_id: ShopId, ids: Collection[CategoryId]) -> set[CategoryId]:
    """Those of the categories in which a shop may not sell now."""
    grounds = Grounds.of(tx, [shop_id])
    ground = grounds.at(shop_id)
    if isinstance(ground, Problem):
        raise ground
    return {id for id in ids if grounds.closed(ground, id) is not None}
