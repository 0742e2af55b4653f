"""Seller: shops behind a token."""

from typing import Any

from tests.surfaces.partner_api.conftest import Partner


def test_shops_that_sell(partner: Partner, sdk: Any) -> None:
    [shop] = sdk.seller.get_active_shops().data.shops

    assert (shop.id, shop.region) == (str(int(partner.of.shop.id)), "US")


def test_cross_border_sellers_manage_global_products(partner: Partner, sdk: Any) -> None:
    assert sdk.seller.get_global_product_permission().data.permissions == ["MANAGE_GLOBAL_PRODUCT"]
    local = partner.other_seller(seller_type="local")

    with local.client() as client:
        assert client.seller.get_global_product_permission().data.permissions == []


def test_all_shops_of_a_seller(partner: Partner, sdk: Any) -> None:
    partner.other_seller()
    [shop] = sdk.seller.get_shop_group_and_related_shops().data.shop_group_data.shops

    assert shop.shop_id == str(int(partner.of.shop.id))
    assert shop.seller_id == str(int(partner.of.merchant_id))
    assert (shop.shop_name, shop.shop_region) == (partner.of.shop.name, "US")
