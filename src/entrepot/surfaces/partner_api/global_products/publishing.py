"""Bringing products into further markets: global ones, and those that one market lists."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from entrepot.contexts import catalog, inventory, merchants
from entrepot.contexts.catalog import (
    Details,
    GlobalProduct,
    Listing,
    NewListing,
    NewPrice,
    Product,
    ProductId,
    SkuId,
)
from entrepot.contexts.merchants import Shop
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import BadInput, NotFound, Problem, only
from entrepot.rulebook import Market, Mode
from entrepot.rulebook import of as rules_of
from entrepot.surfaces.partner_api.codes import Code
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations, Scope
from entrepot.surfaces.partner_api.products.reading import (
    AmountSaid,
    AttributeSaid,
    CertificationSaid,
    ProductSaid,
    StockSaid,
)
from entrepot.surfaces.partner_api.products.stock import put_stock
from entrepot.surfaces.partner_api.products.words import listing_of
from entrepot.surfaces.partner_api.shapes import Body, Nothing, Number

from .said import Publishing, Target
from .showing import code_of
from .writing import found_global, told

operations = Operations()


class ReplicaSku(Body):
    source_sku_id: Number
    price: AmountSaid | None = None
    inventory: list[StockSaid] = Field(default_factory=list, max_length=100)


class ReplicaTarget(Body):
    region: Annotated[str, Field(min_length=2, max_length=2)]
    skus: list[ReplicaSku] = Field(default_factory=list, max_length=300)
    certifications: list[CertificationSaid] | None = Field(None, max_length=10)
    product_attributes: list[AttributeSaid] | None = Field(None, max_length=200)
    manufacturer_ids: list[str] | None = Field(None, max_length=20)
    responsible_person_ids: list[str] | None = Field(None, max_length=20)

    def said(self) -> ProductSaid:
        """What is different in that market."""
        return ProductSaid(
            certifications=self.certifications,
            product_attributes=self.product_attributes,
            manufacturer_ids=self.manufacturer_ids,
            responsible_person_ids=self.responsible_person_ids,
        )


class Replication(Body):
    replicate_target: list[ReplicaTarget] = Field(min_length=1, max_length=30)


@operations.post(
    "/product/202309/global_products/{global_product_id}/publish",
    scope=Scope.GLOBAL_PRODUCT_WRITE,
    body=Publishing,
    shop=False,
)
def publish_global_product(ask: Ask[Nothing, Publishing]) -> Data:
    """List a global product in markets and hand it in; what one refuses harms no other."""
    one, shops = found_global(ask), _shops(ask)
    wishes = {
        target.region.upper(): _wish(ask, one, target, shops) for target in ask.body.publish_target
    }
    outcomes = _listed(ask, wishes)
    for target in ask.body.publish_target:
        if isinstance(outcomes[target.region.upper()], Listing):
            stock = [(SkuId(one.related_global_sku_id), one.inventory) for one in target.skus]
            put_stock(ask, [(id, said) for id, said in stock if said is not None])
    return {
        "products": [
            _local(listing, one.product)
            for listing in outcomes.values()
            if isinstance(listing, Listing)
        ],
        "publish_result": [told(region, outcome) for region, outcome in outcomes.items()],
    }


@operations.get("/product/202507/global_listing_rules", scope=Scope.PRODUCT_READ)
def listing_rules(ask: Ask[Nothing, Nothing]) -> Data:
    """Both ways lead to further markets; what lies in a warehouse is for all it ships to."""
    shops = [shop for shop in merchants.page(ask.tx) if shop.sells]
    crossing = any(shop.seller_type is merchants.SellerType.CROSS_BORDER for shop in shops)
    used = inventory.used_by(ask.tx, ask.seller)
    market = ask.shop.market
    places = [
        place
        for place in inventory.places(ask.tx)
        if (place.keeper_id == ask.seller or place.id in used) and _ships(place, market)
    ]
    own = {shop.market for shop in shops} - {market}
    return {
        "listing_methods": [*(["GLOBAL_PUBLISHING"] if crossing else []), "LOCAL_REPLICATION"],
        "inventory_rules": [
            {
                "local_warehouse_id": str(int(place.id)),
                "allocation_mode": "SHARED",
                "associated_warehouses": [
                    {"warehouse_id": str(int(place.id)), "region": other.upper()}
                    for other in sorted(own)
                    if _ships(place, other)
                ],
            }
            for place in places
        ],
    }


@operations.post(
    "/product/202507/products/{product_id}/global_replicate",
    scope=Scope.PRODUCT_WRITE,
    body=Replication,
)
def replicate_product(ask: Ask[Nothing, Replication]) -> Data:
    """List a product of this shop in other markets as well; errors tell what was not done."""
    source = listing_of(ask, ask.id("product_id", ProductId))
    product, shops = only(catalog.products(ask.tx, [source.product_id])), _shops(ask)
    wishes: dict[str, NewListing | Problem] = {}
    for target in ask.body.replicate_target:
        shop = shops.get(target.region.lower())
        prices = [(one.source_sku_id, one.price) for one in target.skus]
        wishes[target.region.upper()] = _listing_wish(
            ask, product, shop or target.region, prices, target.said().details(_copied(source))
        )
    named = {
        region: replace(wish, title=source.content.title, description=source.content.description)
        if isinstance(wish, NewListing)
        else wish
        for region, wish in wishes.items()
    }
    outcomes = _listed(ask, named)
    for target in ask.body.replicate_target:
        if isinstance(outcomes[target.region.upper()], Listing):
            stock = [
                (SkuId(one.source_sku_id), said) for one in target.skus for said in one.inventory
            ]
            put_stock(ask, stock)
    made = [one for one in outcomes.values() if isinstance(one, Listing)]
    catalog.tell_replicas(ask.tx, source, made)
    return {
        "errors": [
            {
                "code": int(Code.CONFLICT),
                "message": f"{no.title}. {no}",
                "detail": {"region": region},
            }
            for region, no in outcomes.items()
            if isinstance(no, Problem)
        ]
    }


@operations.get(
    "/product/202507/products/{product_id}/replicated_products", scope=Scope.PRODUCT_READ
)
def list_replicas(ask: Ask[Nothing, Nothing]) -> Data:
    """The same product in other markets."""
    source = listing_of(ask, ask.id("product_id", ProductId))
    everywhere = catalog.listings_everywhere(ask.tx, [source.product_id])
    return {
        "replicated_products": [
            {
                "region": one.market.upper(),
                "shop_id": str(int(one.shop_id)),
                "product_id": str(one.product_id),
                "product_status": one.state.name,
            }
            for one in everywhere
            if one.id != source.id
        ]
    }


def _ships(place: inventory.Location, market: str) -> bool:
    return place.markets is None or market in place.markets


def _shops(ask: Ask[Any, Any]) -> dict[str, Shop]:
    """The merchant's shop of each market: the first that sells."""
    found: dict[str, Shop] = {}
    for shop in merchants.page(ask.tx):
        if shop.sells and shop.merchant_id == ask.seller:
            found.setdefault(shop.market, shop)
    return found


