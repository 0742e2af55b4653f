"""An app is let in, listens, and is shut out again."""

import re
from dataclasses import replace
from typing import Any

import httpx
import pytest
from tiktok_shop_api import TikTokShopAuth, TikTokShopError
from tiktok_shop_api.generated.models import (
    DeleteWebhookForAnEventRequest,
    DeleteWebhookForAnEventRequestEventType,
    UpdateShopWebhookRequest,
    UpdateShopWebhookRequestEventType,
    UploadFileInitRequest,
)

from tests.conformance.judge import client as client_of
from tests.conformance.world import World

VIDEO = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + b"\0" * 40


def know_the_seller(world: World) -> None:
    """Whose shops these are, and what the seller may do across them."""
    client: Any = world.client.seller
    [shop] = client.get_active_shops().data.shops
    permissions = client.get_global_product_permission().data.permissions
    [related] = client.get_shop_group_and_related_shops().data.shop_group_data.shops

    assert (shop.id, shop.region) == (str(int(world.seller.shop.id)), "US")
    assert permissions == ["MANAGE_GLOBAL_PRODUCT"]
    assert related.shop_id == shop.id


def listen_to_a_shop(world: World) -> None:
    """An endpoint for one kind of event is set, shown and dropped; the neighbour sees none."""
    client: Any = world.client.event
    event = "INVOICE_STATUS_CHANGE"
    address = "https://erp.example.com/hooks"
    client.update_shop_webhook(
        body=UpdateShopWebhookRequest(address, UpdateShopWebhookRequestEventType(event))
    )
    told = client.get_shop_webhooks().data
    stranger: Any = world.stranger.client.event

    assert (event, address) in [(one.event_type, one.address) for one in told.webhooks]
    assert told.total_count == len(told.webhooks)
    assert address not in [one.address for one in stranger.get_shop_webhooks().data.webhooks]
    client.delete_webhook_for_an_event(
        body=DeleteWebhookForAnEventRequest(DeleteWebhookForAnEventRequestEventType(event))
    )
    assert event not in [one.event_type for one in client.get_shop_webhooks().data.webhooks]


def upload_a_video(world: World) -> None:
    """A signed request gives the place and the token with which the bytes follow."""
    client: Any = world.client.tools
    wish = UploadFileInitRequest("lantern.mp4", "video/mp4", len(VIDEO), 1, "product")
    told = client.upload_file_init(body=wish).data
    headers = {"x-upload-token": told.upload_token}

    with httpx.Client(base_url=world.address) as plain:
        answer = plain.put(httpx.URL(told.upload_url).path, content=VIDEO, headers=headers)

    assert re.fullmatch(r"\d+", answer.json()["data"]["id"])


def refresh_and_be_shut_out(world: World) -> None:
    """Both tokens change, the cipher stays; shut out by the owner, the app is out at once."""
    newcomer = world.opens()
    auth = TikTokShopAuth(world.app.key, world.app.secret, base_url=world.address)
    fresh = auth.refresh(newcomer.tokens.refresh)
    old: Any = newcomer.client
    client: Any = client_of(world.judge, replace(newcomer.access, token=fresh.access_token))

    [shop] = client.authorization.get_authorized_shops().data.shops
    assert shop.cipher == newcomer.access.cipher
    with pytest.raises(TikTokShopError) as exchanged:
        old.seller.get_active_shops()
    assert exchanged.value.code == 105001
    [mine] = newcomer.owner.gets("/authorisations")["items"]
    newcomer.owner.does("DELETE", f"/authorisations/{mine['id']}")
    with pytest.raises(TikTokShopError) as shut_out:
        client.seller.get_active_shops()
    assert shut_out.value.code == 105001
    with pytest.raises(TikTokShopError) as again:
        auth.refresh(fresh.refresh_token)
    assert again.value.code == 36004004
    world.sellers.remove(newcomer)


JOURNEYS = [know_the_seller, listen_to_a_shop, upload_a_video, refresh_and_be_shut_out]
