"""What was sent to apps: operators see all of it, a merchant what concerns the own shops."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, Field

from entrepot.contexts import integrations
from entrepot.contexts.integrations import AppId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import Forbidden, NotFound, only
from entrepot.kernel.tx import Tx

from .calls import ThisCall
from .problems import refusals
from .routing import noun
from .views import Page, Paging, View, after_id, cursor_id, page

router = noun(tag="integrations")
DeliveryId, DeliveryState = (
    integrations.deliveries.DeliveryId,
    integrations.deliveries.DeliveryState,
)


class AskDeliveries(Paging):
    app_id: AppId | None = None
    state: integrations.deliveries.DeliveryState | None = None
    event: Annotated[str | None, Field(max_length=100)] = None
    told_from: AwareDatetime | None = None
    told_before: AwareDatetime | None = None


class DeliveryView(View):
    """One notice to one app. All times are real time."""

    id: integrations.deliveries.DeliveryId
    app_id: AppId
    organisation_id: OrganisationId
    shop_id: ShopId | None
    event: str
    notice_id: integrations.deliveries.NoticeId
    address: str
    state: integrations.deliveries.DeliveryState
    attempts: int
    told_at: datetime
    due_at: datetime
    status: int | None
    latency_ms: int | None
    reason: str
    answered_at: datetime | None


class ReplayedView(View):
    id: integrations.deliveries.DeliveryId


@router.get("/deliveries")
def list_deliveries(ask: Annotated[AskDeliveries, Query()], call: ThisCall) -> Page[DeliveryView]:
    """Webhooks that were sent or are to be sent, latest first; `dead` ones can be replayed."""
    wanted = integrations.deliveries.Wanted(
        app_id=ask.app_id,
        state=ask.state,
        event=ask.event,
        told_from=ask.told_from,
        told_before=ask.told_before,
    )

    def show(tx: Tx) -> Page[DeliveryView]:
        after = after_id(ask.after, DeliveryId)
        found = integrations.deliveries.log(tx, wanted, after=after, limit=ask.limit)
        return page(found, ask.limit, DeliveryView.model_validate, lambda one: cursor_id(one.id))

    return call.signed_in(show)


@router.post(
    "/deliveries/{delivery_id}/replay", status_code=201, responses=refusals(Forbidden, NotFound)
)
def replay_delivery(
    delivery_id: integrations.deliveries.DeliveryId, call: ThisCall
) -> ReplayedView:
    """Send a dead one again, to where the app listens now."""
    return call.signed_in(
        lambda tx: ReplayedView(id=only(integrations.deliveries.replay(tx, [delivery_id])))
    )
