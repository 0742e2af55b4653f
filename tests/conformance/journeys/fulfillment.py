"""Packages: made, divided, joined, labelled, printed, brought; and what customs wants to know."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import count
from typing import Any

import httpx
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from tiktok_shop_api import TikTokShop
from tiktok_shop_api.errors import TikTokShopError
from tiktok_shop_api.generated import models
from tiktok_shop_api.generated.types import File

from tests.conformance.world import World

NUMBERS = count(1)
PICKED_UP, OUT_FOR_DELIVERY = 20, 40  # Codes as `GET …/tracking` shows them.


def ship_in_parts(world: World) -> None:
    """An order of three units goes in two packages; the label is what a scanner reads."""
    sdk: Any = world.client.fulfillment
    [order] = ordered(world, 3)
    [attributes] = sdk.get_order_split_attributes(order_ids=[order]).data.split_attributes
    assert attributes.can_split is True
    assert attributes.must_split is False
    items = items_of(world, order)
    one, two = divided(world, order, items[:1], items[1:])
    shipped(world, {"id": one, "self_shipment": by_ups(world, number())})
    assert status(world, one) == "PROCESSING"
    detail = sdk.get_package_detail(package_id=one).data
    assert detail.order_line_item_ids == items[:1]
    assert detail.split_and_combine_tag == "SPLIT"
    printed(world, one)
    own = number()
    ship(world, two, own)
    corrected = number()
    update = models.UpdatePackageShippingInfoRequest.from_dict(
        {"shipping_info_list": [{"tracking_number": corrected, "shipping_provider_id": ups(world)}]}
    )
    sdk.update_package_shipping_info(package_id=two, body=update)
    assert sdk.get_package_detail(package_id=two).data.tracking_number == corrected
    early = {"id": two, "delivery_type": "DELIVERY_SUCCESS"}
    body = models.UpdatePackageDeliveryStatusRequest.from_dict({"packages": [early]})
    assert sdk.update_package_delivery_status(body=body).data.errors  # The carrier tells.
    assert status(world, two) == "PROCESSING"
    world.delivers(two)
    assert status(world, two) == "COMPLETED"
    found = sdk.search_package(
        page_size=10, body=models.SearchPackageRequest.from_dict({"package_status": "COMPLETED"})
    ).data
    assert two in [package.id for package in found.packages]
    assert sdk.get_order_tracking(order_id=order).data.tracking


def join_and_part(world: World) -> None:
    """Two orders to one address travel together; a third thinks again."""
    sdk: Any = world.client.fulfillment
    first, second, third = ordered(world, 1, times=3)
    [group] = [
        group
        for group in sdk.search_combinable_packages(page_size=50).data.combinable_packages
        if {first, second, third} <= {*group.order_ids}
    ]
    wish = {"id": group.id, "order_ids": [first, second, third]}
    body = models.CombinePackageRequest.from_dict({"combinable_packages": [wish]})
    [joint] = sdk.combine_package(body=body).data.packages
    assert {*joint.order_ids} == {first, second, third}
    leaving = models.UncombinePackagesRequest.from_dict({"order_ids": [third]})
    [out] = sdk.uncombine_packages(package_id=joint.id, body=leaving).data.packages
    assert out.order_ids == [third]
    ship(world, joint.id, number())
    bundle = {
        "order_ids": [first, second, third],
        "handover_method": "DROP_OFF",
        "shipping_provider_id": ups(world),
        "tracking_number": number(),
        "phone_tail_number": "0100",
    }
    made = sdk.create_first_mile_bundle(
        body=models.CreateFirstMileBundleRequest.from_dict(bundle)
    ).data
    assert made.first_mile_bundle_id
    assert [error.detail.order_id for error in made.errors] == [third]
    ship(world, out.id, number())
    again = {"order_ids": [third], "handover_method": "PICKUP"}
    made = sdk.create_first_mile_bundle_v2(
        body=models.CreateFirstMileBundleV2Request.from_dict(again)
    ).data
    assert made.first_mile_bundle_id


def bring_it_oneself(world: World) -> None:
    """A seller marks orders as shipped, tells where they are and corrects a number."""
    sdk: Any = world.client.fulfillment
    [order] = ordered(world, 2)
    info = {"tracking_number": number(), "shipping_provider_id": ups(world)}
    body = models.MarkPackageAsShippedRequest.from_dict({"shipping_info_list": [info]})
    marked = sdk.mark_package_as_shipped(order_id=order, body=body).data
    assert marked.order_line_item_ids == items_of(world, order)
    right = number()
    update = {"tracking_number": right, "shipping_provider_id": ups(world)}
    sdk.update_order_shipping_info(
        order_id=order, body=models.UpdateOrderShippingInfoRequest.from_dict(update)
    )


def bring_by_ones_own_fleet(world: World) -> None:
    """A seller in Thailand brings a package, tells where it is, and proves that it came."""
    th = world.opens("th")
    [order] = world.buyer.buys({th.goods().sku_id: 1}, "th")
    world.on(hours=2)
    sdk: Any = th.client.fulfillment
    [package] = sdk.search_package(page_size=10, body=models.SearchPackageRequest()).data.packages
    fleet, own = provider(th.client, "Seller's own fleet"), number()
    wish = {"self_shipment": {"tracking_number": own, "shipping_provider_id": fleet}}
    sdk.ship_package(package_id=package.id, body=models.ShipPackageRequest.from_dict(wish))
    track = {
        "action_code": PICKED_UP,
        "occur_time": world.now_s() * 1000,
        "description": "Our van has it",
        "tracking_no": own,
        "location": {"city": "Bangkok", "country": "TH"},
    }
    tracks = {
        "country": "TH",
        "order_id": order,
        "provider_id": fleet,
        "tracks": [track, {**track, "action_code": 7}],
    }
    told = sdk.tracking_status_update(
        body=models.TrackingStatusUpdateRequest.from_dict(tracks)
    ).data.track_results
    assert [result.code == 0 for result in told] == [True, False]
    detail = sdk.get_package_detail(package_id=package.id).data
    assert detail.package_status == "FULFILLING"
    proven(sdk, package.id)
    assert sdk.get_package_detail(package_id=package.id).data.package_status == "COMPLETED"


def label_by_the_platform(world: World) -> None:
    """The platform's services, its label, and what customs and tax want to know."""
    with by_the_platform(world):
        _fetched(world)
        _labelled(world)
    [order] = ordered(world, 1)
    sdk: Any = world.client.fulfillment
    query = models.GetEligibleShippingServicesRequest()
    none = sdk.get_eligible_shipping_services(order_id=order, body=query).data
    assert none.shipping_services == []  # The seller ships what it sells by itself.
    dropped = models.ShipPackageRequest.from_dict({"handover_method": "DROP_OFF"})
    with pytest.raises(TikTokShopError) as refused:
        sdk.ship_package(package_id=package_of(world, order), body=dropped)
    assert "shipped by its merchant" in str(refused.value)


