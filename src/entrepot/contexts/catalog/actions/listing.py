"""Offering products in shops."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from entrepot.contexts import merchants
from entrepot.contexts.catalog import access, store
from entrepot.contexts.catalog.access import Permission
from entrepot.contexts.catalog.events import ListingMade
from entrepot.contexts.catalog.lifecycle import LISTING
from entrepot.contexts.catalog.model import (
    Content,
    Listing,
    ListingId,
    NewListing,
    Price,
    Product,
    ProductId,
)
from entrepot.contexts.catalog.problems import AlreadyListed, TooManyListings
from entrepot.contexts.catalog.responsibility import Ground, Grounds, refused
from entrepot.contexts.catalog.saying import bad_details
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import BadInput, NotFound, Problem
from entrepot.kernel.tx import Tx

from .price import bad_price, price_of


@dataclass(frozen=True, slots=True)
class _Planned:
    """A wish that nothing speaks against."""

    wish: NewListing
    product: Product
    ground: Ground


def list_products(tx: Tx, wishes: Sequence[NewListing]) -> list[Listing | Problem]:
    """Make drafts of listings, priced if the wish has prices. One outcome for each wish.

    Refused where the market is not open for the shop's mode, where the category takes a permission
    that the shop does not have, above the cap of its stage, and to the side that does not decide.
    """
    products = access.products_to_list(tx, {wish.product_id for wish in wishes})
    grounds = Grounds.of(tx, {wish.shop_id for wish in wishes})
    plans = [_planned(tx, wish, products, grounds) for wish in wishes]
    plans = _capped(tx, plans)
    ids = iter(new_ids(tx.sql, ListingId, sum(isinstance(plan, _Planned) for plan in plans)))
    drafts = [
        plan if isinstance(plan, Problem) else (plan, _draft(tx, next(ids), plan)) for plan in plans
    ]
    fresh = [each for each in drafts if not isinstance(each, Problem)]
    added = store.add_listings(tx, [draft for _, draft in fresh])
    priced = [(plan, draft) for plan, draft in fresh if draft.id in added]
    store.add_prices(tx, [price for plan, draft in priced for price in _prices(tx, plan, draft)])
    emit(tx, [ListingMade.of(draft, tx.now) for _, draft in priced])
    return [each if isinstance(each, Problem) else _outcome(each[1], added) for each in drafts]


def _planned(
    tx: Tx, wish: NewListing, products: Mapping[ProductId, Product], grounds: Grounds
) -> _Planned | Problem:
    product = products.get(wish.product_id)
    if product is None:
        return NotFound("product", wish.product_id)
    shop = grounds.shops.get(wish.shop_id)
    if shop is None or shop.merchant_id != product.merchant_id:
        return NotFound("shop", wish.shop_id)
    ground = grounds.at(wish.shop_id)
    if isinstance(ground, Problem):
        return ground
    no = (
        refused(tx, ground, Permission.EDIT, product.merchant_id)
        or grounds.closed(ground, product.category_id)
        or _bad_prices(tx, wish, product, ground)
        or bad_details(tx, product.merchant_id, wish.details)
    )
    return no or _Planned(wish, product, ground)


def _bad_prices(tx: Tx, wish: NewListing, product: Product, ground: Ground) -> Problem | None:
    if wish.title is not None and not wish.title.strip():
        return BadInput("title", "give the listing a title, or none to take the product's")
    if not wish.prices:
        return None
    given = Counter(price.sku_id for price in wish.prices)
    if not given.keys() <= {sku.id for sku in product.skus} or max(given.values()) > 1:
        return BadInput("prices.sku_id", "one price for each SKU of this product")
    bad = (bad_price(price.price_minor, price.shipping_minor) for price in wish.prices)
    return refused(tx, ground, Permission.PRICE, product.merchant_id) or next(
        filter(None, bad), None
    )


def _capped(tx: Tx, plans: Sequence[_Planned | Problem]) -> list[_Planned | Problem]:
    """Refuse what goes beyond the cap of a shop's stage, in the order of the wishes."""
    shop_ids = {plan.ground.shop.id for plan in plans if isinstance(plan, _Planned)}
    caps = _caps(tx, shop_ids)
    if not caps:
        return [*plans]
    store.lock_listing_counts(tx, caps.keys())
    counts = Counter(store.listings_of_shops(tx, caps.keys()))
    outcomes: list[_Planned | Problem] = []
    for plan in plans:
        if isinstance(plan, _Planned) and plan.ground.shop.id in caps:
            cap = caps[plan.ground.shop.id]
            full = counts[plan.ground.shop.id] >= cap
            counts[plan.ground.shop.id] += not full
            outcomes.append(TooManyListings(cap) if full else plan)
        else:
            outcomes.append(plan)
    return outcomes


def _caps(tx: Tx, shop_ids: set[ShopId]) -> dict[ShopId, int]:
    caps = merchants.listing_caps(tx, sorted(shop_ids))
    return {id: cap for id, cap in caps.items() if cap is not None}


def _draft(tx: Tx, id: ListingId, plan: _Planned) -> Listing:
    wish, product = plan.wish, plan.product
    description = product.description if wish.description is None else wish.description
    return Listing(
        id=id,
        product_id=product.id,
        shop_id=plan.ground.shop.id,
        merchant_id=product.merchant_id,
        market=plan.ground.shop.market,
        content=Content(
            category_id=product.category_id,
            title=product.title if wish.title is None else wish.title,
            description=description,
            details=wish.details,
        ),
        state=LISTING.initial,
        listed_at=tx.now,
        live_at=None,
        deleted_at=None,
        updated_at=tx.now,
    )


def _prices(tx: Tx, plan: _Planned, draft: Listing) -> list[tuple[ListingId, Price]]:
    return [(draft.id, price_of(tx, plan.ground, price)) for price in plan.wish.prices]


def _outcome(draft: Listing, added: set[ListingId]) -> Listing | Problem:
    return draft if draft.id in added else AlreadyListed(draft.product_id, draft.market)
