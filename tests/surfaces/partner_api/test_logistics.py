"""Logistics through the SDK: warehouses, options, carriers, templates, tracking."""

from typing import Any

import pytest
from tiktok_shop_api.errors import TikTokShopError
from tiktok_shop_api.generated.models import GetShippingTemplateAvailabilityRequest

from tests.living import Life
from tests.surfaces.partner_api.conftest import Partner

BY_SELLER = "840904"


def test_a_shop_sees_the_warehouses_of_its_goods(partner: Partner, sdk: Any) -> None:
    partner.other_seller()
    [warehouse] = sdk.logistics.get_warehouse_list().data.warehouses
    [everywhere] = sdk.logistics.get_global_seller_warehouses().data.global_warehouses

    assert warehouse.id == everywhere.id == str(int(partner.of.location.id))
    assert (warehouse.is_default, warehouse.effect_status) == (True, "ENABLED")
    assert warehouse.sub_type == "CB_DIRECT_SHIPPING_WAREHOUSE"
    assert warehouse.address.region_code == "CN"
    assert everywhere.ownership == "PLATFORM_COOPERATION"


def test_who_ships_decides_the_options(partner: Partner, sdk: Any) -> None:
    here = str(int(partner.of.location.id))
    [option] = sdk.logistics.get_warehouse_delivery_options(warehouse_id=here).data.delivery_options

    assert (option.id, option.type_) == (BY_SELLER, "SEND_BY_SELLER")
    with pytest.raises(TikTokShopError) as refused:
        sdk.logistics.get_warehouse_delivery_options(warehouse_id="7")
    assert refused.value.code == 12019022


def test_carriers_of_an_option(sdk: Any) -> None:
    found = sdk.logistics.get_shipping_providers(delivery_option_id=BY_SELLER)

    assert [one.name for one in found.data.shipping_providers] == [
        "USPS",
        "UPS",
        "FedEx",
        "DHL eCommerce",
        "OnTrac",
    ]
    for id, code in (
        ("840901", 90000409),
        ("826904", 90000404),
    ):  # The platform's; another market's.
        with pytest.raises(TikTokShopError) as refused:
            sdk.logistics.get_shipping_providers(delivery_option_id=id)
        assert refused.value.code == code


def test_a_template_says_what_does_not_fit(partner: Partner) -> None:
    managed = partner.other_seller(mode="full-managed-consignment")
    heavy = {"product_attribute": {"weight": {"weight": "70", "unit": 2}}}
    body = GetShippingTemplateAvailabilityRequest.from_dict(heavy)
    with managed.client() as client:
        [light] = client.logistics.get_shipping_template_availability().data.templates
        [over] = client.logistics.get_shipping_template_availability(body=body).data.templates

    assert (light.template_is_available, light.template.template_party) == (True, 1)
    assert not over.template_is_available
    [first, *_] = over.service_unreachable_reason
    assert [reason.filter_type for reason in first.filter_reason] == ["4"]


def test_a_template_exists_for_warehouses_of_the_shop(partner: Partner, sdk: Any) -> None:
    def exists(warehouse: int) -> bool:
        answer = sdk.logistics.check_shipping_template_existence(
            access_token=partner.tokens.access, biz_warehouse_id=warehouse
        )
        return bool(answer.data.template_exist)

    assert exists(int(partner.of.location.id))
    assert not exists(7)


def test_what_was_told_of_an_order(partner: Partner, sdk: Any) -> None:
    life = Life(partner.work)
    [id] = life.buy({partner.of.skus[0]: 2})
    life.on(0.1)
    parcel = life.hand_over(id, {1: 1})
    life.deliver(parcel)

    told = sdk.logistics.get_logistics_tracking(order_id=str(int(id))).data

    [detail] = told.logistics_details
    assert (detail.carrier_name, detail.newest_tracking_no) == ("carrier", parcel.tracking_number)
    assert [event.action_code_name for event in detail.track_list] == ["DELIVERED", "HANDED_OVER"]
