"""Orders: found, read, priced, and known by their names in other systems."""

from typing import Any

from tiktok_shop_api.generated import models
from tiktok_shop_api.generated.models import (
    AddExternalOrderReferencesRequestOrderExternalOrderPlatform as Asked,
)
from tiktok_shop_api.generated.models import GetExternalOrderReferencesPlatform as Read
from tiktok_shop_api.generated.models import (
    SearchOrdersByExternalOrderReferencePlatform as Sought,
)

from tests.conformance.world import World


def find_and_read_an_order(world: World) -> None:
    """What the search finds is what the detail shows; its units add up to what was paid."""
    goods = world.seller.goods(price_minor=3_333, shipping_minor=100)
    [id] = world.buyer.buys({goods.sku_id: 3})
    world.turn()
    world.on(hours=2)
    client: Any = world.client.orders

    body = models.GetOrderListRequest.from_dict({"order_status": "AWAITING_SHIPMENT"})
    listed = client.get_order_list(body=body, page_size=100).data.orders
    [order] = client.get_order_detail(ids=[id]).data.orders
    price = client.get_order_price_details(order_id=id).data

    assert id in [one.id for one in listed]
    assert len(order.line_items) == 3
    assert order.payment.total_amount == price.payment
    units = [int(item.payment.replace(".", "")) for item in price.line_items]
    assert sum(units) == int(price.payment.replace(".", ""))


def know_an_order_by_its_name(world: World) -> None:
    """An integrator's own name leads back to the order."""
    goods = world.seller.goods()
    [id] = world.buyer.buys({goods.sku_id: 1})
    client: Any = world.client.orders
    [order] = client.get_order_detail(ids=[id]).data.orders
    [item] = order.line_items
    external = {
        "id": f"S{id}",
        "platform": Asked.SHOPIFY,
        "line_items": [{"id": "1", "origin_id": item.id}],
    }
    body = {"orders": [{"id": id, "external_order": external}]}
    client.add_external_order_references(
        body=models.AddExternalOrderReferencesRequest.from_dict(body)
    )

    [kept] = client.get_external_order_references(
        order_id=id, platform=Read.SHOPIFY
    ).data.external_orders
    [found] = client.search_orders_by_external_order_reference(
        platform=Sought.SHOPIFY, external_order_id=f"S{id}"
    ).data.orders

    assert (kept.id, kept.line_items[0].origin_id) == (f"S{id}", item.id)
    assert found.id == id


JOURNEYS = [find_and_read_an_order, know_an_order_by_its_name]
