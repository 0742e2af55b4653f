"""Products, listings, prices and stock, for merchants and buyers of the platform."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field, StringConstraints

from entrepot.contexts import catalog, inventory, merchants
from entrepot.contexts.catalog import (
    CategoryId,
    ListingId,
    NewListing,
    NewPrice,
    NewProduct,
    NewSku,
    ProductId,
    SkuId,
    Verb,
)
from entrepot.contexts.inventory import LocationId, Position, PositionId
from entrepot.contexts.merchants import ShopId
from entrepot.flows import adjusting
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.problems import Forbidden, NotFound, only
from entrepot.kernel.tx import Tx

from .calls import ThisCall
from .problems import refusals
from .routing import noun
from .views import (
    NO_NUL,
    Amount,
    Asked,
    LongText,
    MoneyView,
    Page,
    Paging,
    Slug,
    Text,
    View,
    after_id,
    cursor_id,
    example,
    page,
)

router = noun(tag="products")

Category = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[1-9][0-9]{0,3}){0,8}$")]
Option = Annotated[str, StringConstraints(max_length=100, pattern=NO_NUL)]
Reasons = Annotated[tuple[Text, ...], Field(max_length=20)]


class AskSku(Asked):
    code: Text
    options: Annotated[dict[Option, Option], Field(max_length=10)] = Field(default_factory=dict)


class AskProduct(Asked):
    model_config = example(
        {
            "merchant_id": "144115188075855873",
            "category_id": "aa-1",
            "title": "Linen shirt",
            "skus": [{"code": "LS-M", "options": {"size": "M"}}],
        }
    )

    merchant_id: OrganisationId
    category_id: Category
    title: Text
    description: LongText = ""
    skus: Annotated[list[AskSku], Field(min_length=1, max_length=100)]


class AskPrice(Asked):
    sku_id: SkuId
    price_minor: Amount
    shipping_minor: Amount = 0


class AskListing(Asked):
    model_config = example({"shop_id": "144115188075855875", "prices": []})

    shop_id: ShopId
    title: Text | None = None
    prices: Annotated[tuple[AskPrice, ...], Field(max_length=100)] = ()


class AskMove(Asked):
    model_config = example({"verb": "submit"})

    verb: Verb
    reasons: Reasons = ()


class AskNewPrice(AskPrice):
    """A price from now on, by whom the mode lets set it."""

    model_config = example({"market": "us", "sku_id": "144115188075855873", "price_minor": 10000})

    market: Slug


class SkuView(View):
    id: SkuId
    code: str
    options: dict[str, str]


class ProductView(View):
    id: ProductId
    merchant_id: OrganisationId
    category_id: str
    title: str
    description: str
    skus: list[SkuView]
    created_at: datetime


class ContentView(View):
    category_id: str
    title: str
    description: str


class ListingView(View):
    id: ListingId
    product_id: ProductId
    shop_id: ShopId
    merchant_id: OrganisationId
    market: str
    state: catalog.State
    content: ContentView
    live_at: datetime | None


class PriceView(View):
    """A price, and the rule that let this side set it."""

    sku_id: SkuId
    market: str
    version: int
    price: MoneyView
    shipping: MoneyView
    from_at: datetime
    rule: str


class PositionView(View):
    id: PositionId
    sku_id: SkuId
    location_id: LocationId
    owner_id: Id
    on_hand: int
    reserved: int
    free: int


class AskAdjustment(Asked):
    model_config = example({"change": -1, "reason": "damaged"})

    change: Annotated[int, Field(ge=-(10**9), le=10**9)]
    reason: inventory.Reason
    unit_cost_minor: Amount | None = None


@router.get("/products")
def list_own_products(ask: Annotated[Paging, Query()], call: ThisCall) -> Page[ProductView]:
    """The products of one's merchants, by id."""
    after = after_id(ask.after, ProductId)
    rows = call.signed_in(lambda tx: catalog.products_after(tx, after, ask.limit))
    return page(rows, ask.limit, ProductView.model_validate, lambda row: cursor_id(row.id))


@router.post("/products", status_code=201, responses=refusals(Forbidden, NotFound))
def create_product(body: AskProduct, call: ThisCall) -> ProductView:
    """Create a product with its SKUs; it is sold nowhere until it is listed."""
    wish = NewProduct(
        merchant_id=body.merchant_id,
        category_id=CategoryId(body.category_id),
        title=body.title,
        description=body.description,
        skus=tuple(NewSku(code=sku.code, options=sku.options) for sku in body.skus),
    )
    return call.once(ProductId, lambda tx: only(catalog.create(tx, [wish])).id, _product)


