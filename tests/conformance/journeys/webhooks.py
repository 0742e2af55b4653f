"""The webhooks of a sale and of a return, received by a real server."""

from typing import Any

from tiktok_shop_api.generated.models import (
    DeleteWebhookForAnEventRequest,
    DeleteWebhookForAnEventRequestEventType,
    UpdateShopWebhookRequest,
    UpdateShopWebhookRequestEventType,
)
from tiktok_shop_api.webhooks import Webhooks

from entrepot.surfaces.worker import Worker
from tests.conformance.world import World
from tests.receiving import Hook, Receiver, receiver

EVENTS = ("ORDER_STATUS_CHANGE", "CANCELLATION_STATUS_CHANGE", "PRODUCT_STATUS_CHANGE")


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


JOURNEYS = [hear_of_a_sale_and_a_cancellation]