def _wish(
    ask: Ask[Any, Any], one: GlobalProduct, target: Target, shops: Mapping[str, Shop]
) -> NewListing | Problem:
    parties = ProductSaid(
        manufacturer_ids=target.manufacturer_ids,
        responsible_person_ids=target.responsible_person_ids,
    )
    prices = [(said.related_global_sku_id, said.price) for said in target.skus]
    shop = shops.get(target.region.lower())
    wish = _listing_wish(ask, one.product, shop or target.region, prices, one.details)
    if isinstance(wish, Problem) or shop is None:
        return wish
    unsaid = [SkuId(id) for id, price in prices if price is None]
    filled = _global_prices(ask, one, shop, unsaid)
    return replace(wish, prices=(*wish.prices, *filled), details=parties.details(wish.details))


def _global_prices(
    ask: Ask[Any, Any], one: GlobalProduct, shop: Shop, ids: Sequence[SkuId]
) -> list[NewPrice]:
    """What goods cost globally, where the merchant prices them and the currency is the same."""
    flags = rules_of(ask.tx).on(Mode, shop.market, ask.tx.now.date()).row({"mode": shop.mode})
    if flags.retail_price_setter != "merchant":
        return []
    currency = _currency(ask, shop)
    return [
        NewPrice(sku_id=id, price_minor=one.prices[id].price_minor)
        for id in ids
        if id in one.prices and one.prices[id].currency is currency
    ]


def _listing_wish(
    ask: Ask[Any, Any],
    product: Product,
    shop: Shop | str,
    prices: Sequence[tuple[int, AmountSaid | None]],
    details: Details,
) -> NewListing | Problem:
    """A wish to list a product in a shop, or why there can be none."""
    if isinstance(shop, str):
        return NotFound("shop in", shop.upper())
    known = {int(sku.id) for sku in product.skus}
    wrong = next((id for id, _ in prices if id not in known), None)
    if wrong is not None:
        return NotFound("SKU", wrong)
    if len({id for id, _ in prices}) < len(prices):
        return BadInput("skus", "each SKU once")
    currency = _currency(ask, shop)
    return NewListing(
        product_id=product.id,
        shop_id=shop.id,
        prices=tuple(
            NewPrice(sku_id=SkuId(id), price_minor=said.minor(currency, "skus.price"))
            for id, said in prices
            if said is not None
        ),
        details=details,
    )


def _listed(
    ask: Ask[Any, Any], wishes: Mapping[str, NewListing | Problem]
) -> dict[str, Listing | Problem]:
    """Drafts, handed in at once."""
    asked = [wish for wish in wishes.values() if isinstance(wish, NewListing)]
    made = iter(catalog.list_products(ask.tx, asked))
    drafts = {
        region: wish if isinstance(wish, Problem) else next(made) for region, wish in wishes.items()
    }
    ids = [draft.id for draft in drafts.values() if isinstance(draft, Listing)]
    submitted = iter(catalog.submit(ask.tx, ids))
    return {
        region: draft if isinstance(draft, Problem) else next(submitted)
        for region, draft in drafts.items()
    }


def _copied(source: Listing) -> Details:
    """What the source says, save what holds in its market alone."""
    return replace(source.content.details, shipping_template_id="", is_cod_allowed=False)


def _currency(ask: Ask[Any, Any], shop: Shop) -> Currency:
    return rules_of(ask.tx).on(Market, shop.market, ask.tx.now.date()).row({}).currency


def _local(listing: Listing, product: Product) -> Data:
    return {
        "region": listing.market.upper(),
        "shop_id": str(int(listing.shop_id)),
        "id": str(product.id),
        "skus": [
            {
                "related_global_sku_id": str(sku.id),
                "id": str(sku.id),
                "seller_sku": code_of(sku),
                "sale_attributes": [
                    {"id": one.id, "value_id": one.value.id} for one in sku.details.sales_attributes
                ],
            }
            for sku in product.skus
        ],
    }
