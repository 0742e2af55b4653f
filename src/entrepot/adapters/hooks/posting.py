"""Posting, over connections that are kept."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache

from yarl import URL

from entrepot.contexts import integrations

from .reaching import Addresses, Reach
from .wire import Unanswered, Wire

PATIENCE_S, TO_CONNECT_S = 5.0, 3.0
KEPT_S = 30.0  # Without a request; then a connection is closed.
LONGEST_REASON = 200
Answer = integrations.deliveries.Answer
Place = tuple[str, str, int]  # Scheme, host and port.


@dataclass(slots=True)
class Session:
    """Connections of one event loop, by where they lead to; the last one used goes first."""

    reach: Reach
    patience_s: float
    addresses: Addresses
    _kept: dict[Place, list[Wire]] = field(default_factory=dict)
    _trusted: ssl.SSLContext | None = None

    async def send(self, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One attempt. Where we are led elsewhere we do not go: that is an answer as well."""
        began, status, reason = time.perf_counter(), None, ""
        try:
            url = self.reach.check(address)
            status = await self._post(url, _request(url, headers, body))
            if not 200 <= status < 300:
                reason = f"answered {status}"
        except (OSError, ValueError) as error:
            reason = _told(error)
        latency_ms = round((time.perf_counter() - began) * 1000)
        return Answer(status=status, latency_ms=latency_ms, reason=reason)

    def tidy(self, kept_s: float = KEPT_S) -> None:
        """Close what has not been used for so long."""
        before = asyncio.get_running_loop().time() - kept_s
        for place, wires in [*self._kept.items()]:
            for wire in wires:
                if wire.idle_since < before:
                    wire.abort()
            self._kept[place] = [wire for wire in wires if wire.is_open]
            if not self._kept[place]:
                del self._kept[place]

    def close(self) -> None:
        """Keep nothing."""
        for wires in self._kept.values():
            for wire in wires:
                wire.abort()
        self._kept.clear()

    async def _post(self, url: URL, request: bytes) -> int:
        place = (url.scheme, url.raw_host or "", url.port or 0)
        until = asyncio.get_running_loop().time() + self.patience_s
        wire = self._used(place)
        if wire is not None:
            # Closed by the other side while we wrote: what nobody read is sent over a new one.
            with suppress(Unanswered):
                return await self._ask(place, wire, request, until)
        return await self._ask(place, await self._connected(place), request, until)

    async def _ask(self, place: Place, wire: Wire, request: bytes, until: float) -> int:
        status = await wire.ask(request, until)
        if wire.is_open:
            wire.idle_since = asyncio.get_running_loop().time()
            self._kept.setdefault(place, []).append(wire)
        return status

    def _used(self, place: Place) -> Wire | None:
        wires = self._kept.get(place)
        while wires:
            wire = wires.pop()
            if wire.is_open:
                return wire
        return None

    async def _connected(self, place: Place) -> Wire:
        """A new connection to one of the addresses that were looked at, and to no other."""
        scheme, host, port = place
        trusted, name = (self._trusting(), host) if scheme == "https" else (None, None)
        loop, patience_s = asyncio.get_running_loop(), min(TO_CONNECT_S, self.patience_s)
        async with asyncio.timeout(patience_s):
            found = await self.addresses.of(host, port)
        failed: OSError | None = None
        for ip in found:
            try:
                async with asyncio.timeout(patience_s / len(found)):
                    _, wire = await loop.create_connection(
                        Wire, ip, port, ssl=trusted, server_hostname=name
                    )
                return wire
            except OSError as error:
                failed = error
        raise failed or OSError("the name has no address")

    def _trusting(self) -> ssl.SSLContext:
        """Whom the system trusts: read by the first that asks, for it takes a tenth of a second."""
        if self._trusted is None:
            self._trusted = ssl.create_default_context()
            self._trusted.set_alpn_protocols(["http/1.1"])
        return self._trusted


@dataclass(frozen=True, slots=True)
class Office:
    """Opens sessions that reach what may be reached, without proxies, cookies and redirects."""

    reach: Reach
    patience_s: float = PATIENCE_S

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Session]:
        """For the running event loop."""
        session = Session(self.reach, self.patience_s, Addresses(self.reach))
        tidying = asyncio.create_task(_tidying(session))
        try:
            yield session
        finally:
            tidying.cancel()
            session.close()


async def _tidying(session: Session) -> None:
    while True:
        await asyncio.sleep(KEPT_S / 3)
        session.tidy()


def _request(url: URL, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    assert lines.count("\n") == len(headers), "a header is one line"
    return b"%b%bContent-Length: %d\r\n\r\n%b" % (_head(url), lines.encode(), len(body), body)


@lru_cache(maxsize=4_096)
def _head(url: URL) -> bytes:
    """What all requests to an address begin with; what it quotes badly is quoted well."""
    host = url.host_port_subcomponent
    head = f"POST {url.raw_path_qs} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Entrepot-Webhooks/1\r\n"
    return head.encode("ascii")


def _told(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (str(error) or type(error).__name__)[:LONGEST_REASON]