def _fetched(world: World) -> None:
    """The platform's carrier comes for it."""
    sdk: Any = world.client.fulfillment
    [order] = ordered(world, 1)
    package = package_of(world, order)
    slots = sdk.get_package_handover_time_slots(package_id=package).data
    assert slots.can_pickup is True
    slot = slots.pickup_slots[0]
    times = {"start_time": slot.start_time, "end_time": slot.end_time}
    shipped(world, {"id": package, "handover_method": "PICKUP", "pickup_slot": times})
    assert status(world, package) == "PROCESSING"
    detail = sdk.get_package_detail(package_id=package).data
    assert detail.pickup_slot.start_time == slot.start_time
    printed(world, package)


def _labelled(world: World) -> None:
    sdk: Any = world.client.fulfillment
    [order] = ordered(world, 2)
    size = {
        "weight": {"value": "350", "unit": "GRAM"},
        "dimension": {"length": "20", "width": "15", "height": "5", "unit": "CM"},
    }
    query = models.GetEligibleShippingServicesRequest.from_dict(size)
    found = sdk.get_eligible_shipping_services(order_id=order, body=query).data
    [usual] = [service for service in found.shipping_services if service.is_default]
    wish = {"ship_type": "1", "order_id": order, "shipping_service_id": usual.id, **size}
    made = sdk.create_packages(body=models.CreatePackagesRequest.from_dict(wish)).data
    assert made.weight.value == "350"
    assert status(world, made.package_id) == "PROCESSING"
    ask = models.GetOrderCustomsRequirementsRequest.from_dict({"order_ids": [order]})
    [clearance] = sdk.get_order_customs_requirements(body=ask).data.order_clearance_list
    [line] = clearance.item_list
    detail = {"sku_id": line.sku_id, "qty": 2, "price_percent": 100}
    item = {"order_line_id": line.order_line_id, "item_detail": [detail]}
    told = {"order_list": [{"order_id": order, "item_list": [item]}]}
    sdk.submit_customs_clearance_information(
        body=models.SubmitCustomsClearanceInformationRequest.from_dict(told)
    )
    [clearance] = sdk.get_order_customs_requirements(body=ask).data.order_clearance_list
    [line] = clearance.item_list
    assert [one.price_percent for one in line.related_item_detail] == [100]
    xml = base64.b64encode(b"<nfe><id>1</id></nfe>").decode()
    invoice = {"package_id": made.package_id, "order_ids": [order], "file_type": "XML", "file": xml}
    body = models.UploadInvoiceRequest.from_dict({"invoices": [invoice]})
    assert not sdk.upload_invoice(body=body).data.errors


