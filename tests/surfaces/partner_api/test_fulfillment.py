"""Packages through the SDK: what is refused, by which code, and that nothing changed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import text
from tiktok_shop_api.errors import TikTokShopError
from tiktok_shop_api.generated import models

from entrepot.contexts import logistics
from entrepot.contexts.logistics import Parcel
from entrepot.contexts.orders import OrderId
from entrepot.surfaces.partner_api.scopes import Scope
from tests.living import Life
from tests.surfaces.partner_api.conftest import Partner

UPS = "840002"
ZPL = models.GetPackageShippingDocumentDocumentFormat.ZPL
NOT_FOUND, CONFLICT, DENIED, INVALID = 90000404, 90000409, 105005, 36009004


@pytest.fixture
def order(partner: Partner) -> OrderId:
    """An order of three units that waits for its shipment."""
    life = Life(partner.work)
    [id] = life.buy({partner.of.skus[0]: 3})
    life.on(1)
    return id


def parcels(partner: Partner, order: OrderId) -> list[Parcel]:
    return Life(partner.work).do(lambda tx: logistics.parcels(tx, [order]))


def package(partner: Partner, order: OrderId) -> str:
    [one] = [parcel for parcel in parcels(partner, order) if parcel.holds]
    return str(int(one.id))


def own(number: str = "1Z0000000000000001", provider: str = UPS) -> Any:
    shipment = {"tracking_number": number, "shipping_provider_id": provider}
    return models.ShipPackageRequest.from_dict({"self_shipment": shipment})


def test_a_shipped_package_shows_as_such(partner: Partner, sdk: Any, order: OrderId) -> None:
    id = package(partner, order)
    sdk.fulfillment.ship_package(package_id=id, body=own())

    detail = sdk.fulfillment.get_package_detail(package_id=id).data
    [listed] = sdk.fulfillment.search_package(page_size=10).data.packages
    [found] = sdk.orders.get_order_detail(ids=[str(int(order))]).data.orders

    assert (detail.package_status, detail.package_sub_status) == ("PROCESSING", "RTS")
    assert (detail.tracking_number, detail.shipping_provider_name) == ("1Z0000000000000001", "UPS")
    assert detail.order_line_item_ids == [item.id for item in found.line_items]
    assert (listed.id, listed.status) == (id, "PROCESSING")
    assert found.status == "AWAITING_COLLECTION"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (own(provider="1"), INVALID),
        (own(number="a b"), INVALID),
        (
            models.ShipPackageRequest.from_dict(
                {"handover_method": "PICKUP", "pickup_slot": {"start_time": 1, "end_time": 2}}
            ),
            INVALID,
        ),
        (models.ShipPackageRequest.from_dict({"handover_method": "DROP_OFF"}), CONFLICT),
    ],
    ids=["no such carrier", "no number", "no such slot", "the platform's label"],
)
def test_what_is_refused_changes_nothing(
    partner: Partner, sdk: Any, order: OrderId, body: Any, code: int
) -> None:
    before = parcels(partner, order)

    with pytest.raises(TikTokShopError) as refused:
        sdk.fulfillment.ship_package(package_id=package(partner, order), body=body)

    assert refused.value.code == code
    assert parcels(partner, order) == before


def test_another_sellers_packages_are_not_found(partner: Partner, order: OrderId) -> None:
    before, id = parcels(partner, order), package(partner, order)
    with partner.other_seller().client() as client:
        calls: list[Callable[[], object]] = [
            lambda: client.fulfillment.get_package_detail(package_id=id),
            lambda: client.fulfillment.ship_package(package_id=id, body=own()),
            lambda: client.fulfillment.get_order_tracking(order_id=str(int(order))),
            lambda: client.fulfillment.uncombine_packages(package_id=id),
            lambda: client.fulfillment.get_package_handover_time_slots(package_id=id),
        ]
        for call in calls:
            with pytest.raises(TikTokShopError) as refused:
                call()
            assert refused.value.code == NOT_FOUND
        assert client.fulfillment.search_package(page_size=10).data.packages == []

    assert parcels(partner, order) == before


def test_who_may_only_read_ships_nothing(partner: Partner, order: OrderId) -> None:
    before, id = parcels(partner, order), package(partner, order)
    with partner.with_scopes(Scope.FULFILLMENT_READ).client() as client:
        assert client.fulfillment.get_package_detail(package_id=id).data.package_id == id
        with pytest.raises(TikTokShopError) as refused:
            client.fulfillment.ship_package(package_id=id, body=own())

    assert refused.value.code == DENIED
    assert parcels(partner, order) == before


def test_a_label_needs_its_link_whole(partner: Partner, sdk: Any, order: OrderId) -> None:
    id = package(partner, order)
    with pytest.raises(TikTokShopError) as early:
        sdk.fulfillment.get_package_shipping_document(package_id=id, document_type="SHIPPING_LABEL")
    assert early.value.code == CONFLICT
    sdk.fulfillment.ship_package(package_id=id, body=own())
    told = sdk.fulfillment.get_package_shipping_document(
        package_id=id, document_type="SHIPPING_LABEL", document_format=ZPL
    ).data
    url = httpx.URL(told.doc_url)
    link = f"{partner.address}{url.raw_path.decode()}"

    answer = httpx.get(link, timeout=30)
    others = [
        httpx.get(httpx.URL(link).copy_set_param(name, said), timeout=30).status_code
        for name, said in (("format", "pdf"), ("expires", "1"), ("signature", "00"))
    ]

    assert answer.headers["cache-control"] == "private, no-store"
    assert f"^FD{told.tracking_number}^FS" in answer.text
    assert others == [404, 404, 404]


def test_a_number_that_cannot_be_the_carriers_is_marked(
    partner: Partner, sdk: Any, order: OrderId
) -> None:
    id = package(partner, order)
    sdk.fulfillment.ship_package(package_id=id, body=own("WRONG-1"))
    [wrong] = parcels(partner, order)
    info = {"tracking_number": "1Z0000000000000002", "shipping_provider_id": UPS}
    sdk.fulfillment.update_order_shipping_info(
        order_id=str(int(order)), body=models.UpdateOrderShippingInfoRequest.from_dict(info)
    )
    [right] = parcels(partner, order)

    assert wrong.invalid_at is not None
    assert (right.invalid_at, right.tracking_number) == (None, "1Z0000000000000002")


def test_a_number_can_be_put_right_for_as_long_as_the_option_says(
    partner: Partner, sdk: Any, order: OrderId
) -> None:
    id, life = package(partner, order), Life(partner.work)
    sdk.fulfillment.ship_package(package_id=id, body=own())
    info = {"tracking_number": "1Z0000000000000002", "shipping_provider_id": UPS}
    body = models.UpdateOrderShippingInfoRequest.from_dict(info)
    late = models.UpdateOrderShippingInfoRequest.from_dict(
        {**info, "tracking_number": "1Z0000000000000003"}
    )

    life.on(3)  # 72 hours, to the instant.
    sdk.fulfillment.update_order_shipping_info(order_id=str(int(order)), body=body)
    life.on(1 / 24)
    with pytest.raises(TikTokShopError) as refused:
        sdk.fulfillment.update_order_shipping_info(order_id=str(int(order)), body=late)

    assert refused.value.code == CONFLICT
    assert [one.tracking_number for one in parcels(partner, order)] == ["1Z0000000000000002"]


def test_carriers_fetch_in_the_windows_of_the_option(
    partner: Partner, sdk: Any, order: OrderId
) -> None:
    slots = sdk.fulfillment.get_package_handover_time_slots(
        package_id=package(partner, order)
    ).data.pickup_slots
    zone = ZoneInfo("America/Los_Angeles")
    times = [
        tuple(datetime.fromtimestamp(at, zone) for at in (slot.start_time, slot.end_time))
        for slot in slots
    ]

    assert {(start.hour, end.hour) for start, end in times} == {(9, 13), (13, 18)}
    assert all(start.weekday() < 5 and start.date() == end.date() for start, end in times)
    assert len({start.date() for start, _ in times}) in {3, 4}  # Today, if it is not over.


def test_an_address_without_a_font_is_refused_before_its_link_is_given(
    partner: Partner, sdk: Any, order: OrderId
) -> None:
    id = package(partner, order)
    sdk.fulfillment.ship_package(package_id=id, body=own())
    named = text("update orders.recipients set name = 'محمد'")
    Life(partner.work).do(lambda tx: tx.sql.execute(named))

    with pytest.raises(TikTokShopError) as refused:
        sdk.fulfillment.get_package_shipping_document(package_id=id, document_type="SHIPPING_LABEL")
    printed = sdk.fulfillment.get_package_shipping_document(
        package_id=id, document_type="SHIPPING_LABEL", document_format=ZPL
    ).data

    assert refused.value.code == CONFLICT
    link = f"{partner.address}{httpx.URL(printed.doc_url).raw_path.decode()}"
    assert "محمد" in httpx.get(link, timeout=30).text
