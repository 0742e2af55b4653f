"""Event: endpoints by shop and event, through the SDK, sync and async."""

import asyncio
import time
from typing import Any

from tiktok_shop_api import AsyncTikTokShop
from tiktok_shop_api.generated.models import (
    DeleteWebhookForAnEventRequest,
    DeleteWebhookForAnEventRequestEventType,
    UpdateShopWebhookRequest,
    UpdateShopWebhookRequestEventType,
)

from tests.surfaces.partner_api.conftest import Partner, registered

ORDERS = "ORDER_STATUS_CHANGE"


def wish(event: str, address: str) -> UpdateShopWebhookRequest:
    return UpdateShopWebhookRequest(address, UpdateShopWebhookRequestEventType(event))


def told(client: Any) -> list[tuple[str, str]]:
    data = client.event.get_shop_webhooks().data
    assert data.total_count == len(data.webhooks)
    return [(one.event_type, one.address) for one in data.webhooks]


def test_endpoints_are_set_replaced_and_dropped(sdk: Any) -> None:
    assert told(sdk) == []
    sdk.event.update_shop_webhook(body=wish(ORDERS, "https://erp.example.com/a"))
    sdk.event.update_shop_webhook(body=wish("PACKAGE_UPDATE", "https://erp.example.com/b"))
    sdk.event.update_shop_webhook(body=wish(ORDERS, "https://erp.example.com/c"))

    assert told(sdk) == [
        (ORDERS, "https://erp.example.com/c"),
        ("PACKAGE_UPDATE", "https://erp.example.com/b"),
    ]
    gone = DeleteWebhookForAnEventRequest(DeleteWebhookForAnEventRequestEventType(ORDERS))
    sdk.event.delete_webhook_for_an_event(body=gone)
    sdk.event.delete_webhook_for_an_event(body=gone)  # Where nothing is sent, nothing changes.
    assert told(sdk) == [("PACKAGE_UPDATE", "https://erp.example.com/b")]


def test_times_are_milliseconds_of_real_time(sdk: Any) -> None:
    sdk.event.update_shop_webhook(body=wish(ORDERS, "https://erp.example.com/a"))

    [one] = sdk.event.get_shop_webhooks().data.webhooks
    assert abs(one.create_time / 1000 - time.time()) < 60
    assert one.update_time == one.create_time


def test_every_event_can_be_subscribed_to(sdk: Any) -> None:
    for event in UpdateShopWebhookRequestEventType:
        sdk.event.update_shop_webhook(body=wish(event.value, "https://erp.example.com/a"))

    assert len(told(sdk)) == len(UpdateShopWebhookRequestEventType)


def test_endpoints_belong_to_one_app_and_one_shop(partner: Partner, sdk: Any) -> None:
    sdk.event.update_shop_webhook(body=wish(ORDERS, "https://erp.example.com/a"))
    neighbour = partner.other_seller()
    other = partner.of_app(registered(partner.work, "Another ERP"))

    for stranger in (neighbour, other):
        with stranger.client() as client:
            assert told(client) == []


def test_the_asynchronous_client_works_as_well(partner: Partner) -> None:
    async def run() -> list[str]:
        async with AsyncTikTokShop(
            partner.app.key,
            partner.secret,
            partner.tokens.access,
            partner.cipher,
            base_url=partner.address,
        ) as client:
            await client.event.update_shop_webhook(body=wish(ORDERS, "https://erp.example.com/a"))
            found: Any = await client.event.get_shop_webhooks()
            return [one.event_type for one in found.data.webhooks]

    assert asyncio.run(run()) == [ORDERS]
