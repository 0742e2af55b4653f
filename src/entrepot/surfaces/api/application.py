"""The application that a server runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from sqlalchemy import QueuePool

from entrepot.surfaces.parts import Parts

from . import (
    books,
    buyer,
    checkouts,
    offers,
    onboarding,
    operations,
    orders,
    problems,
    products,
    quotes,
    sessions,
    settlements,
    shop,
    webhooks,
)
from .batches import Batches, Work
from .visitors import Door

PREFIX = "/api/v1"
MOST_BYTES = 1_000_000
THREADS_OF_BATCHES = 3  # Each needs a connection of its own, whatever the routes do.
NOUNS = (
    sessions,
    shop,
    quotes,
    checkouts,
    buyer,
    orders,
    products,
    settlements,
    offers,
    onboarding,
    operations,
    books,
    webhooks,
)


def create(parts: Parts) -> FastAPI:
    """All routes around the parts of a process."""
    door = Door(parts.rules, parts.keys.of("order-link"))
    app = FastAPI(
        title="Entrepot",
        version="1",
        lifespan=_lifespan,
        openapi_url=None,
        max_body_size=MOST_BYTES,
        docs_url=None,
        redoc_url=None,
    )
    app.state.parts, app.state.door = parts, door
    app.state.work = Work(parts, door)
    app.state.click_key = parts.keys.of("click")
    api = APIRouter(prefix=PREFIX)
    for noun in NOUNS:
        api.include_router(noun.router)
    app.include_router(api)
    problems.install(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """As many threads as connections, so that no thread waits for one."""
    parts: Parts = app.state.parts
    pool = cast(QueuePool, parts.engine.pool).size()
    threads = anyio.to_thread.current_default_thread_limiter()
    threads.total_tokens = max(1, pool - THREADS_OF_BATCHES)
    batches = app.state.batches = Batches.open(parts, app.state.door)
    try:
        yield
    finally:
        await anyio.to_thread.run_sync(batches.close)
