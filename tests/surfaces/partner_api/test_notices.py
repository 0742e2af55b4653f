"""Lives of orders, cases and listings as an app hears of them: parsed strictly by the SDK."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tiktok_shop_api.generated.models import UpcomingAuthorizationExpirationWebhook

from entrepot.adapters.storage import Folder
from entrepot.contexts import aftersales, catalog, files, integrations, logistics, orders
from entrepot.contexts.aftersales import Kind, Role, Verb
from entrepot.contexts.logistics import Unit
from entrepot.contexts.orders import CancelReason, OrderId, Side
from entrepot.flows import cancelling, packing, returning
from entrepot.flows.packing import Split
from entrepot.flows.subscriptions import SUBSCRIBERS
from entrepot.kernel import clock
from entrepot.kernel.access import platform
from entrepot.kernel.problems import each, only
from entrepot.kernel.tx import Tx
from entrepot.surfaces.partner_api import notices
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.worker import drain
from tests import filling
from tests.conftest import Installation
from tests.contexts.files.pictures import picture
from tests.listening import Ears, couriers, ears
from tests.living import Life
from tests.receiving import Receiver, receiver

pictures = catalog.pictures

ALL = tuple(kind.name for kind in notices.KINDS)


@pytest.fixture
def life(installation: Installation) -> Life:
    return Life(installation.work)


@pytest.fixture
def shop(installation: Installation) -> filling.Shop:
    return filling.shop(installation.work)


@pytest.fixture
def app(shop: filling.Shop, life: Life) -> Ears:
    return ears(life.work, shop.shop)


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


def heard(app: Ears, there: Receiver) -> list[Any]:
    """What the app has received by now, each parsed by the SDK, by the order of its sending."""
    drain(app.work, lambda _: platform("test"), [notices.SUBSCRIBER])
    wanted = len(app.log())
    with couriers(app.work):
        there.wait(lambda one: len(one.received) >= wanted)
    by_id = {hook.body["tts_notification_id"]: app.parsed(hook) for hook in there.received}
    return [by_id[str(one.notice_id)] for one in app.log()]


def of(found: list[Any], kind: int) -> list[Any]:
    return [one.data for one in found if one.type_ == kind]


def delivered(life: Life, shop: filling.Shop) -> OrderId:
    [order] = life.buy({shop.skus[0]: 2})
    life.on(0.1)
    life.deliver(life.hand_over(order))
    return order


def test_an_order_is_told_from_its_beginning_to_its_end(
    life: Life, shop: filling.Shop, app: Ears, there: Receiver
) -> None:
    app.listens(there.address, *ALL)
    order = delivered(life, shop)

    found = of(heard(app, there), 1)
    assert {one.order_id for one in found} == {str(order)}
    assert [one.order_status for one in found] == [
        "UNPAID",
        "ON_HOLD",
        "AWAITING_SHIPMENT",
        "AWAITING_COLLECTION",
        "IN_TRANSIT",
        "DELIVERED",
    ]
    assert [one.update_time for one in found] == sorted(one.update_time for one in found)


def test_cancellations_are_asked_for_and_happen(
    life: Life, shop: filling.Shop, app: Ears, there: Receiver
) -> None:
    app.listens(there.address, *ALL)
    [free] = life.buy({shop.skus[0]: 1})
    by_buyer = orders.Cancellation(order_id=free, by=Side.BUYER, reason=CancelReason.BUYER_ASKED)
    life.cancel(by_buyer)
    [asked, refused] = life.buy({shop.skus[0]: 1}) + life.buy({shop.skus[0]: 1})
    life.on(0.1)
    for order in (asked, refused):
        wish = orders.Cancellation(order_id=order, by=Side.BUYER, reason=CancelReason.BUYER_ASKED)
        life.cancel(wish)
    verdicts = {asked: orders.Verdict(consents=True), refused: orders.Verdict(consents=False)}
    life.do(lambda tx: each(cancelling.decide(tx, verdicts)))

    found = heard(app, there)
    told = [(int(one.order_id), one.cancel_status) for one in of(found, 11)]
    assert [status for order, status in told if order == free] == ["CANCELLATION_REQUEST_SUCCESS"]
    assert [status for order, status in told if order == asked] == [
        "CANCELLATION_REQUEST_PENDING",
        "CANCELLATION_REQUEST_SUCCESS",
    ]
    assert [status for order, status in told if order == refused] == [
        "CANCELLATION_REQUEST_PENDING",
        "CANCELLATION_REQUEST_CANCELLED",
    ]
    assert {one.cancellations_role for one in of(found, 11)} == {"BUYER"}
    cancelled = [int(one.order_id) for one in of(found, 1) if one.order_status == "CANCEL"]
    assert cancelled == [free, asked]


def test_packages_that_are_split_and_their_invoices(
    life: Life, shop: filling.Shop, app: Ears, there: Receiver
) -> None:
    app.listens(there.address, *ALL)
    [order] = life.buy({shop.skus[0]: 3})
    life.on(0.1)
    units = [Unit(order, 1, n) for n in range(3)]
    wish = Split(order_id=order, groups=[{units[0]}, {*units[1:]}])
    parcels = life.do(lambda tx: only(packing.split(tx, [wish])))
    life.do(lambda tx: logistics.hand_in(tx, parcels[0], b"<nfe/>"))
    life.do(lambda tx: logistics.hand_in(tx, parcels[1], b"no xml"))

    found = heard(app, there)
    [split] = of(found, 4)
    assert (split.sc_type, split.role_type) == ("SPLIT", "ROLE_SELLER")
    assert [one.package_id for one in split.package_list] == [str(one.id) for one in parcels]
    assert {id for one in split.package_list for id in one.order_id_list} == {str(order)}
    assert [(one.package_id, one.invoice_status) for one in of(found, 36)] == [
        (str(parcels[0].id), "SUCCESS"),
        (str(parcels[1].id), "INVALID"),
    ]


def test_a_return_from_its_request_to_the_refund(
    life: Life, shop: filling.Shop, app: Ears, there: Receiver
) -> None:
    app.listens(there.address, *ALL)
    order = delivered(life, shop)
    wish = returning.OpenCase(
        order_id=order,
        kind=Kind.RETURN_AND_REFUND,
        role=Role.BUYER,
        reason="damaged",
        units={1: 1},
    )
    case = life.open_case(wish)
    life.step(case, Verb.GRANT_RETURN, Role.MERCHANT)
    life.step(case, Verb.SEND_BACK, Role.BUYER, carrier="usps", tracking_number="R1")
    life.step(case, Verb.RECEIVE, Role.MERCHANT, grade=aftersales.Grade.SELLABLE)

    found = heard(app, there)
    assert [one.return_status for one in of(found, 12)] == [
        "RETURN_OR_REFUND_REQUEST_PENDING",
        "AWAITING_BUYER_SHIP",
        "BUYER_SHIPPED_ITEM",
        "RETURN_OR_REFUND_REQUEST_SUCCESS",
        "RETURN_OR_REFUND_REQUEST_COMPLETE",
    ]
    assert {(one.return_id, one.return_type) for one in of(found, 12)} == {
        (str(case.id), "RETURN_AND_REFUND")
    }
    assert [one.aftersales_request_status for one in of(found, 64)] == [
        "PENDING_REQUEST_REVIEW",
        "REQUEST_REVIEW_COMPLETED",
    ]
    assert [one.rma_status for one in of(found, 65)] == [
        "AWAITING_BUYER_SHIPPED",
        "RETURN_IN_TRANSIT",
        "PACKAGE_REVIEW_COMPLETED",
    ]
    [refund] = of(found, 67)
    assert (refund.refund_total, refund.refund_currency) == ("108.25", "USD")
    assert [one.main_order_id for one in refund.line_items] == [str(order)]
    assert refund.rma_id == str(case.id)


def test_a_product_is_audited_sold_edited_and_stopped(
    life: Life, shop: filling.Shop, app: Ears, there: Receiver
) -> None:
    app.listens(there.address, *ALL)
    made = life.do(lambda tx: filling.listed(tx, shop.shop, 1, 500, 0))[0]
    [listing] = life.do(lambda tx: catalog.in_shop(tx, shop.shop.id, [made.id])).values()
    life.on(0.1)
    for verb in (catalog.Verb.DEACTIVATE, catalog.Verb.REACTIVATE, catalog.Verb.TAKE_DOWN):
        move = catalog.Move(listing_id=listing.id, verb=verb)
        life.do(lambda tx, move=move: only(catalog.move(tx, [move])))  # type: ignore[misc]

    found = [one for one in heard(app, there) if one.data.product_id == int(made.id)]
    assert [one.status for one in of(found, 5)] == [
        "PRODUCT_STATUS_CHANGED",  # Handed in.
        "PRODUCT_FIRST_PASS_REVIEW",
        "PRODUCT_STATUS_CHANGED",
        "PRODUCT_STATUS_CHANGED",  # On sale again, which is no first time.
        "PRODUCT_STATUS_CHANGED",
    ]
    audits = [one.audit.status for one in of(found, 37)]
    assert audits == ["AUDITING", "APPROVED", "NONE", "APPROVED", "NONE"]


def test_a_product_is_told_when_it_is_made_and_when_it_stands_elsewhere_in_the_tree(
    life: Life, shop: filling.Shop, app: Ears, there: Receiver
) -> None:
    app.listens(there.address, *ALL)
    made = life.do(lambda tx: filling.listed(tx, shop.shop, 1, 500, 0))[0]
    [listing] = life.do(lambda tx: catalog.in_shop(tx, shop.shop.id, [made.id])).values()
    edit = catalog.Edit(listing_id=listing.id, category_id=catalog.CategoryId("aa"))
    life.do(lambda tx: only(catalog.edit(tx, [edit])))
    audit = catalog.Audit(listing_id=listing.id, passes=True)
    life.do(lambda tx: only(catalog.audit(tx, [audit])))

    found = heard(app, there)
    mine = [one.type_ for one in found if str(one.data.product_id) == str(made.id)]
    assert (mine[0], mine[-2:]) == (16, [15, 18])
    [creation] = [one for one in of(found, 16) if one.product_id == int(made.id)]
    assert creation.to_dict() == {
        "product_id": int(made.id),
        "update_time": int(listing.listed_at.timestamp()),
    }
    [change] = of(found, 18)
    assert (change.product_id, change.previous_category_id, change.current_category_id) == (
        str(made.id),
        "1010101",
        "10101",
    )
    assert change.update_time >= creation.update_time


def test_a_sku_is_sold_out_and_comes_back(
    life: Life, shop: filling.Shop, app: Ears, there: Receiver
) -> None:
    app.listens(there.address, *ALL)
    sku = shop.skus[0]
    everybody = [*SUBSCRIBERS, notices.SUBSCRIBER]
    drain(life.work, lambda _: platform("test"), everybody)
    [order] = life.buy({sku: 100})
    drain(life.work, lambda _: platform("test"), everybody)
    life.cancel(orders.Cancellation(order_id=order, by=Side.BUYER, reason=CancelReason.BUYER_ASKED))
    drain(life.work, lambda _: platform("test"), everybody)

    come, out, back = of(heard(app, there), 27)
    assert come.current_inventory_status == "SUFFICIENT_STOCK"
    assert (out.product_id, out.sku_id) == (str(shop.products[0].id), str(sku))
    assert (out.current_inventory_status, out.trigger_reason.alert_type) == (
        "OUT_OF_STOCK",
        "REALTIME",
    )
    assert out.inventory_distribution.to_dict() == {
        "total_quantity": 100,
        "available_quantity": 0,
        "creator_reserved_quantity": 0,
        "campaign_reserved_quantity": 0,
        "committed_quantity": 100,
    }
    assert (back.sku_id, back.current_inventory_status) == (str(sku), "SUFFICIENT_STOCK")
    assert back.inventory_distribution.available_quantity == 100


def test_a_translation_of_a_picture_is_told_and_other_work_is_not(
    life: Life, shop: filling.Shop, app: Ears, there: Receiver, tmp_path: Path
) -> None:
    app.listens(there.address, *ALL)
    storage, data = Folder(tmp_path), [picture(shade=shade) for shade in (10, 90, 180)]
    main_image = files.Purpose.MAIN_IMAGE
    new = files.NewFile(
        owner_id=shop.merchant_id, purpose=main_image, name="front.jpg", data=data[0]
    )
    file = life.do(lambda tx: only(files.upload(tx, storage, [new])))
    works = set(pictures.Work)
    said = [(pictures.Work.TRANSLATION, "de-DE"), (pictures.Work.TRANSLATION, "fr-FR")]
    wishes = [
        pictures.NewAlteration(shop_id=shop.shop.id, file_id=file.id, work=work, language=language)
        for work, language in (*said, (pictures.Work.WHITE_BACKGROUND, ""))
    ]
    made = life.do(lambda tx: each(pictures.alter(tx, works, wishes)))
    outcomes = (
        pictures.Altered(data[1]),
        pictures.Untouched("no words"),
        pictures.Altered(data[2]),
    )
    for outcome in outcomes:
        life.do(partial(recorded, storage=storage, outcome=outcome))

    found = [one.translation_task for one in of(heard(app, there), 46)]
    assert [(one.id, one.target_language, one.status) for one in found] == [
        (str(made[0].id), "de-DE", "COMPLETED"),
        (str(made[1].id), "fr-FR", "FAILED"),
    ]
    assert {one.original_image.uri for one in found} == {str(file.id)}
    assert found[0].translated_image.uri not in {"", str(file.id)}
    assert found[1].fail_reason == "This image can't be translated. Try a different image."


def recorded(tx: Tx, storage: Folder, outcome: catalog.pictures.Outcome) -> None:
    """The next wish comes to this."""
    at = clock.real() + timedelta(seconds=1)
    taken = pictures.take(tx, set(pictures.Work), at)
    assert taken is not None
    pictures.record(tx, storage, taken, outcome, at)


def test_an_app_that_is_shut_out_hears_just_that(
    life: Life, shop: filling.Shop, app: Ears, there: Receiver
) -> None:
    app.listens(there.address, *ALL)
    drain(life.work, lambda _: platform("test"), [notices.SUBSCRIBER])
    before = len(app.log())
    life.buy({shop.skus[0]: 1})
    drain(life.work, lambda _: platform("test"), [notices.SUBSCRIBER])  # Told, and not sent yet.
    assert len(app.log()) > before
    [one] = life.do(integrations.page)
    life.do(lambda tx: only(integrations.revoke(tx, [one.id])))
    life.buy({shop.skus[0]: 1})
    drain(life.work, lambda _: platform("test"), [notices.SUBSCRIBER])

    with couriers(life.work):
        there.wait(lambda one: len(one.received) == 1)
    event: Any = app.parsed(there.received[0])
    assert (event.type_, event.shop_id) == (6, str(shop.shop.id))
    assert {line.state for line in app.log()} == {"dropped", "delivered"}
    dead = [line.id for line in app.log("dropped")]
    [refused, *_] = life.do(lambda tx: integrations.deliveries.replay(tx, dead))
    assert not isinstance(refused, int)


def test_an_app_hears_of_nothing_that_its_scopes_do_not_open(
    life: Life, shop: filling.Shop, there: Receiver
) -> None:
    products = ears(life.work, shop.shop, [Scope.PRODUCT_READ.value])
    stranger = ears(life.work, filling.shop(life.work).shop)
    products.listens(f"{there.address}/p", *ALL)
    stranger.listens(f"{there.address}/s", *ALL)
    life.buy({shop.skus[0]: 1})
    drain(life.work, lambda _: platform("test"), [notices.SUBSCRIBER])

    assert {line.event for line in products.log()} <= {
        "PRODUCT_AUDIT_STATUS_CHANGE",
        "PRODUCT_CREATION",
        "PRODUCT_STATUS_CHANGE",
    }
    assert {line.shop_id for line in stranger.log()} == {stranger.shop.id}


def test_an_authorisation_that_ends_soon_is_told(
    life: Life, app: Ears, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.listens(there.address, *ALL)
    drain(life.work, lambda _: platform("test"), [notices.SUBSCRIBER])
    before = len(app.log())
    monkeypatch.setattr(integrations.actions, "WARNED_BEFORE", integrations.AUTHORISATION_LASTS)
    assert life.do(integrations.warn) == 1

    drain(life.work, lambda _: platform("test"), [notices.SUBSCRIBER])
    [last] = app.log()[before:]
    assert last.event == "UPCOMING_AUTHORIZATION_EXPIRATION"
    with couriers(life.work):
        there.wait(lambda one: len(one.received) > before)
    [event] = [app.parsed(one) for one in there.received if one.body["type"] == 7]
    assert isinstance(event, UpcomingAuthorizationExpirationWebhook)
    assert event.data and int(str(event.data.expiration_time)) > int(str(event.timestamp))
