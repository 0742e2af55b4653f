"""Promotion through the SDK: what it shows and pages, and refusals that change nothing."""

from datetime import timedelta
from typing import Any

import pytest
from tiktok_shop_api.errors import TikTokShopError
from tiktok_shop_api.generated import models

from entrepot.contexts import promotions
from entrepot.contexts.promotions import ActivityFilter, Layer, Limits, NewPromotion, Status
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx
from entrepot.surfaces.partner_api.scopes import Scope
from tests.living import Life
from tests.surfaces.partner_api.conftest import Partner
from tests.surfaces.partner_api.test_finance import START

INVALID, NOT_FOUND, DENIED, NOT_SUPPORTED, CONFLICT = (
    36009004,
    90000404,
    105005,
    90000501,
    90000409,
)
BEGIN, DAY = int(START.timestamp()) + 3_600, 86_400


@pytest.fixture(autouse=True)
def life(partner: Partner) -> Life:
    life = Life(partner.work)
    life.at(START)
    return life


def plan(sdk: Any, **more: Any) -> str:
    said = {
        "title": "Spring",
        "activity_type": "FIXED_PRICE",
        "product_level": "PRODUCT",
        "begin_time": BEGIN,
        "end_time": BEGIN + DAY,
        **more,
    }
    body = models.CreatePromotionActivityRequest.from_dict(said)
    id: str = sdk.promotion.create_promotion_activity(body=body).data.activity_id
    return id


def put(sdk: Any, partner: Partner, activity: str, **more: Any) -> Any:
    product = str(int(partner.of.products[0].id))
    terms = {"id": product, "quantity_limit": -1, "quantity_per_user": -1, **more}
    body = models.UpdatePromotionActivityProductsRequest.from_dict(
        {"activity_id": activity, "products": [terms]}
    )
    return sdk.promotion.update_promotion_activity_products(activity_id=activity, body=body).data


def every(partner: Partner) -> list[Any]:
    """All activities of the shop, with their goods."""

    def read(tx: Tx) -> list[Any]:
        wanted = ActivityFilter(shop_id=partner.of.shop.id, states=tuple(Status))
        rows = promotions.activity_page(tx, wanted)
        return [(row, promotions.items(tx, row)) for row in rows]

    return Life(partner.work).do(read)


def refused(do: Any) -> int:
    with pytest.raises(TikTokShopError) as error:
        do()
    code: int = error.value.code
    return code


def test_an_activity_is_shown_as_it_was_planned(partner: Partner, sdk: Any) -> None:
    id = plan(sdk)
    done = put(sdk, partner, id, activity_price_amount="79.90", quantity_limit=9)

    assert (done.status, done.total_count, done.title) == ("NOT_START", 1, "Spring")
    shown = sdk.promotion.get_activity(activity_id=id).data
    assert (shown.begin_time, shown.end_time) == (BEGIN, BEGIN + DAY)
    assert (shown.activity_type, shown.product_level) == ("FIXED_PRICE", "PRODUCT")
    assert shown.create_time == int(START.timestamp()) * 1000
    [product] = shown.products
    assert product.activity_price.to_dict() == {"amount": "79.90", "currency": "USD"}
    assert (product.quantity_limit, product.quantity_per_user) == (9, -1)
    assert product.used_quantity == 0


@pytest.mark.parametrize(
    ("code", "more"),
    [
        (INVALID, {"title": "x" * 101}),
        (INVALID, {"begin_time": BEGIN - 2 * 3_600}),
        (INVALID, {"end_time": BEGIN + 599}),
        (INVALID, {"product_level": "SHOP"}),
        (INVALID, {"activity_type": "LOTTERY"}),
        (NOT_SUPPORTED, {"activity_type": "BUY_X_GET_Y"}),
        (NOT_SUPPORTED, {"target_user_info": {"user_type": "SHOP_NEW_CUSTOMER"}}),
        (CONFLICT, {"title": "Taken"}),
    ],
)
def test_a_wrong_plan_is_refused(
    partner: Partner, sdk: Any, code: int, more: dict[str, Any]
) -> None:
    plan(sdk, title="Taken")
    before = every(partner)

    with pytest.raises((TikTokShopError, ValueError)) as error:
        plan(sdk, **more)

    if isinstance(error.value, TikTokShopError):  # The SDK knows some enumerations itself.
        assert error.value.code == code
    assert every(partner) == before


