"""Whether the process lives, whether it can work, and how it fares."""

import time
from collections.abc import Iterable
from functools import cache

from fastapi import Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, generate_latest
from sqlalchemy import QueuePool
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrepot import observability
from entrepot.contexts import integrations
from entrepot.contexts.settlement import Lack
from entrepot.kernel import clock
from entrepot.migrations import run
from entrepot.surfaces.parts import Parts
from entrepot.views import facts

from .routing import beside

router = beside()

Header = tuple[bytes, bytes]

REGISTRY = observability.REGISTRY
POOL = Gauge(
    "entrepot_pool_connections",
    "Connections to the database, by what they do.",
    ["state"],
    registry=REGISTRY,
)
LAG = Gauge(
    "entrepot_event_lag", "Facts that a subscriber has not read.", ["subscriber"], registry=REGISTRY
)
FRESH = Gauge("entrepot_events_fresh", "Facts that are not sequenced yet.", registry=REGISTRY)
PARKED = Gauge(
    "entrepot_events_parked",
    "Facts that a subscriber could not digest.",
    ["subscriber"],
    registry=REGISTRY,
)
WAITING = Gauge(
    "entrepot_payouts_waiting",
    "Payees' sums that are settled and not paid out, by what they lack.",
    ["lacks"],
    registry=REGISTRY,
)
HOOKS = Gauge(
    "entrepot_webhooks",
    "Webhooks that wait, or that no endpoint took.",
    ["state"],
    registry=REGISTRY,
)
HOOKS_AGE = Gauge(
    "entrepot_webhooks_oldest_seconds", "How long the oldest one waits.", registry=REGISTRY
)
SHUT = Gauge(
    "entrepot_webhooks_open_breakers", "Endpoints that are left alone for now.", registry=REGISTRY
)
UNKNOWN_ROUTES = Counter(
    "entrepot_unknown_routes_total", "Requests that no route took.", registry=REGISTRY
)


@router.get("/healthz")
async def live() -> JSONResponse:
    """The process answers; neither pool nor database is asked."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def ready(request: Request) -> JSONResponse:
    """The database answers and has the shape that this release knows."""
    parts: Parts = request.app.state.parts
    try:
        with parts.engine.connect() as sql:
            stands_at = run.stands_at(sql)
    except SQLAlchemyError as error:
        return JSONResponse({"status": "no database", "reason": type(error).__name__}, 503)
    if stands_at != newest():
        told = {"status": "not migrated", "database": str(stands_at), "release": newest()}
        return JSONResponse(told, 503)
    return JSONResponse({"status": "ready"})


@cache
def newest() -> str:
    """The newest step that this release knows; it does not change while the process lives."""
    return run.head()


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Prometheus' format."""
    parts: Parts = request.app.state.parts
    _look_at(parts)
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


def _look_at(parts: Parts) -> None:
    pool = parts.engine.pool
    assert isinstance(pool, QueuePool)
    POOL.labels("idle").set(pool.checkedin())
    POOL.labels("busy").set(pool.checkedout())
    try:
        with parts.engine.connect() as sql:
            standing = facts.standing(sql)
            hooks = integrations.deliveries.counted(sql)
    except SQLAlchemyError:
        return  # What the process knows of itself is told all the same.
    FRESH.set(standing.fresh)
    HOOKS.labels("pending").set(hooks.pending)
    HOOKS.labels("dead").set(hooks.dead)
    oldest = hooks.oldest_at
    HOOKS_AGE.set(0 if oldest is None else (clock.real() - oldest).total_seconds())
    SHUT.set(hooks.open_queues)
    for subscriber in parts.subscribers:
        LAG.labels(subscriber.name).set(standing.behind.get(subscriber.name, 0))
        PARKED.labels(subscriber.name).set(standing.parked.get(subscriber.name, 0))
    for lack in Lack:
        WAITING.labels(lack.value).set(standing.waiting.get(lack.value, 0))


class Measured:
    """Times each request under the route that took it, and gives answers their safe headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and look at the clock and the status on the way back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = safely(message["headers"])
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            timed(scope, status, began)


def timed(scope: Scope, status: int, began: float) -> None:
    """Count a request, and what it took since the clock stood there, under its route."""
    route = getattr(scope.get("route"), "path", None)
    if route is None:
        UNKNOWN_ROUTES.inc()
    else:
        took = time.perf_counter() - began
        observability.REQUESTS.labels(route, scope["method"], str(status)).observe(took)


def safely(headers: Iterable[Header]) -> list[Header]:
    """The headers of an answer, with those that keep it safe where it has none of its own."""
    said = [*headers]
    given = {name for name, _ in said}
    return [*said, *(pair for pair in SAFE if pair[0] not in given)]


SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
