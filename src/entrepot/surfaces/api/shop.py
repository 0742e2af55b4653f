"""What shoppers look at: products on sale, and clicks on creators' links."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Request
from pydantic import StringConstraints

from entrepot.contexts import affiliates, catalog, inventory
from entrepot.contexts.affiliates import PlanId
from entrepot.contexts.catalog import (
    Card,
    CategoryId,
    Cursor,
    Detail,
    Filters,
    ListingId,
    ProductId,
    SkuId,
)
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import NotFound, only
from entrepot.kernel.tx import Tx

from .calls import ThisCall
from .problems import refusals
from .routing import noun
from .views import (
    NO_NUL,
    After,
    Amount,
    Asked,
    Limit,
    MoneyView,
    Page,
    Slug,
    Text,
    View,
    after_time,
    cursor_at,
    example,
    page,
)

router = noun("/shop", tag="shop")

Market = Annotated[str, Query(pattern=r"^[a-z0-9_-]{1,32}$", examples=["us"])]


class Wanted(Asked):
    """How a shopper narrows the list down."""

    market: Slug
    category_id: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[1-9][0-9]*)*$")] | None = (
        None
    )
    shop_id: ShopId | None = None
    q: Annotated[str, StringConstraints(max_length=100, pattern=NO_NUL)] | None = None
    min_minor: Amount | None = None
    max_minor: Amount | None = None
    after: After = None
    limit: Limit = 50

    def filters(self) -> Filters:
        """As the catalog knows them."""
        return Filters(
            category_id=None if self.category_id is None else CategoryId(self.category_id),
            shop_id=self.shop_id,
            text=self.q,
            min_minor=self.min_minor,
            max_minor=self.max_minor,
        )


class CardView(View):
    product_id: ProductId
    shop_id: ShopId
    category_id: str
    title: str
    price_from: MoneyView


class VariantView(View):
    sku_id: SkuId
    options: dict[str, str]
    price: MoneyView
    shipping: MoneyView
    lowest_in_30_days: MoneyView | None
    available: int


class ProductView(View):
    """A product that is on sale, with all that a shopper chooses from."""

    product_id: ProductId
    listing_id: ListingId
    shop_id: ShopId
    category_id: str
    title: str
    description: str
    variants: list[VariantView]


class AskClick(Asked):
    model_config = example(
        {
            "content": "video-1",
            "creator_id": "144115188075855873",
            "product_id": "144115188075855874",
            "shop_id": "144115188075855875",
        }
    )

    content: Text
    creator_id: OrganisationId
    product_id: ProductId
    shop_id: ShopId


class ClickView(View):
    """Hand `click` in with the quote; what it brings the creator is our tables' to say."""

    click: str
    plan_id: PlanId
    at: datetime


@router.get("/products")
def list_products(ask: Annotated[Wanted, Query()], call: ThisCall) -> Page[CardView]:
    """What is on sale in a market, the newest first."""
    start = after_time(ask.after, ListingId)
    cursor = None if start is None else Cursor(live_at=start[0], listing_id=start[1])
    rows = call.run(lambda tx: catalog.page(tx, ask.market, ask.filters(), cursor, ask.limit))
    return page(rows, ask.limit, _card, lambda row: cursor_at(row.live_at, row.listing_id))


@router.get("/products/{product_id}", responses=refusals(NotFound))
def see_product(product_id: ProductId, market: Market, call: ThisCall) -> ProductView:
    """One product with its variants, prices and what is left of them."""

    def show(tx: Tx) -> ProductView:
        found = only([catalog.detail(tx, market, product_id)])
        skus = [variant.sku.id for variant in found.variants]
        return _product(found, inventory.available(tx, skus, market=market))

    return call.run(show)


@router.post("/clicks", status_code=201, responses=refusals(affiliates.NoPlan))
def click(body: AskClick, request: Request, call: ThisCall) -> ClickView:
    """Follow a creator's link: a token that the shopper's browser keeps."""
    wish = affiliates.NewClick(**body.model_dump())
    made = call.run(lambda tx: only(affiliates.click(tx, [wish])))
    token = affiliates.sign_click(request.app.state.click_key, made)
    return ClickView(click=token, plan_id=made.plan_id, at=made.at)


def _card(card: Card) -> CardView:
    return CardView(
        product_id=card.product_id,
        shop_id=card.shop_id,
        category_id=card.category_id,
        title=card.title,
        price_from=MoneyView.of(card.from_minor, card.currency),
    )


def _product(found: Detail, available: dict[SkuId, int]) -> ProductView:
    listing, currency = found.listing, found.currency
    return ProductView(
        product_id=listing.product_id,
        listing_id=listing.id,
        shop_id=listing.shop_id,
        category_id=listing.content.category_id,
        title=listing.content.title,
        description=listing.content.description,
        variants=[
            VariantView(
                sku_id=variant.sku.id,
                options=dict(variant.sku.options),
                price=MoneyView.of(variant.price_minor, currency),
                shipping=MoneyView.of(variant.shipping_minor, currency),
                lowest_in_30_days=None
                if variant.lowest_minor is None
                else MoneyView.of(variant.lowest_minor, currency),
                available=available[variant.sku.id],
            )
            for variant in found.variants
        ],
    )
