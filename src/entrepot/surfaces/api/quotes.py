"""What a basket costs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import Request, Response
from pydantic import Field, StringConstraints, TypeAdapter

from entrepot.contexts import affiliates
from entrepot.contexts.catalog import ProductId, SkuId
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import Destination, Quote, QuotedLine, QuoteId
from entrepot.contexts.promotions import Unused
from entrepot.flows.quoting import QuoteWish
from entrepot.kernel.money import Currency

from . import hot
from .batches import Batches, QuoteAsk
from .routing import noun
from .views import NO_NUL, Asked, CountryCode, MoneyView, Slug, View, example

router = noun("/shop/quotes", tag="shop")

Postal = Annotated[str, StringConstraints(max_length=32, pattern=NO_NUL)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL)]
ADDRESS = {"country": "US", "region": "CA", "postal_code": "94016"}


class Item(Asked):
    sku_id: SkuId
    quantity: Annotated[int, Field(ge=1, le=100_000)]


class Address(Asked):
    """Where it goes, as far as a price depends on it."""

    country: CountryCode
    region: Postal = ""
    postal_code: Postal = ""

    def destination(self) -> Destination:
        """As orders know it."""
        return Destination(country=self.country, region=self.region, postal_code=self.postal_code)


class AskQuote(Asked):
    """A basket, its destination, and what may make it cheaper."""

    model_config = example(
        {
            "market": "us",
            "items": [{"sku_id": "144115188075855873", "quantity": 2}],
            "address": ADDRESS,
            "coupon_codes": ["WELCOME"],
        }
    )

    market: Slug
    items: Annotated[list[Item], Field(min_length=1, max_length=100)]
    address: Address
    coupon_codes: Annotated[tuple[Code, ...], Field(max_length=20)] = ()
    click: Annotated[str, StringConstraints(max_length=1_000)] | None = Field(
        None, description="The token that a click on a creator's link gave."
    )


class QuotedLineView(View):
    pos: int
    sku_id: SkuId
    product_id: ProductId
    title: str
    quantity: int
    unit_price: MoneyView
    list: MoneyView
    seller_discount: MoneyView
    platform_discount: MoneyView
    shipping: MoneyView
    tax: MoneyView
    payment: MoneyView


class QuotedOrderView(View):
    shop_id: ShopId
    total: MoneyView
    lines: list[QuotedLineView]


class InLanguages(View):
    """A sentence for people, in each language that surfaces speak."""

    en: str
    zh_cn: str = Field(serialization_alias="zh-CN")


class UnusedCodeView(View):
    """A code that makes nothing cheaper."""

    code: str
    why: Unused
    text: InLanguages


class QuoteView(View):
    """A price that holds until `expires_at`, for this basket and this destination."""

    quote_id: QuoteId
    market: str
    total: MoneyView
    orders: list[QuotedOrderView]
    unused_codes: list[UnusedCodeView]
    expires_at: datetime


WHY: Mapping[Unused, Mapping[str, str]] = {
    Unused.NOT_VALID: {
        "en": "This code is not valid for these goods now.",
        "zh-CN": "此优惠码目前不适用于这些商品。",
    },
    Unused.SIGN_IN: {
        "en": "Sign in to use this code.",
        "zh-CN": "请登录后使用此优惠码。",
    },
    Unused.USED_BEFORE: {
        "en": "You have used this code as often as it can be used.",
        "zh-CN": "您使用此优惠码的次数已达上限。",
    },
    Unused.NEW_CUSTOMERS_ONLY: {
        "en": "This code is for new customers only.",
        "zh-CN": "此优惠码仅限新客户使用。",
    },
    Unused.BELOW_MINIMUM: {
        "en": "The goods that this code is for do not reach its minimum.",
        "zh-CN": "适用商品未达到此优惠码的最低要求。",
    },
    Unused.ANOTHER_IS_BETTER: {
        "en": "Another offer takes its place.",
        "zh-CN": "已有其他优惠代替此优惠码。",
    },
}
ADAPTER = TypeAdapter(AskQuote)


@router.post(
    "",
    status_code=201,
    response_model=None,
    openapi_extra=hot.documented(AskQuote, QuoteView, 201),
)
async def quote(request: Request) -> Response:
    """Price a basket: discounts, shipping and tax, line by line."""
    body = await hot.parsed(request, ADAPTER)
    state = request.app.state
    click = None
    if body.click is not None:
        click = affiliates.read_click(state.click_key, body.click)
    wish = QuoteWish(
        market=body.market,
        items=tuple((item.sku_id, item.quantity) for item in body.items),
        destination=body.address.destination(),
        coupon_codes=body.coupon_codes,
        click=click,
    )
    batches: Batches = state.batches
    made = await batches.quotes.ask(QuoteAsk(state.door.visitor(request), wish))
    return hot.json(_shown(made), 201)


def _shown(made: Quote) -> dict[str, object]:
    currency = made.currency
    by_order: list[list[dict[str, object]]] = [[] for _ in made.orders]
    for line in made.lines:
        by_order[line.order].append(_line(line, currency))
    return {
        "quote_id": str(made.id),
        "market": made.market,
        "total": _money(made.total.minor, currency),
        "orders": [
            {
                "shop_id": str(int(order.shop_id)),
                "total": _money(order.total_minor, currency),
                "lines": lines,
            }
            for order, lines in zip(made.orders, by_order, strict=True)
        ],
        "unused_codes": [
            {"code": unused.code, "why": unused.why.value, "text": WHY[unused.why]}
            for unused in made.unused_codes
        ],
        "expires_at": made.expires_at,
    }


def _line(line: QuotedLine, currency: Currency) -> dict[str, object]:
    return {
        "pos": line.pos,
        "sku_id": str(int(line.sku_id)),
        "product_id": str(int(line.product_id)),
        "title": line.title,
        "quantity": line.quantity,
        "unit_price": _money(line.unit_price_minor, currency),
        "list": _money(line.list_minor, currency),
        "seller_discount": _money(line.seller_discount_minor, currency),
        "platform_discount": _money(line.platform_discount_minor, currency),
        "shipping": _money(line.shipping_minor, currency),
        "tax": _money(line.tax_minor, currency),
        "payment": _money(line.payment_minor, currency),
    }


def _money(minor: int, currency: Currency) -> dict[str, str]:
    return {"minor": str(minor), "currency": currency.value}
