"""How routes are declared: each is known by its path, and read in full when it is first asked."""

from collections.abc import Callable
from threading import RLock
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import Match, compile_path
from starlette.types import Scope

PREFIX = "/api/v1"
READING = RLock()  # The description of all is made on another thread than requests are matched.


class LateRoute(APIRoute):
    """A route whose parameters and models are looked at by its first request.

    That takes some milliseconds for each; all of them took a server as long to start as the half
    of everything else, and most processes are asked for few.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **declared: Any) -> None:
        self.path, self.endpoint, self._declared = path, endpoint, declared
        self.name = endpoint.__name__
        self.methods = {*declared["methods"]}
        self._begins, self._names, _ = path.partition("{")

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Looked at closely only if it begins as the request does."""
        path: str = scope["path"]
        if not (path.startswith(self._begins) if self._names else path == self._begins):
            return Match.NONE, {}
        if "path_regex" not in self.__dict__:
            self.path_regex, self.path_format, self.param_convertors = compile_path(self.path)
        return super().matches(scope)

    def __getattr__(self, name: str) -> Any:
        """Whatever is more than a path to match."""
        with READING:
            declared = self.__dict__.pop("_declared", None)
            if declared is not None:
                super().__init__(self.path, self.endpoint, **declared)
        return object.__getattribute__(self, name)


def noun(prefix: str = "", *, tag: str) -> APIRouter:
    """What declares the routes of one noun of the API."""
    return _router(prefix=PREFIX + prefix, tags=[tag])


def beside() -> APIRouter:
    """What declares routes that are no part of the API."""
    return _router(include_in_schema=False)


def _router(**how: Any) -> APIRouter:
    return APIRouter(
        route_class=LateRoute, generate_unique_id_function=lambda route: route.name, **how
    )
