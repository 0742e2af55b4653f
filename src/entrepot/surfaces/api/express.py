"""Requests that come in numbers go straight to their routes, past what the framework does."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .problems import of_failure

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Straight:
    """A route that reads its request itself and depends on nothing."""

    path: str
    endpoint: Endpoint


class Express:
    """Hands `POST` at some paths to the very functions that the router would call.

    The router knows the same routes: they are documented there, and refuse other methods there.
    """

    def __init__(self, app: ASGIApp, endpoints: Mapping[str, Endpoint]) -> None:
        self._app = app
        self._straight = {path: Straight(path, do) for path, do in endpoints.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; whatever a route raises becomes the same answer as behind the router."""
        straight = self._straight.get(scope.get("path", ""))
        if straight is None or scope.get("method") != "POST":
            await self._app(scope, receive, send)
            return
        scope["route"] = straight
        request = Request(scope, receive)
        try:
            response = await straight.endpoint(request)
        except Exception as error:  # noqa: BLE001 - told to who asked, and logged.
            response = of_failure(request, error)
        await response(scope, receive, send)
