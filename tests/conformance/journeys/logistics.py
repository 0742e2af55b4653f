"""Logistics: from where a parcel can leave, with whom, and what is told of it."""

from typing import Any

from tests.conformance.world import World


def choose_a_way_to_the_buyer(world: World) -> None:
    """A warehouse has options, an option carriers, and the shop a template."""
    client: Any = world.client.logistics
    warehouses = client.get_warehouse_list().data.warehouses
    everywhere = client.get_global_seller_warehouses().data.global_warehouses
    own = world.seller.location_id
    [option] = client.get_warehouse_delivery_options(warehouse_id=own).data.delivery_options
    carriers = client.get_shipping_providers(delivery_option_id=option.id).data
    [template] = client.get_shipping_template_availability().data.templates
    exists = client.check_shipping_template_existence(
        access_token=world.seller.access.token, biz_warehouse_id=int(own)
    )

    assert own in [one.id for one in warehouses]
    assert own in [one.id for one in everywhere]
    assert "USPS" in [one.name for one in carriers.shipping_providers]
    assert template.template_is_available
    assert exists.data.template_exist


def follow_a_parcel(world: World) -> None:
    """What the carrier tells of a parcel stands with the order."""
    goods = world.seller.goods()
    [id] = world.buyer.buys({goods.sku_id: 1})
    world.turn()
    world.on(hours=2)
    body = {"carrier": "usps", "tracking_number": f"9400{id:0>18}"}
    world.seller.owner.posts(f"/orders/{id}/shipments", body)
    [parcel] = world.seller.owner.gets(f"/orders/{id}")["parcels"]
    world.delivers(parcel["id"])
    client: Any = world.client.logistics

    [told] = client.get_logistics_tracking(order_id=id).data.logistics_details

    assert (told.carrier_name, told.newest_tracking_no) == ("USPS", body["tracking_number"])
    assert [event.action_code_name for event in told.track_list] == ["DELIVERED", "HANDED_OVER"]


JOURNEYS = [choose_a_way_to_the_buyer, follow_a_parcel]