def send_from_a_warehouse(world: World) -> None:
    """A warehouse tells which package it handed over, and to whom."""
    [order] = ordered(world, 2)
    sdk: Any = world.client
    detail = sdk.fulfillment.get_package_detail(package_id=package_of(world, order)).data
    now = world.now_s() * 1000
    package = {
        "id": detail.package_id,
        "wms_order_id": "W-1",
        "time_zone": "America/Los_Angeles",
        "ship_time_millis": now,
        "create_time_millis": now,
        "handover_time_millis": now,
        "shipping_provider_id": ups(world),
        "shipping_provider_name": "UPS",
        "tracking_number": number(),
        "dimension": {"length": 20, "width": 10, "height": 5, "unit": "CENTIMETER"},
        "skus": [{"id": detail.orders[0].skus[0].id, "quantity": 2}],
    }
    body = {"warehouse_provider_id": "7", "packages": [package, {**package, "id": "1"}]}
    told = sdk.supply_chain.confirm_package_shipment(
        body=models.ConfirmPackageShipmentRequest.from_dict(body)
    ).data
    assert told.success_packages == [detail.package_id]
    assert [error.detail.package_id for error in told.errors] == ["1"]
    assert status(world, detail.package_id) == "FULFILLING"


@contextmanager
def by_the_platform(world: World) -> Iterator[None]:
    """Journeys of a shop whose packages the platform ships."""
    known = [one for one in world.sellers if one.shop.mode == "semi-managed"]
    other = known[0] if known else world.opens(mode="semi-managed")
    usual, world.sellers = world.sellers, [other, *world.sellers]
    try:
        yield
    finally:
        world.sellers = usual if other in usual else [*usual, other]


def ordered(world: World, quantity: int, times: int = 1) -> list[str]:
    """Orders that wait for their shipment."""
    goods = world.seller.goods()
    ids = [world.buyer.buys({goods.sku_id: quantity})[0] for _ in range(times)]
    world.on(hours=2)
    return ids


def items_of(world: World, order: str) -> list[str]:
    """The order line items of an order."""
    sdk: Any = world.client.orders
    [found] = sdk.get_order_detail(ids=[order]).data.orders
    return [item.id for item in found.line_items]


def package_of(world: World, order: str) -> str:
    """The one package of an order."""
    sdk: Any = world.client.orders
    [found] = sdk.get_order_detail(ids=[order]).data.orders
    [package] = found.packages
    return str(package.id)


def divided(world: World, order: str, *groups: list[str]) -> list[str]:
    """The packages of an order's parts."""
    sdk: Any = world.client.fulfillment
    parts = [{"id": str(n), "order_line_item_ids": items} for n, items in enumerate(groups)]
    body = models.ConfirmOrderSplitRequest.from_dict({"splittable_groups": parts})
    made = sdk.confirm_order_split(order_id=order, body=body).data.packages
    assert [package.splittable_group_id for package in made] == [part["id"] for part in parts]
    return [package.id for package in made]


