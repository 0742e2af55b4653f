"""Event: where an app hears of what happens in a shop."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from entrepot.contexts import integrations
from entrepot.contexts.integrations import Endpoint, NewEndpoint

from .envelope import Data
from .operations import Ask, Operations
from .scopes import Scope
from .shapes import Body, Nothing

operations = Operations()


class EventType(StrEnum):
    """What can be subscribed to one by one (partner.tiktokshop.com, "Webhooks")."""

    CANCELLATION_STATUS_CHANGE = "CANCELLATION_STATUS_CHANGE"
    INVOICE_STATUS_CHANGE = "INVOICE_STATUS_CHANGE"
    NEW_CONVERSATION = "NEW_CONVERSATION"
    NEW_MESSAGE = "NEW_MESSAGE"
    NEW_MESSAGE_LISTENER = "NEW_MESSAGE_LISTENER"
    ORDER_STATUS_CHANGE = "ORDER_STATUS_CHANGE"
    PACKAGE_UPDATE = "PACKAGE_UPDATE"
    PRODUCT_AUDIT_STATUS_CHANGE = "PRODUCT_AUDIT_STATUS_CHANGE"
    PRODUCT_CATEGORY_CHANGE = "PRODUCT_CATEGORY_CHANGE"
    PRODUCT_CREATION = "PRODUCT_CREATION"
    PRODUCT_INFORMATION_CHANGE = "PRODUCT_INFORMATION_CHANGE"
    PRODUCT_STATUS_CHANGE = "PRODUCT_STATUS_CHANGE"
    RECIPIENT_ADDRESS_UPDATE = "RECIPIENT_ADDRESS_UPDATE"
    RETURN_STATUS_CHANGE = "RETURN_STATUS_CHANGE"
    REVERSE_STATUS_UPDATE = "REVERSE_STATUS_UPDATE"
    SELLER_DEAUTHORIZATION = "SELLER_DEAUTHORIZATION"
    UPCOMING_AUTHORIZATION_EXPIRATION = "UPCOMING_AUTHORIZATION_EXPIRATION"


class Subscription(Body):
    event_type: EventType
    address: Annotated[str, Field(min_length=1, max_length=255)]


class Unsubscription(Body):
    event_type: EventType


@operations.get("/event/202309/webhooks", scope=Scope.AUTHORIZATION_READ)
def shop_webhooks(ask: Ask[Nothing, Nothing]) -> Data:
    """This app's endpoints for the shop."""
    found = integrations.endpoints(ask.tx, ask.caller.app_id, ask.shop.id)
    return {"webhooks": [_shown(one) for one in found], "total_count": len(found)}


@operations.put("/event/202309/webhooks", scope=Scope.AUTHORIZATION_READ, body=Subscription)
def update_shop_webhook(ask: Ask[Nothing, Subscription]) -> None:
    """Send one kind of fact to this address from now on."""
    wish = NewEndpoint(
        app_id=ask.caller.app_id,
        shop_id=ask.shop.id,
        event=ask.body.event_type,
        address=ask.body.address,
    )
    integrations.set_endpoints(ask.tx, [wish])


@operations.delete("/event/202309/webhooks", scope=Scope.AUTHORIZATION_READ, body=Unsubscription)
def delete_webhook(ask: Ask[Nothing, Unsubscription]) -> None:
    """Send one kind of fact nowhere; where it was sent nowhere, nothing changes."""
    event = ask.body.event_type
    integrations.drop_endpoint(ask.tx, ask.caller.app_id, ask.shop.id, event)


def _shown(one: Endpoint) -> Data:
    return {
        "event_type": one.event,
        "address": one.address,
        "create_time": int(one.created_at.timestamp() * 1000),
        "update_time": int(one.updated_at.timestamp() * 1000),
    }
