"""Authorization: what a token opens."""

from typing import Any

from tests.surfaces.partner_api.conftest import Partner


def test_a_seller_sees_the_own_shops_with_their_ciphers(partner: Partner, sdk: Any) -> None:
    partner.other_seller()
    answer = sdk.authorization.get_authorized_shops()

    [shop] = answer.data.shops
    assert (shop.id, shop.name) == (str(int(partner.of.shop.id)), partner.of.shop.name)
    assert (shop.region, shop.seller_type) == ("US", "CROSS_BORDER")
    assert shop.cipher == partner.cipher


def test_no_assets_are_authorised_by_category(sdk: Any) -> None:
    assert sdk.authorization.get_authorized_category_assets().data.category_assets == []