def ship(world: World, package: str, tracking: str) -> None:
    """With the seller's own carrier."""
    sdk: Any = world.client.fulfillment
    body = models.ShipPackageRequest.from_dict({"self_shipment": by_ups(world, tracking)})
    sdk.ship_package(package_id=package, body=body)


def by_ups(world: World, tracking: str) -> dict[str, str]:
    """By a carrier of the seller's choice."""
    return {"tracking_number": tracking, "shipping_provider_id": ups(world)}


def shipped(world: World, package: dict[str, Any]) -> None:
    """In a batch, beside one that is none of ours: it alone is refused."""
    sdk: Any = world.client.fulfillment
    body = models.BatchShipPackagesRequest.from_dict({"packages": [package, {"id": "1"}]})
    errors = sdk.batch_ship_packages(body=body).data.errors
    assert [error.detail.package_id for error in errors] == ["1"]


def status(world: World, package: str) -> str:
    """Where a package is."""
    sdk: Any = world.client.fulfillment
    return str(sdk.get_package_detail(package_id=package).data.package_status)


def printed(world: World, package: str) -> None:
    """Its label is had without a session, and a scanner reads the number on it."""
    sdk: Any = world.client.fulfillment
    told = sdk.get_package_shipping_document(
        package_id=package, document_type="SHIPPING_LABEL_AND_PACKING_SLIP"
    ).data
    where = httpx.URL(told.doc_url)
    answer = httpx.get(f"{world.address}{where.raw_path.decode()}", timeout=30)
    pages = [*pypdfium2.PdfDocument(answer.raise_for_status().content)]
    read = zxingcpp.read_barcodes(pages[0].render(scale=300 / 72).to_pil())
    assert told.tracking_number in {found.text for found in read}
    assert len(pages) == 2
    other = answer.request.url.copy_set_param("kind", "slip")
    assert httpx.get(other, timeout=30).status_code == 404


def proven(sdk: Any, package: str) -> None:
    """The seller brought it, and shows a picture and a paper."""
    picture = BytesIO()
    Image.new("RGB", (120, 120)).save(picture, "PNG")
    picture.seek(0)
    image = models.UploadProofOfDeliveryImageRequest(
        data=File(payload=picture, file_name="door.png", mime_type="image/png")
    )
    shown = sdk.upload_proof_of_delivery_image(body=image).data
    assert (shown.width, shown.height) == (120, 120)
    paper = models.UploadProofOfDeliveryFileRequest(
        data=File(payload=BytesIO(b"%PDF-1.4\n%%EOF\n"), file_name="receipt.pdf"),
        name="receipt.pdf",
    )
    signed = sdk.upload_proof_of_delivery_file(body=paper).data
    for kind, proof in (
        ("DELIVERY_SUCCESS", {"file_type": "IMG", "file_url": shown.url}),
        ("UPDATE_POD", {"file_type": "PDF", "file_url": signed.url}),
    ):
        one = {"id": package, "delivery_type": kind, **proof}
        body = models.UpdatePackageDeliveryStatusRequest.from_dict({"packages": [one]})
        assert not sdk.update_package_delivery_status(body=body).data.errors


def number() -> str:
    """A tracking number that nobody had before."""
    return f"1Z{next(NUMBERS):016d}"


def ups(world: World) -> str:
    """A carrier among whom the seller can choose."""
    return provider(world.client, "UPS")


def provider(client: TikTokShop, name: str) -> str:
    """A shipping provider of the shop's warehouse."""
    sdk: Any = client.logistics
    [place] = sdk.get_warehouse_list().data.warehouses
    [option] = sdk.get_warehouse_delivery_options(warehouse_id=place.id).data.delivery_options
    found = sdk.get_shipping_providers(delivery_option_id=option.id).data.shipping_providers
    return str(next(one.id for one in found if one.name == name))


JOURNEYS = [
    ship_in_parts,
    join_and_part,
    bring_it_oneself,
    bring_by_ones_own_fleet,
    label_by_the_platform,
    send_from_a_warehouse,
]
