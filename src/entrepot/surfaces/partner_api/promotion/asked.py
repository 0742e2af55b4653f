"""What requests about activities say, and what that means here."""

import re
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator

from entrepot.contexts.promotions import ItemWish, Kind, Level, Shipping
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency
from entrepot.surfaces.partner_api.codes import Code, Refused, invalid
from entrepot.surfaces.partner_api.money import minor
from entrepot.surfaces.partner_api.shapes import Body, Number, Seconds, Text

from . import words

MOST = 300
PERCENT = re.compile(r"\d{1,2}(\.\d{1,2})?", re.ASCII)


OfferedWord = Literal["NOT_START", "ONGOING", "EXPIRED", "DEACTIVATED"]
DisplayWord = Literal["REGULAR", "LIVE", "CREATOR_EXCLUSIVE", "CHAT", "PROMO_CODE"]


def _many(value: Any) -> int:
    if isinstance(value, int | str) and re.fullmatch(r"-1|[1-9]\d?", str(value), re.ASCII):
        return int(value)
    raise ValueError("1 to 99, or -1 for no limit")


Many = Annotated[int, PlainValidator(_many)]


class Area(Body):
    type: str = "WHOLE"


class ShippingDiscount(Body):
    threshold_type: Literal["NO_THRESHOLD", "MINIMAL_ITEM_QUANTITY", "MINIMAL_ORDER_AMOUNT"]
    type: Literal["FREE_SHIPPING", "DISCOUNT_SHIPPING_FEE"]
    area_scope: Area = Area()
    threshold_value: str = ""
    value: str = ""
    shipping_method: Literal["STANDARD_SHIPPING", "ALL_SHIPPING_METHOD"] = "STANDARD_SHIPPING"
    inventory_type: Literal["SELF_FULFILLED", "ALL"] = "SELF_FULFILLED"


class Discount(Body):
    shipping_discount: ShippingDiscount | None = None


class Participation(Body):
    type: Literal["BUYER_NO_LIMIT", "BUYER_LIMIT_ONLY_ONE"] = "BUYER_NO_LIMIT"


class Target(Body):
    user_type: str = "ALL_USER"


class Terms(Body):
    """What creating and updating have in common."""

    title: Annotated[str, Field(max_length=255)]
    begin_time: Seconds = 0
    end_time: Seconds = 0
    duration_type: Literal["NORMAL", "INDEFINITE"] = "NORMAL"
    participation_limit: Annotated[list[Participation], Field(max_length=1, default_factory=list)]
    discount: Discount = Discount()
    target_user_info: Target = Target()

    @property
    def once(self) -> bool:
        """Whether each buyer has it in one order only."""
        return any(one.type == words.ONCE for one in self.participation_limit)

    def shipping(self, currency: Currency) -> Shipping | None:
        """What is off shipping, if anything is said of it."""
        if self.target_user_info.user_type != "ALL_USER":
            kind = self.target_user_info.user_type
            raise Refused(Code.NOT_SUPPORTED, f"Not supported here. user_type: {kind}")
        said = self.discount.shipping_discount
        return None if said is None else _shipping(said, currency)


class Create(Terms):
    activity_type: Text
    product_level: Text


class Update(Terms):
    product_level: Text | None = None


class Sku(Body):
    id: Number
    quantity_limit: Many
    quantity_per_user: Many
    activity_price_amount: str | None = None
    discount: str | None = None


class Product(Sku):
    skus: Annotated[list[Sku], Field(max_length=MOST, default_factory=list)]


class Put(Body):
    """Ids of benefit and excluded products belong to kinds of activities that are not given."""

    products: Annotated[list[Product], Field(max_length=MOST, default_factory=list)]

    def wishes(self, level: Level, kind: Kind, currency: Currency) -> list[ItemWish]:
        """The goods as activities take them."""
        if level is not Level.VARIATION:
            return [_wish(one, Id(one.id), None, kind, currency) for one in self.products]
        empty = next((one for one in self.products if not one.skus), None)
        if empty is not None:
            raise invalid("products.skus", "at least one SKU of each product")
        return [
            _wish(sku, Id(one.id), Id(sku.id), kind, currency)
            for one in self.products
            for sku in one.skus
        ]


class Remove(Body):
    product_ids: Annotated[list[Number], Field(max_length=MOST, default_factory=list)]
    sku_ids: Annotated[list[Number], Field(max_length=MOST, default_factory=list)]


class Republish(Body):
    begin_time: Seconds | None = None
    end_time: Seconds | None = None


class SearchActivities(Body):
    status: OfferedWord | None = None
    activity_title: Annotated[str, Field(max_length=255)] = ""
    activity_type: str | None = None
    page_size: Annotated[int, Field(ge=0, le=100)] = 0
    page_token: Annotated[str, Field(max_length=500)] = ""


class SearchCoupons(Body):
    status: Annotated[list[OfferedWord], Field(default_factory=list)]
    title_keyword: Annotated[str, Field(max_length=100)] = ""
    display_type: Annotated[list[DisplayWord], Field(default_factory=list)]


def _wish(said: Sku, product: Id, sku: Id | None, kind: Kind, currency: Currency) -> ItemWish:
    price, off = said.activity_price_amount or None, said.discount or None
    return ItemWish(
        product_id=product,
        sku_id=sku,
        rate_bp=None if off is None or kind is Kind.SHIPPING_DISCOUNT else _rate(off),
        price_minor=None if price is None else minor(price, currency, "activity_price_amount"),
        units=_limit(said.quantity_limit),
        units_per_buyer=_limit(said.quantity_per_user),
    )


def _limit(said: int) -> int | None:
    return None if said == words.NO_LIMIT else said


def _rate(said: str) -> int:
    if PERCENT.fullmatch(said.strip()) is None:
        raise invalid("discount", "a percentage such as 10")
    whole, _, rest = said.strip().partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0") or 0)


def _shipping(said: ShippingDiscount, currency: Currency) -> Shipping:
    if said.area_scope.type != "WHOLE":
        raise Refused(Code.NOT_SUPPORTED, "Not supported here. area_scope: only WHOLE")
    off = None
    if said.type == words.REDUCED:
        off = minor(said.value, currency, "discount.shipping_discount.value")
    units = spend = 0
    if said.threshold_type == words.BY_UNITS:
        units = _whole(said.threshold_value)
    elif said.threshold_type == words.BY_AMOUNT:
        spend = minor(said.threshold_value, currency, "threshold_value")
    return Shipping(off_minor=off, min_units=units, min_spend_minor=spend)


def _whole(said: str) -> int:
    if re.fullmatch(r"[1-9]\d{0,4}", said.strip(), re.ASCII) is None:
        raise invalid("threshold_value", "a whole number")
    return int(said)
