"""The registry of operations: how one is declared, and what its handler is given."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from entrepot.contexts import merchants
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import IdT
from entrepot.kernel.tx import Tx
from entrepot.surfaces.parts import Parts
from entrepot.views.partners import Caller

from .codes import invalid
from .envelope import Data
from .scopes import Scope
from .shapes import NOTHING, Body, Nothing, Query

T = TypeVar("T")
QueryT = TypeVar("QueryT", bound=Query)
BodyT = TypeVar("BodyT", bound=Body | Query)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request."""

    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Ask(Generic[QueryT, BodyT]):
    """One request, understood and allowed: what a handler works with."""

    parts: Parts
    operation: "Operation"
    caller: Caller
    path: Mapping[str, str]
    query: QueryT
    body: BodyT
    files: Mapping[str, Upload]
    work: Callable[[Callable[[Tx], Any]], Any]
    inside: Tx | None = None

    @property
    def tx(self) -> Tx:
        """The unit of work in which all of the operation happens."""
        assert self.inside is not None, "declared outside=True: use ask.run"
        return self.inside

    def run(self, do: Callable[[Tx], T]) -> T:
        """One unit of work of an operation that calls the outside world between them."""
        assert self.inside is None, "one unit of work already: use ask.tx"
        result: T = self.work(do)
        return result

    @property
    def seller(self) -> OrganisationId:
        """The organisation for which the app acts."""
        return self.caller.organisation_id

    @property
    def shop(self) -> merchants.Shop:
        """The shop of the cipher."""
        assert self.caller.shop is not None, "declared shop=False: there is none"
        return self.caller.shop

    @property
    def now_s(self) -> int:
        """Business time in seconds."""
        return int(self.tx.now.timestamp())

    def id(self, name: str, kind: type[IdT]) -> IdT:
        """An id in the path."""
        try:
            return kind.parse(self.path[name])
        except ValueError as error:
            raise invalid(name, str(error)) from error


Handler = Callable[[Any], Data | None]
HandlerT = TypeVar("HandlerT", bound=Handler)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method at one path, or the same meaning at older paths."""

    method: str
    path: str
    handler: Handler
    scope: Scope | None = None  # None: any valid token may.
    query: type[Query] = Nothing
    body: type[Body | Query] = Nothing
    shop: bool = True  # Whether a shop cipher is needed.
    outside: bool = False  # Whether it calls the outside world, and so is no one unit of work.
    files: bool = False  # Whether it takes multipart.

    @property
    def reads(self) -> bool:
        """Whether it only looks at what is there: it waits for nobody and is done soon."""
        looks = self.method == "GET" or self.path.endswith("/search")
        return looks and not self.outside


@dataclass
class Operations:
    """The operations of one resource."""

    declared: list[Operation] = field(default_factory=list)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.declared)

    def get(self, path: str, **how: Any) -> Callable[[HandlerT], HandlerT]:
        """Declare a read."""
        return self._declare("GET", path, **how)

    def post(self, path: str, **how: Any) -> Callable[[HandlerT], HandlerT]:
        """Declare a search or an action."""
        return self._declare("POST", path, **how)

    def put(self, path: str, **how: Any) -> Callable[[HandlerT], HandlerT]:
        """Declare a replacement."""
        return self._declare("PUT", path, **how)

    def delete(self, path: str, **how: Any) -> Callable[[HandlerT], HandlerT]:
        """Declare a removal."""
        return self._declare("DELETE", path, **how)

    def _declare(
        self, method: str, path: str, *, older: tuple[str, ...] = (), **how: Any
    ) -> Callable[[HandlerT], HandlerT]:
        def declare(handler: HandlerT) -> HandlerT:
            for one in (path, *(at_version(path, version) for version in older)):
                self.declared.append(Operation(method=method, path=one, handler=handler, **how))
            return handler

        return declare


def at_version(path: str, version: str) -> str:
    """The same path in another version: `/order/202507/orders` at 202309."""
    _, resource, _, rest = path.split("/", 3)
    return f"/{resource}/{version}/{rest}"


__all__ = [
    "NOTHING",
    "Ask",
    "Body",
    "Data",
    "Nothing",
    "Operation",
    "Operations",
    "Query",
    "Scope",
    "Upload",
]