@router.get("/products/{product_id}", responses=refusals(NotFound))
def read_product(product_id: ProductId, call: ThisCall) -> ProductView:
    """One product."""
    return call.signed_in(lambda tx: _product(tx, product_id))


@router.post(
    "/products/{product_id}/listings",
    status_code=201,
    responses=refusals(Forbidden, NotFound, catalog.AlreadyListed),
)
def list_product(product_id: ProductId, body: AskListing, call: ThisCall) -> ListingView:
    """Offer a product in a shop, as a draft."""
    wish = NewListing(
        product_id=product_id,
        shop_id=body.shop_id,
        title=body.title,
        prices=tuple(NewPrice(**price.model_dump()) for price in body.prices),
    )
    return call.once(ListingId, lambda tx: only(catalog.list_products(tx, [wish])).id, _listing)


@router.get("/listings")
def list_listings(ask: Annotated[Paging, Query()], call: ThisCall) -> Page[ListingView]:
    """Listings of one's shops, by id."""
    after = after_id(ask.after, ListingId)
    rows = call.signed_in(
        lambda tx: catalog.listings(tx, catalog.ListingFilters(), after, ask.limit)
    )
    return page(rows, ask.limit, ListingView.model_validate, lambda row: cursor_id(row.id))


@router.post("/listings/{listing_id}/moves", status_code=201, responses=refusals(NotFound))
def move_listing(listing_id: ListingId, body: AskMove, call: ThisCall) -> ListingView:
    """Submit, approve, freeze … a listing."""
    wish = catalog.Move(listing_id=listing_id, verb=body.verb, reasons=body.reasons)
    return call.once(ListingId, lambda tx: only(catalog.move(tx, [wish])).id, _listing)


@router.post("/prices", status_code=201, responses=refusals(merchants.NotYourDecision, NotFound))
def set_price(body: AskNewPrice, call: ThisCall) -> PriceView:
    """Set the retail price of a SKU in a market from now on."""
    wish = catalog.PriceChange(**body.model_dump())

    def set_(tx: Tx) -> SkuId:
        return only(catalog.set_prices(tx, [wish])).sku_id

    return call.once(SkuId, set_, lambda tx, sku_id: _price(tx, body.market, sku_id))


@router.get("/stock")
def list_stock(ask: Annotated[Paging, Query()], call: ThisCall) -> Page[PositionView]:
    """What lies where, by position."""
    after = after_id(ask.after, PositionId)
    rows = call.signed_in(lambda tx: inventory.page(tx, after, ask.limit))
    return page(rows, ask.limit, PositionView.model_validate, lambda row: cursor_id(row.id))


@router.post(
    "/stock/{position_id}/adjustments", status_code=201, responses=refusals(NotFound, Forbidden)
)
def adjust_stock(position_id: PositionId, body: AskAdjustment, call: ThisCall) -> PositionView:
    """Correct a count, for a reason; what the platform bought out is written off at its cost."""
    wish = inventory.Adjustment(position_id=position_id, **body.model_dump())
    return call.once(
        PositionId, lambda tx: only(adjusting.adjust(tx, [wish])).position_id, _position
    )


def _product(tx: Tx, id: ProductId) -> ProductView:
    return ProductView.model_validate(only(catalog.products(tx, [id])))


def _listing(tx: Tx, id: ListingId) -> ListingView:
    return ListingView.model_validate(only(catalog.by_ids(tx, [id])))


def _price(tx: Tx, market: str, sku_id: SkuId) -> PriceView:
    [price] = catalog.price_history(tx, market, sku_id, limit=1)
    return PriceView(
        sku_id=sku_id,
        market=market,
        version=price.version,
        price=MoneyView.of(price.price_minor, price.currency),
        shipping=MoneyView.of(price.shipping_minor, price.currency),
        from_at=price.from_at,
        rule=price.rule,
    )


def _position(tx: Tx, id: PositionId) -> PositionView:
    return PositionView.model_validate(_position_of(tx, id))


def _position_of(tx: Tx, id: PositionId) -> Position:
    for position in inventory.page(tx, PositionId(int(id) - 1), 1):
        if position.id == id:
            return position
    raise NotFound("position", id)
