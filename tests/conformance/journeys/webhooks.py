"""Webhooks of journeys, received by a real server."""

from typing import Any

from tiktok_shop_api.generated.models import (
    DeleteWebhookForAnEventRequest,
    DeleteWebhookForAnEventRequestEventType,
    PartialEditProductRequest,
    UpdateShopWebhookRequest,
    UpdateShopWebhookRequestEventType,
)
from tiktok_shop_api.webhooks import Webhooks

from entrepot.contexts import integrations
from entrepot.kernel.tx import Tx
from entrepot.surfaces.worker import Worker
from tests.conformance.journeys import global_products, promotion
from tests.conformance.world import World
from tests.receiving import Hook, Receiver, receiver

EVENTS = (
    "ORDER_STATUS_CHANGE",
    "CANCELLATION_STATUS_CHANGE",
    "PRODUCT_STATUS_CHANGE",
    "PRODUCT_CREATION",
    "PRODUCT_CATEGORY_CHANGE",
)


def hear_of_a_sale_and_a_cancellation(world: World) -> None:
    """Each webhook passes the library's verification and its strict parser, in its order."""
    client: Any = world.client.event
    with receiver() as there:
        for event in EVENTS:
            client.update_shop_webhook(
                body=UpdateShopWebhookRequest(
                    f"{there.address}/hooks", UpdateShopWebhookRequestEventType(event)
                )
            )
        goods = world.seller.goods()
        [kept] = world.buyer.buys({goods.sku_id: 1})
        [given_up] = world.buyer.buys({goods.sku_id: 1})
        world.buyer.posts(given_up, "/cancellation", {})
        elsewhere = PartialEditProductRequest.from_dict({"category_id": "10101"})
        products: Any = world.client.products
        products.partial_edit_product(product_id=goods.product_id, body=elsewhere)
        world.on(hours=2)
        found = [parsed(world, hook) for hook in sent(world, there)]
        for event in EVENTS:
            client.delete_webhook_for_an_event(
                body=DeleteWebhookForAnEventRequest(DeleteWebhookForAnEventRequestEventType(event))
            )

    steps = {
        id: [one.data.order_status for one in found if one.type_ == 1 and one.data.order_id == id]
        for id in (kept, given_up)
    }
    assert steps[kept] == ["UNPAID", "ON_HOLD", "AWAITING_SHIPMENT"]
    assert steps[given_up] == ["UNPAID", "ON_HOLD", "CANCEL"]
    assert [one.data.order_id for one in found if one.type_ == 11] == [given_up]
    assert int(goods.product_id) in {one.data.product_id for one in found if one.type_ == 5}
    assert int(goods.product_id) in {one.data.product_id for one in found if one.type_ == 16}
    [moved] = [one.data for one in found if one.type_ == 18]
    assert (moved.product_id, moved.previous_category_id, moved.current_category_id) == (
        goods.product_id,
        "1010101",
        "10101",
    )


OFFERS = ("ACTIVITY_STATUS_CHANGE", "ACTIVITY_CHANGE")
GUIDANCE = (
    "SIZE_CHART_CHANGE",
    "APPEAL_COMPLETED",
    "GLOBAL_REPLICATION_STATUS_CHANGE",
    "PRODUCT_CREATION",
)


def hear_of_offers_and_of_advice(world: World) -> None:
    """What no shop subscribes to by itself goes to where the operator said."""
    with receiver() as there:
        listens(world, f"{there.address}/app")
        promotion.work_on_a_discount(world)
        global_products.replicate(world)
        global_products.measure(world)
        found = [parsed(world, hook) for hook in sent(world, there)]
        listens(world, None)

    def of(kind: int) -> list[Any]:
        return [one.data for one in found if one.type_ == kind]

    changes = [one.change_type for one in of(63)]
    assert changes == ["CREATE", "UPDATE", "UPDATE", "UPDATE", "DEACTIVATE"]
    assert [one.status for one in of(39)] == ["DEACTIVATED", "ONGOING", "EXPIRED"]
    assert {(one.activity_type, one.product_level) for one in of(39)} == {
        ("DIRECT_DISCOUNT", "PRODUCT")
    }
    assert len({one.activity_id for one in [*of(63), *of(39)]}) == 1
    assert [(one.event_type, one.size_chart_template_name) for one in of(19)] == [
        ("CREATE", "Shirts"),
        ("EDIT", "Shirts"),
    ]
    [appeal] = of(66)
    [result] = appeal.appeal_task.appeal_audit_result
    assert (result.indicator_type, result.status) == ("REQUIRED_DIMENSION", "APPROVED")
    [copy] = of(51)
    assert (copy.replicated_product.region, copy.replicated_product.result) == ("GB", "SUCCESS")
    assert copy.source_product_id == copy.replicated_product.product_id
    product = int(copy.source_product_id)
    made_in = [one.shop_id for one in found if one.type_ == 16 and one.data.product_id == product]
    assert len(made_in) == len({*made_in}) == 2


def listens(world: World, address: str | None) -> None:
    """Where the app hears of all shops that let it in."""

    def listen(tx: Tx) -> None:
        app = integrations.app_of_key(tx, world.app.key)
        assert app is not None
        integrations.deliveries.listen(tx, app.id, [*OFFERS, *GUIDANCE], address)

    world.do(listen)


def sent(world: World, there: Receiver) -> list[Hook]:
    """What the worker sends of all that has happened."""
    world.turn()
    worker = Worker(world.parts)

    def done() -> bool:
        waiting = "select count(*) from integrations.deliveries where state = 'pending'"
        with world.parts.engine.connect() as sql:
            return not sql.exec_driver_sql(waiting).scalar_one()

    worker.courier.run(done)
    return there.received


def parsed(world: World, hook: Hook) -> Any:
    """As the library reads it; it refuses what is forged or lacks a field."""
    return Webhooks.verify_and_parse(
        app_key=world.app.key,
        app_secret=world.app.secret,
        raw_body=hook.raw,
        signature=hook.signature,
    )


JOURNEYS = [hear_of_a_sale_and_a_cancellation, hear_of_offers_and_of_advice]
