"""The application that a server runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import anyio.to_thread
from fastapi import FastAPI
from sqlalchemy import QueuePool

from entrepot.surfaces.parts import Parts

from . import (
    alterations,
    books,
    briefs,
    buyer,
    checkouts,
    deliveries,
    files,
    finance,
    integrations,
    offers,
    onboarding,
    operations,
    orders,
    organisations,
    pages,
    papers,
    problems,
    products,
    quotes,
    returns,
    sessions,
    settlements,
    shop,
    signals,
    supply,
    webhooks,
)
from .batches import Batches, Work
from .bounded import Bounded
from .express import Express
from .routing import PREFIX
from .visitors import Door

THREADS_OF_BATCHES = 3  # Each needs a connection of its own, whatever the routes do.
STRAIGHT = {  # What many ask at once.
    f"{PREFIX}/shop/quotes": quotes.quote,
    f"{PREFIX}/shop/checkouts": checkouts.check_out,
}
NOUNS = (
    quotes,
    checkouts,
    sessions,
    shop,
    buyer,
    orders,
    returns,
    products,
    alterations,
    settlements,
    finance,
    supply,
    offers,
    briefs,
    organisations,
    onboarding,
    integrations,
    deliveries,
    operations,
    books,
    webhooks,
)


def create(parts: Parts) -> FastAPI:
    """All routes around the parts of a process."""
    app = bare()
    door = Door(parts.rules, parts.keys.of("order-link"))
    app.state.parts, app.state.door = parts, door
    app.state.work = Work(parts, door)
    app.state.click_key = parts.keys.of("click")
    return app


def bare() -> FastAPI:
    """All routes around nothing: enough to describe them."""
    app = Express(
        STRAIGHT,
        title="Entrepot",
        version="1",
        lifespan=_lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    for each in (*NOUNS, signals, pages, files, papers):
        app.router.routes.extend(each.router.routes)  # Including them would make each again.
    problems.install(app)
    app.add_middleware(Bounded)
    app.add_middleware(signals.Measured)
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
