"""Promotion: a flash deal with a coupon on top, a discount that is worked on, cheaper shipping."""

from itertools import count
from typing import Any

from tiktok_shop_api.generated import models

from tests.conformance.world import Goods, World

NUMBERS = count(1)
HOUR, DAY = 3_600, 86_400


def sell_out_a_flash_deal(world: World) -> None:
    """Two units at the deal's price, the rest as listed; a coupon comes off what is left."""
    seller = world.seller
    goods = seller.goods(price_minor=10_000, shipping_minor=400)
    code = f"FLASH{next(NUMBERS)}"
    seller.owner.posts("/coupons", coupon(world, code))
    world.on(hours=2)
    begin = world.now_s() + HOUR
    id = launched(world, "FLASHSALE", "VARIATION", begin, begin + DAY)
    sku = terms(goods.sku_id, activity_price_amount="70.00") | {"quantity_limit": 2}
    put(world, id, terms(goods.product_id) | {"skus": [sku]})
    assert read(world, id).status == "NOT_START"

    world.on(hours=1)
    [order] = world.buyer.buys({goods.sku_id: 3}, coupon_codes=[code])
    orders: Any = world.client.orders
    price = orders.get_order_price_details(order_id=order).data

    # 2 × 70 and 1 × 100, less 10: of 300 the deal takes 60 and the coupon 10.
    assert (price.sku_list_price, price.sku_sale_price) == ("300.00", "230.00")
    assert price.subtotal_deduction_seller == "70.00"
    assert price.voucher_deduction_seller == "10.00"
    shown = read(world, id)
    assert shown.status == "ONGOING"
    assert shown.products[0].skus[0].used_quantity == 2
    [again] = world.buyer.buys({goods.sku_id: 1})
    assert orders.get_order_price_details(order_id=again).data.sku_sale_price == "100.00"
    assert [one.promo_code for one in coupons(world, code)] == [code]


def work_on_a_discount(world: World) -> None:
    """Goods come and go, the terms change; it is ended and offered once more."""
    one, two = world.seller.goods(), world.seller.goods()
    sdk: Any = world.client.promotion
    begin = world.now_s() + HOUR
    id = launched(world, "DIRECT_DISCOUNT", "PRODUCT", begin, begin + DAY)
    put(world, id, *(terms(goods.product_id, discount="12.5") for goods in (one, two)))
    gone = models.RemovePromotionActivityProductsRequest(product_ids=[two.product_id])
    sdk.remove_promotion_activity_products(activity_id=id, body=gone)
    title = f"Longer {id}"
    longer = {"title": title, "begin_time": begin, "end_time": begin + 2 * DAY}
    body = models.UpdatePromotionActivityRequest.from_dict(longer)
    assert sdk.update_promotion_activity(activity_id=id, body=body).data.title == title

    shown = read(world, id)

    assert [product.id for product in shown.products] == [one.product_id]
    assert (shown.products[0].discount, shown.end_time) == ("12.5", begin + 2 * DAY)
    assert found(world, title) == [id]
    assert sdk.deactivate_activity(activity_id=id).data.status == "DEACTIVATED"
    span = {"begin_time": begin + 5 * DAY, "end_time": begin + 6 * DAY}
    again = models.RepublishActivityRequest.from_dict(span)
    assert sdk.republish_activity(activity_id=id, body=again).data.activity_id == id
    world.on(days=5, hours=2)
    assert read(world, id).status == "ONGOING"
    assert charged(world, one) == ("87.50", "0.00")
    world.on(days=1)
    assert read(world, id).status == "EXPIRED"
    assert charged(world, one) == ("100.00", "0.00")


