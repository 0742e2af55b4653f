"""Requests that come in numbers go straight to their routes, past what the framework does."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.types import Receive, Scope, Send

from .problems import of_failure
from .signals import safely, timed

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Straight:
    """A route that reads its request itself, within bounds, and depends on nothing."""

    path: str
    endpoint: Endpoint


class Express(FastAPI):
    """Hands `POST` at some paths to the very functions that the router would call.

    The router knows the same routes: they are documented there, and refuse other methods there.
    What every other request passes on its way costs more than such a route does itself.
    """

    def __init__(self, endpoints: Mapping[str, Endpoint], **framework: Any) -> None:
        super().__init__(**framework)
        self._straight = {path: Straight(path, do) for path, do in endpoints.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; whatever a route raises becomes the same answer as behind the router."""
        straight = self._straight.get(scope.get("path", ""))
        if straight is None or scope.get("method") != "POST":
            await super().__call__(scope, receive, send)
            return
        began, status = time.perf_counter(), 500
        scope["app"], scope["route"] = self, straight
        try:
            response = await _answer(Request(scope, receive), straight)
            status, headers = response.status_code, safely(response.raw_headers)
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": response.body})
        finally:
            timed(scope, status, began)


async def _answer(request: Request, straight: Straight) -> Response:
    try:
        return await straight.endpoint(request)
    except Exception as error:  # noqa: BLE001 - told to who asked, and logged.
        return of_failure(request, error)
