"""The dialect as an application, and its place beside the native one."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from starlette.types import ASGIApp, Receive, Scope, Send

from entrepot.surfaces.parts import Parts

from . import unsupported
from .beside import Beside
from .dispatch import Dispatch
from .operations import Operation, Operations
from .routes import Routes


@cache
def served() -> tuple[Operation, ...]:
    """All operations that are served, by method and path: each module declares its own."""
    found = {id(one): one for module in _modules() for one in [getattr(module, "operations", None)]}
    registries = [one for one in found.values() if isinstance(one, Operations)]
    declared = (operation for registry in registries for operation in registry)
    return tuple(sorted(declared, key=lambda one: (one.path, one.method)))


def routes() -> Routes:
    """What is served, and what is known and answers why it is not."""
    return Routes([*served(), *unsupported.declined(served())])


def create(parts: Parts) -> "Dialect":
    """The dialect around the parts of a process."""
    return Dialect(Dispatch(parts, routes()), Beside(parts))


class Dialect:
    """An ASGI application, and which paths are its own."""

    def __init__(self, dispatch: Dispatch, beside: Beside) -> None:
        self.dispatch, self.beside = dispatch, beside
        self._resources = {one.path.split("/", 2)[1] for one in dispatch.routes.operations}

    def claims(self, path: str) -> bool:
        """Whether a path is the dialect's: by its first segment, or a page's whole path."""
        first = path.partition("/")[2].partition("/")[0]
        return first in self._resources or self.beside.claims(path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        serves = self.beside if self.beside.claims(scope["path"]) else self.dispatch
        await serves(scope, receive, send)


class BesideNative:
    """Two dialects on one port: what the Partner API claims never reaches the native one."""

    def __init__(self, app: ASGIApp, dialect: Dialect) -> None:
        self._native, self._dialect = app, dialect

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to whom its path belongs."""
        mine = scope["type"] == "http" and self._dialect.claims(scope["path"])
        await (self._dialect if mine else self._native)(scope, receive, send)


def _modules() -> Iterator[object]:
    room = import_module(__package__)
    for found in walk_packages(room.__path__, f"{__package__}."):
        yield import_module(found.name)