def reduce_shipping(world: World) -> None:
    """The whole shop ships for less until somebody ends that."""
    goods = world.seller.goods(shipping_minor=500)
    sdk: Any = world.client.promotion
    shipping = {
        "threshold_type": "MINIMAL_ORDER_AMOUNT",
        "threshold_value": "50.00",
        "type": "DISCOUNT_SHIPPING_FEE",
        "value": "3.00",
        "area_scope": {"type": "WHOLE"},
    }
    id = launched(
        world,
        "SHIPPING_DISCOUNT",
        "SHOP",
        0,
        0,
        duration_type="INDEFINITE",
        discount={"shipping_discount": shipping},
    )
    told = read(world, id).discount.shipping_discount
    assert (told.type_, told.value, told.threshold_value) == (shipping["type"], "3.00", "50.00")
    assert charged(world, goods) == ("100.00", "2.00")
    [order] = world.buyer.buys({goods.sku_id: 2})
    orders: Any = world.client.orders
    [shown] = orders.get_order_detail(ids=[order]).data.orders
    assert shown.payment.original_shipping_fee == "10.00"
    assert shown.payment.shipping_fee == "7.00"
    assert shown.payment.shipping_fee_seller_discount == "3.00"
    sdk.deactivate_activity(activity_id=id)
    assert charged(world, goods) == ("100.00", "5.00")


def coupon(world: World, code: str) -> dict[str, Any]:
    """Ten off, as the native API takes it."""
    shop = world.seller.shop
    return {
        "merchant_id": str(int(shop.merchant_id)),
        "shop_id": str(int(shop.id)),
        "market": shop.market,
        "layer": "seller_coupon",
        "title": f"Ten off {code}",
        "code": code,
        "amount_minor": 1_000,
        "starts_at": "2024-01-01T00:00:00Z",
        "ends_at": "2030-01-01T00:00:00Z",
    }


def coupons(world: World, code: str) -> list[Any]:
    """Those that the search finds by their title, as they are read one by one."""
    sdk: Any = world.client.promotion
    wanted = {"title_keyword": code, "status": ["ONGOING"], "display_type": ["PROMO_CODE"]}
    body = models.SearchCouponListRequest.from_dict(wanted)
    listed = sdk.search_coupon_list(body=body, page_size=10).data.coupons
    return [sdk.get_coupon(coupon_id=one.id).data.coupon for one in listed]


def launched(world: World, kind: str, level: str, begin: int, end: int, **more: Any) -> str:
    """A new activity."""
    sdk: Any = world.client.promotion
    said = {
        "title": f"{kind} {next(NUMBERS)}",
        "activity_type": kind,
        "product_level": level,
        "begin_time": begin,
        "end_time": end,
        **more,
    }
    body = models.CreatePromotionActivityRequest.from_dict(said)
    id: str = sdk.create_promotion_activity(body=body).data.activity_id
    return id


def terms(id: str, **more: Any) -> dict[str, Any]:
    """A product or a SKU without limits."""
    return {"id": id, "quantity_limit": -1, "quantity_per_user": -1, **more}


def put(world: World, id: str, *products: dict[str, Any]) -> None:
    """Goods into an activity."""
    sdk: Any = world.client.promotion
    body = models.UpdatePromotionActivityProductsRequest.from_dict(
        {"activity_id": id, "products": [*products]}
    )
    sdk.update_promotion_activity_products(activity_id=id, body=body)


def read(world: World, id: str) -> Any:
    """An activity as it is now."""
    sdk: Any = world.client.promotion
    return sdk.get_activity(activity_id=id).data


def found(world: World, title: str) -> list[str]:
    """The activities that the search finds."""
    sdk: Any = world.client.promotion
    body = models.SearchPromotionActivitiesRequest(activity_title=title, page_size=10)
    return [one.id for one in sdk.search_promotion_activities(body=body).data.activities]


def charged(world: World, goods: Goods) -> tuple[str, str]:
    """What one unit and its shipping cost a buyer now, after a while."""
    [order] = world.buyer.buys({goods.sku_id: 1})
    orders: Any = world.client.orders
    price = orders.get_order_price_details(order_id=order).data
    return price.sku_sale_price, price.shipping_sale_price


JOURNEYS = (sell_out_a_flash_deal, work_on_a_discount, reduce_shipping)
