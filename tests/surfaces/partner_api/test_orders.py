"""Orders through the SDK: found, shown as units, priced, and named by other systems."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import orjson
import pytest
from tiktok_shop_api.errors import TikTokShopError
from tiktok_shop_api.generated.models import (
    AddExternalOrderReferencesRequest,
    GetOrderListRequest,
)
from tiktok_shop_api.generated.models import (
    AddExternalOrderReferencesRequestOrderExternalOrderPlatform as Asked,
)
from tiktok_shop_api.generated.models import (
    GetExternalOrderReferencesPlatform as Read,
)
from tiktok_shop_api.generated.models import (
    GetOrderListSortField as By,
)
from tiktok_shop_api.generated.models import (
    GetOrderListSortOrder as Order,
)
from tiktok_shop_api.generated.models import (
    SearchOrdersByExternalOrderReferencePlatform as Sought,
)

from entrepot.contexts import orders
from entrepot.contexts.orders import OrderId
from entrepot.surfaces.partner_api.scopes import Scope
from tests.living import Life
from tests.surfaces.partner_api.calling import sent
from tests.surfaces.partner_api.conftest import Partner


@pytest.fixture
def life(partner: Partner) -> Life:
    return Life(partner.work)


def found(sdk: Any, **wanted: Any) -> list[str]:
    body = GetOrderListRequest.from_dict(wanted)
    return [order.id for order in sdk.orders.get_order_list(body=body, page_size=100).data.orders]


def said(ids: Sequence[OrderId]) -> list[str]:
    return [str(int(id)) for id in ids]


def detail(sdk: Any, *ids: OrderId) -> Any:
    return sdk.orders.get_order_detail(ids=said(ids)).data.orders


def buy(partner: Partner, life: Life, quantity: int = 1, *, paid: bool = True) -> OrderId:
    [id] = life.buy({partner.of.skus[0]: quantity}, paid=paid)
    return id


def test_a_page_is_searched_by_keyset_in_both_orders(
    partner: Partner, sdk: Any, life: Life
) -> None:
    ids = [buy(partner, life) for _ in range(5)]
    for field, order, wanted in (
        (By.CREATE_TIME, Order.DESC, ids[::-1]),
        (By.CREATE_TIME, Order.ASC, ids),
        (By.UPDATE_TIME, Order.ASC, ids),
    ):
        pages, token = [], ""
        while True:
            page = sdk.orders.get_order_list(
                page_size=2, sort_field=field, sort_order=order, page_token=token
            ).data
            assert page.total_count == 5
            pages.append([one.id for one in page.orders])
            token = page.next_page_token
            if not token:
                break
        assert pages == [said(wanted[n : n + 2]) for n in (0, 2, 4)]


def test_filters(partner: Partner, sdk: Any, life: Life) -> None:
    unpaid, held, ready = buy(partner, life, paid=False), buy(partner, life), buy(partner, life)
    life.on(0.1)
    late = buy(partner, life)
    now = int(life.do(lambda tx: tx.now).timestamp())

    assert found(sdk, order_status="UNPAID") == said([unpaid])
    assert found(sdk, order_status="ON_HOLD") == said([late])
    assert {*found(sdk, order_status="AWAITING_SHIPMENT")} == {*said([held, ready])}
    assert found(sdk, create_time_ge=now) == said([late])
    assert found(sdk, create_time_lt=now, update_time_lt=now - 7200) == said([unpaid])
    assert {*found(sdk, shipping_type="SELLER")} == {*said([unpaid, held, ready, late])}
    assert found(sdk, shipping_type="TIKTOK") == []
    assert found(sdk, buyer_user_id="7") == []
    assert found(sdk, is_buyer_request_cancel=True) == []
    place = str(int(partner.of.location.id))
    assert {*found(sdk, warehouse_ids=[place])} == {*said([held, ready, late])}
    assert found(sdk, warehouse_ids=["7"]) == []


def test_a_line_is_shown_unit_by_unit(partner: Partner, sdk: Any, life: Life) -> None:
    id = buy(partner, life, quantity=3)
    life.on(0.1)
    life.hand_over(id, {1: 1})

    [order] = detail(sdk, id)

    [line] = life.do(lambda tx: orders.lines(tx, [id]))
    assert [item.id for item in order.line_items] == [str(unit) for unit in orders.unit_ids(line)]
    assert [item.display_status for item in order.line_items] == [
        "IN_TRANSIT",
        "AWAITING_SHIPMENT",
        "AWAITING_SHIPMENT",
    ]
    assert [item.sale_price for item in order.line_items] == ["100.00"] * 3
    assert order.status == "PARTIALLY_SHIPPING"
    assert (order.payment.sub_total, order.payment.tax) == ("300.00", "24.75")
    assert order.payment.total_amount == "324.75"
    sent, *others = [item.package_id for item in order.line_items]
    assert {one.id for one in order.packages} == {sent, *others}  # What is left is planned anew.
    assert len({*others}) == 1 and sent not in others
    assert order.rts_sla_time > order.paid_time


def test_an_address_is_hidden_while_on_hold(partner: Partner, sdk: Any, life: Life) -> None:
    id = buy(partner, life)
    [held] = detail(sdk, id)
    life.on(0.1)
    [ready] = detail(sdk, id)

    assert held.status == "ON_HOLD"
    assert held.recipient_address.to_dict() == {"region_code": "US"}
    assert ready.recipient_address.name == "B"
    assert ready.recipient_address.phone_number == "1"


def test_what_people_typed_is_told_as_they_typed_it(partner: Partner, sdk: Any, life: Life) -> None:
    name, street = 'Zoë "Z" \\ O\'Neil 张三 🚚\n', '1 "Way" \\u0022, {x}\t%s :name'
    typed = orders.Recipient(
        name=name,
        email="z@example.org",
        phone='"+1"',
        address={"street": street, "city": "Łódź", "extra": "", "postal_code": "0\\1"},
    )
    [id] = life.buy({partner.of.skus[0]: 1}, recipient=typed)
    life.on(0.1)

    [order] = detail(sdk, id)
    told = order.recipient_address
    assert (told.name, told.first_name, told.phone_number) == (name, name, '"+1"')
    assert (told.address_detail, told.address_line2, told.postal_code) == (street, "", "0\\1")
    assert told.full_address == f"{street}, Łódź, 0\\1, US"
    levels = [level.address_name for level in told.district_info]
    assert levels == ["US", "Łódź"]


def test_what_became_of_cancelled_orders(partner: Partner, sdk: Any, life: Life) -> None:
    id = buy(partner, life, quantity=2)
    wish = orders.Cancellation(
        order_id=id, by=orders.Side.MERCHANT, reason=orders.CancelReason.OUT_OF_STOCK
    )
    life.cancel(wish)

    [order] = detail(sdk, id)

    assert (order.status, order.cancellation_initiator) == ("CANCELLED", "SELLER")
    assert order.cancel_reason == "Out of stock"
    assert {item.display_status for item in order.line_items} == {"CANCELLED"}
    assert found(sdk, order_status="CANCELLED") == said([id])


def test_units_add_up_to_the_price_detail_of_their_order(
    partner: Partner, sdk: Any, life: Life
) -> None:
    other = partner.other_seller(price_minor=3_333, shipping_minor=100)
    [id] = life.buy({other.of.skus[0]: 3})
    with other.client() as client:
        price = client.orders.get_order_price_details(order_id=str(int(id))).data

    assert (price.currency, price.payment) == ("USD", "111.49")
    assert (price.sku_list_price, price.shipping_list_price) == ("99.99", "3.00")
    for name in ("payment", "sku_sale_price", "shipping_sale_price", "tax_amount"):
        units = [getattr(item, name).replace(".", "") for item in price.line_items]
        assert sum(map(int, units)) == int(getattr(price, name).replace(".", "")), name


def test_older_versions_answer_too(partner: Partner, sdk: Any, life: Life) -> None:
    id = buy(partner, life)
    answer = sent(partner, "GET", "/order/202309/orders", query={"ids": str(int(id))})

    assert answer.json()["data"]["orders"][0]["id"] == str(int(id))


def test_references_of_other_systems(partner: Partner, sdk: Any, life: Life) -> None:
    one, two = buy(partner, life), buy(partner, life)
    [line] = life.do(lambda tx: orders.lines(tx, [one]))
    unit = str(line.first_unit)
    refer(sdk, (one, "S-1", "SHOPIFY", unit), (two, "E-2", "ERP_SYSTEM", None))
    answer = refer(sdk, (one, "S-2", "SHOPIFY", unit), (two, "S-3", "SHOPIFY", unit))

    [error] = answer.data.errors
    assert error.detail.order_id == str(int(two))
    [kept] = sdk.orders.get_external_order_references(
        order_id=str(int(one)), platform=Read.SHOPIFY
    ).data.external_orders
    assert (kept.id, kept.line_items[0].origin_id) == ("S-2", unit)
    [order] = sdk.orders.search_orders_by_external_order_reference(
        platform=Sought.ERP_SYSTEM, external_order_id="E-2"
    ).data.orders
    assert order.id == str(int(two))


def refer(sdk: Any, *wanted: tuple[OrderId, str, str, str | None]) -> Any:
    body = {
        "orders": [
            {
                "id": str(int(id)),
                "external_order": {
                    "id": name,
                    "platform": Asked(system),
                    "line_items": [{"id": "1", "origin_id": unit}] if unit else [],
                },
            }
            for id, name, system, unit in wanted
        ]
    }
    return sdk.orders.add_external_order_references(
        body=AddExternalOrderReferencesRequest.from_dict(body)
    )


def test_another_shop_sees_nothing(partner: Partner, life: Life) -> None:
    id = buy(partner, life)
    foreign = partner.other_seller()
    with foreign.client() as client:
        assert found(client) == []
        asks: list[Callable[[], Any]] = [
            lambda: detail(client, id),
            lambda: client.orders.get_order_price_details(order_id=str(int(id))),
            lambda: client.orders.get_external_order_references(
                order_id=str(int(id)), platform=Read.SHOPIFY
            ),
            lambda: client.logistics.get_logistics_tracking(order_id=str(int(id))),
        ]
        for ask in asks:
            with pytest.raises(TikTokShopError) as refused:
                ask()
            assert refused.value.code == 90000404
        [error] = refer(client, (id, "X", "SHOPIFY", None)).data.errors
    assert error.code == "90000404"
    assert life.do(lambda tx: orders.references(tx, [id])) == []


def test_a_token_without_the_scope_is_refused(partner: Partner, life: Life) -> None:
    id = buy(partner, life)
    with partner.with_scopes(Scope.ORDER_READ).client() as client:
        assert len(detail(client, id)) == 1
        with pytest.raises(TikTokShopError) as refused:
            refer(client, (id, "X", "SHOPIFY", None))
    assert refused.value.code == 105005


@pytest.mark.parametrize(
    "wanted", [{"order_status": "LOST"}, {"create_time_ge": -1}, {"warehouse_ids": ["x"]}]
)
def test_wrong_filters_are_named(partner: Partner, wanted: dict[str, Any]) -> None:
    answer = sent(
        partner,
        "POST",
        "/order/202309/orders/search",
        query={"page_size": "10"},
        body=orjson.dumps(wanted),
    ).json()

    assert answer["code"] == 36009004
    assert next(iter(wanted)) in answer["message"]


def test_a_day_is_a_filter_of_its_own(partner: Partner, sdk: Any, life: Life) -> None:
    id = buy(partner, life)
    now = life.do(lambda tx: tx.now)
    begin = int((now - timedelta(seconds=1)).timestamp())

    assert found(sdk, create_time_ge=begin, create_time_lt=begin + 3) == said([id])