@pytest.mark.parametrize(
    ("code", "terms"),
    [
        (INVALID, {"activity_price_amount": "100.00"}),
        (INVALID, {"activity_price_amount": "79.999"}),
        (INVALID, {"discount": "10"}),
        (INVALID, {"activity_price_amount": "79.90", "quantity_limit": 0}),
        (INVALID, {"activity_price_amount": "79.90", "id": "7"}),
    ],
)
def test_wrong_goods_are_refused(
    partner: Partner, sdk: Any, code: int, terms: dict[str, Any]
) -> None:
    id = plan(sdk)
    before = every(partner)

    assert refused(lambda: put(sdk, partner, id, **terms)) == code
    assert every(partner) == before


def test_another_shops_activity_is_not_there(partner: Partner, sdk: Any) -> None:
    id = plan(sdk)
    put(sdk, partner, id, activity_price_amount="79.90")
    before = every(partner)

    with partner.other_seller().client() as stranger:
        api = stranger.promotion
        gone = models.RemovePromotionActivityProductsRequest(product_ids=["1"])
        assert refused(lambda: api.get_activity(activity_id=id)) == NOT_FOUND
        assert refused(lambda: api.deactivate_activity(activity_id=id)) == NOT_FOUND
        assert refused(lambda: put(stranger, partner, id, activity_price_amount="1")) == NOT_FOUND
        assert (
            refused(lambda: api.remove_promotion_activity_products(activity_id=id, body=gone))
            == NOT_FOUND
        )
        search = models.SearchPromotionActivitiesRequest()
        assert api.search_promotion_activities(body=search).data.activities == []
    assert every(partner) == before


def test_reading_does_not_let_one_write(partner: Partner, sdk: Any) -> None:
    id = plan(sdk)
    put(sdk, partner, id, activity_price_amount="79.90")

    with partner.with_scopes(Scope.PROMOTION_READ).client() as reader:
        assert reader.promotion.get_activity(activity_id=id).data.title == "Spring"
        assert refused(lambda: reader.promotion.deactivate_activity(activity_id=id)) == DENIED
    with partner.with_scopes(Scope.ORDER_READ).client() as other:
        assert refused(lambda: other.promotion.get_activity(activity_id=id)) == DENIED


def test_what_is_over_is_republished_before_it_is_changed(
    partner: Partner, sdk: Any, life: Life
) -> None:
    id = plan(sdk)
    put(sdk, partner, id, activity_price_amount="79.90")
    assert refused(lambda: sdk.promotion.republish_activity(activity_id=id)) == CONFLICT
    life.on(2)

    assert refused(lambda: put(sdk, partner, id, activity_price_amount="70")) == CONFLICT
    assert refused(lambda: sdk.promotion.deactivate_activity(activity_id=id)) == CONFLICT
    sdk.promotion.republish_activity(activity_id=id)
    assert sdk.promotion.get_activity(activity_id=id).data.status == "ONGOING"


def test_pages_go_on_where_the_one_before_ended(partner: Partner, sdk: Any) -> None:
    ids = [plan(sdk, title=f"Spring {n}") for n in range(3)]
    for id in ids:
        put(sdk, partner, id, activity_price_amount="79.90")
    seen, token = [], ""
    for _ in range(2):
        body = models.SearchPromotionActivitiesRequest(page_size=2, page_token=token)
        data = sdk.promotion.search_promotion_activities(body=body).data
        assert data.total_count == 3
        seen += [one.id for one in data.activities]
        token = data.next_page_token

    assert (seen, token) == (ids[::-1], "")


def test_a_coupon_is_shown_with_its_terms_and_its_uses(partner: Partner, sdk: Any) -> None:
    shop = partner.of.shop
    wish = NewPromotion(
        owner_id=shop.merchant_id,
        market=shop.market,
        layer=Layer.SELLER_COUPON,
        title="Ten percent",
        currency=Currency.USD,
        starts_at=START - timedelta(days=1),
        ends_at=START + timedelta(days=1),
        code="TENOFF",
        shop_id=shop.id,
        rate_bp=1_250,
        min_spend_minor=5_000,
        max_discount_minor=2_000,
        limits=Limits(total=3, per_buyer=1),
    )
    made = Life(partner.work).do(lambda tx: only(promotions.create(tx, [wish])))

    told = sdk.promotion.get_coupon(coupon_id=str(int(made.id))).data.coupon

    assert (told.status, told.promo_code, told.display_type) == ("ONGOING", "TENOFF", "PROMO_CODE")
    assert told.discount.to_dict() == {
        "type": "PERCENT_OFF",
        "percentage": "12.5",
        "max_discount": {"amount": "20.00", "currency": "USD"},
    }
    assert told.threshold.min_spend.amount == "50.00"
    assert told.usage_limits.total_claim_limit == 3
    assert told.usage_stats.redeemed_count == 0
    with partner.other_seller().client() as stranger:
        assert refused(lambda: stranger.promotion.get_coupon(coupon_id=told.id)) == NOT_FOUND
