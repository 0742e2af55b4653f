"""The judge: it hears every call of an unmodified client, and reads each answer strictly."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
from tiktok_shop_api import AsyncTikTokShop, TikTokShop

from . import sdk, strictness
from .strictness import Reading

# What tells nothing of a shop: an answer with these alone is hollow.
FRAME = {"code", "message", "request_id", "data", "data.next_page_token", "data.total_count"}
# Operations whose right answer is an empty list, each with its reason.
EMPTY = {"getAuthorizedCategoryAssets": "no organisation here is authorised by category"}
ASIDE = {"errors", "error", "warnings", "next_page_token", "total_count"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request and what came back."""

    operation: sdk.Operation
    status: int
    raw: Any
    reading: Reading
    is_async: bool

    @property
    def succeeded(self) -> bool:
        """Whether the platform did what was asked."""
        return isinstance(self.raw, dict) and self.raw.get("code") == 0


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that succeeded, without what its sender proved itself by."""

    operation: sdk.Operation
    path: str
    query: tuple[tuple[str, str], ...]
    content_type: str
    content: bytes

    @classmethod
    def of(cls, operation: sdk.Operation, request: httpx.Request) -> "Sent":
        """As it was sent."""
        pairs = request.url.params.multi_items()
        return cls(
            operation,
            request.url.path,
            tuple(pair for pair in pairs if pair[0] not in PROOFS),
            request.headers.get("content-type", ""),
            request.content,
        )


PROOFS = {"app_key", "sign", "timestamp", "shop_cipher", "access_token"}


@dataclass(slots=True)
class Judge:
    """Collects calls. What it says of an operation, it says of all calls of it."""

    calls: list[Call] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)  # Requests that are no operation.

    def look(self, request: httpx.Request, response: httpx.Response, *, is_async: bool) -> None:
        """Read one answer."""
        path = request.url.raw_path.partition(b"?")[0].decode("ascii")
        operation = sdk.find(request.method, path)
        if operation is None:
            self.strangers.append(f"{request.method} {path}")
            return
        raw = _json(response.content)
        reading = strictness.read(operation, response.status_code, raw)
        self.calls.append(Call(operation, response.status_code, raw, reading, is_async))
        if self.calls[-1].succeeded:
            self.sent.append(Sent.of(operation, request))

    def of(self, operation: sdk.Operation) -> Iterator[Call]:
        """The calls of an operation."""
        return (call for call in self.calls if call.operation == operation)

    def fields(self, operation: sdk.Operation) -> set[str]:
        """The fields that successful answers of an operation have shown with a value."""
        return set[str]().union(
            *(call.reading.fields for call in self.of(operation) if call.succeeded)
        )

    def problems(self, operation: sdk.Operation) -> list[str]:
        """Why an operation does not pass; nothing if it does."""
        calls = [*self.of(operation)]
        found = [problem for call in calls for problem in call.reading.problems]
        if not calls:
            return ["never called"]
        if not any(call.succeeded for call in calls):
            return [*found, f"never succeeded: {calls[0].raw}"]
        if _has_content(operation) and not self.fields(operation) - FRAME:
            found.append("no answer has anything in it")
        return [*dict.fromkeys(found)]

    def transport(self, inner: httpx.BaseTransport | None = None) -> httpx.BaseTransport:
        """For the synchronous client."""
        return _Listening(self, inner or httpx.HTTPTransport())

    def async_transport(
        self, inner: httpx.AsyncBaseTransport | None = None
    ) -> httpx.AsyncBaseTransport:
        """For the asynchronous client."""
        return _AsyncListening(self, inner or httpx.AsyncHTTPTransport())


def _has_content(operation: sdk.Operation) -> bool:
    if operation.id in EMPTY:
        return False
    data = strictness.keys(sdk.answer(operation)).get("data")
    return data is not None and any(strictness.keys(kind).keys() - ASIDE for kind in data.kinds)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


class _Listening(httpx.BaseTransport):
    def __init__(self, judge: Judge, inner: httpx.BaseTransport) -> None:
        self._judge, self._inner = judge, inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        response = self._inner.handle_request(request)
        response.read()
        self._judge.look(request, response, is_async=False)
        return response

    def close(self) -> None:
        self._inner.close()


class _AsyncListening(httpx.AsyncBaseTransport):
    def __init__(self, judge: Judge, inner: httpx.AsyncBaseTransport) -> None:
        self._judge, self._inner = judge, inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        response = await self._inner.handle_async_request(request)
        await response.aread()
        self._judge.look(request, response, is_async=True)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


@dataclass(frozen=True, slots=True)
class Access:
    """What a client needs to know."""

    address: str
    app_key: str
    app_secret: str
    token: str | None = None
    cipher: str | None = None


@dataclass(slots=True)
class Client:
    """Both clients of the library behind one: reads are asked of both, writes of one in turn."""

    sync: TikTokShop
    asynchronous: AsyncTikTokShop
    loop: asyncio.AbstractEventLoop
    turns: dict[str, int] = field(default_factory=dict)

    def __getattr__(self, group: str) -> "_Group":
        return _Group(self, group)

    def do(self, group: str, name: str, *words: Any, **named: Any) -> Any:
        """Call a method of a group."""
        operation = sdk.asked_by(group, name)
        turn = self.turns[operation.id] = self.turns.get(operation.id, len(self.turns)) + 1
        sync: Callable[..., Any] = getattr(getattr(self.sync, group), name)
        other: Callable[..., Any] = getattr(getattr(self.asynchronous, group), name)
        if not operation.is_read:
            return self._run(other(*words, **named)) if turn % 2 else sync(*words, **named)
        self._run(other(*words, **named))
        return sync(*words, **named)

    def close(self) -> None:
        """Let go of the connections."""
        self.sync.close()
        self._run(self.asynchronous.aclose())
        self.loop.close()

    def _run(self, coroutine: Any) -> Any:
        return self.loop.run_until_complete(coroutine)


@dataclass(frozen=True, slots=True)
class _Group:
    client: Client
    name: str

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return lambda *words, **named: self.client.do(self.name, method, *words, **named)


def client(judge: Judge, access: Access) -> TikTokShop:
    """A client that looks like the library's own, sync, and is judged."""
    told = (access.app_key, access.app_secret, access.token, access.cipher)
    sync = TikTokShop(*told, base_url=access.address, transport=judge.transport())
    other = AsyncTikTokShop(*told, base_url=access.address, transport=judge.async_transport())
    return cast("TikTokShop", Client(sync, other, asyncio.new_event_loop()))
