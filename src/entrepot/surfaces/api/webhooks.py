"""What payment providers tell: stored as it came, answered, then applied."""

from fastapi import BackgroundTasks, Request, Response
from fastapi.concurrency import run_in_threadpool

from entrepot.contexts import payments
from entrepot.contexts.payments import ForgedWebhook, ProviderEvent, Webhook
from entrepot.kernel.problems import NotFound
from entrepot.surfaces.parts import Parts

from .problems import refusals
from .routing import noun

router = noun("/webhooks", tag="webhooks")

RAW = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
        "description": "As the provider sends and signs it.",
    }
}


@router.post(
    "/payments/{provider}",
    status_code=204,
    response_class=Response,
    openapi_extra=RAW,
    responses=refusals(ForgedWebhook, NotFound),
)
async def hear(provider: str, request: Request, later: BackgroundTasks) -> None:
    """Take a provider's message. A forged one is refused; a known one changes nothing."""
    parts: Parts = request.app.state.parts
    found = parts.providers.get(provider)
    if found is None:
        raise NotFound("payment provider", "of this name")
    webhook = Webhook(await request.body(), dict(request.headers))
    event = await run_in_threadpool(found.verify, webhook)
    await run_in_threadpool(_keep, parts, event)
    later.add_task(_apply, parts)  # After the answer; should it fail, the worker does it.


def _keep(parts: Parts, event: ProviderEvent) -> None:
    who = parts.platform("webhooks.keep")
    parts.work.run(who, "webhooks.keep", lambda tx: payments.receive(tx, [event]))


def _apply(parts: Parts) -> None:
    parts.work.run(parts.platform("webhooks.apply"), "webhooks.apply", payments.apply)
