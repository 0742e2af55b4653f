"""The load generator: asyncio on uvloop, raw sockets, HTTP/1.1 kept alive, nothing parsed in vain.

A process of its own, so that its processor time can be told apart. Reads a plan from standard
input and writes what it saw to standard output, both as JSON.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import orjson
import uvloop

BUYER = {"name": "A buyer", "email": "buyer@example.org", "phone": "+15550100"}
ADDRESS = {"country": "US", "region": "CA", "postal_code": "94103"}
WHOLE = {**ADDRESS, "city": "San Francisco", "street": "1 Market Street"}
PAYMENT = {"provider": "sandbox", "method": "sandbox-ok"}
QUOTES, CHECKOUTS = "/api/v1/shop/quotes", "/api/v1/shop/checkouts"
END, LENGTH = b"\r\n\r\n", b"content-length:"


class Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self._buffer = b""
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error or ConnectionError("closed"))

    def post(self, path: str, body: bytes) -> "asyncio.Future[tuple[int, bytes]]":
        """Send, and give the status and body that come back."""
        head = (
            f"POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        return self.send(head.encode() + body)

    def send(self, request: bytes) -> "asyncio.Future[tuple[int, bytes]]":
        """Send what is written already, and give the status and body that come back."""
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._waiting

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(END)
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.index(LENGTH) + len(LENGTH)
        length = int(head[at : head.find(b"\r\n", at) if b"\r\n" in head[at:] else None])
        begin = end + len(END)
        if len(self._buffer) < begin + length:
            return
        body, self._buffer = self._buffer[begin : begin + length], self._buffer[begin + length :]
        assert self._waiting is not None
        self._waiting.set_result((int(head[9:12]), body))


@dataclass
class Seen:
    """What the clients saw."""

    latencies_ms: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    quotes: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    last: float = 0.0  # When the last one was done.


async def client(plan: dict[str, Any], work: Iterator[Any], until: float, seen: Seen) -> None:
    """One buyer after the other, without a pause."""
    loop = asyncio.get_running_loop()
    _, one = await loop.create_connection(Connection, "127.0.0.1", plan["port"])
    for item in work:
        begun = time.perf_counter()
        if begun > until:
            break
        done = await _bought(one, plan["mode"], item, seen)
        if done:
            seen.last = time.perf_counter()
            seen.latencies_ms.append((seen.last - begun) * 1e3)


async def _bought(one: Connection, mode: str, item: Any, seen: Seen) -> bool:
    if mode == "whole":  # Requests that are written whole, such as signed ones.
        status, body = await one.send(item.encode())
        return status == 200 or _refused(seen, status, body)
    quote_id = item
    if mode != "place":
        items = [{"sku_id": sku, "quantity": 1} for sku in item]
        status, body = await one.post(
            QUOTES, orjson.dumps({"market": "us", "items": items, "address": ADDRESS})
        )
        if status != 201:
            return _refused(seen, status, body)
        quote_id = orjson.loads(body)["quote_id"]
        seen.quotes.append(quote_id)
        if mode == "quote":
            return True
    ask = {"quote_id": quote_id, "buyer": BUYER, "address": WHOLE, "payment": PAYMENT}
    status, body = await one.post(CHECKOUTS, orjson.dumps(ask))
    if status != 201:
        return _refused(seen, status, body)
    seen.groups.append(orjson.loads(body)["order_group_id"])
    return True


def _refused(seen: Seen, status: int, body: bytes) -> bool:
    seen.statuses[f"{status} {orjson.loads(body).get('type', '')}"] += 1
    return False


async def main(plan: dict[str, Any]) -> dict[str, Any]:
    """All clients at once, sharing the work."""
    seen, work = Seen(), iter(plan["work"])
    begun = time.perf_counter()
    until = begun + plan["seconds"]
    clients = [client(plan, work, until, seen) for _ in range(plan["clients"])]
    await asyncio.gather(*clients)
    return {
        "wall_s": time.perf_counter() - begun,
        "last_s": max(0.0, seen.last - begun),
        "cpu_s": time.process_time(),
        "latencies_ms": seen.latencies_ms,
        "refused": seen.statuses,
        "quotes": seen.quotes if plan["mode"] == "quote" else [],
        "groups": seen.groups,
    }


if __name__ == "__main__":
    given = orjson.loads(sys.stdin.buffer.read())
    told = orjson.dumps(uvloop.run(main(given)))
    with open(sys.stdout.fileno(), "wb", closefd=False) as out:  # Whole, also where unbuffered.
        out.write(told)
