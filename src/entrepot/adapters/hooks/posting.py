"""Posting, with aiohttp."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from entrepot.contexts import integrations

from .reaching import Reach, Resolver

PATIENCE_S, TO_CONNECT_S = 5.0, 3.0
MOST_READ = 65_536  # Bytes of an answer; nobody reads them, but a connection is used again.
LONGEST_REASON = 200
Answer = integrations.deliveries.Answer


@dataclass(frozen=True, slots=True)
class Session:
    """Connections of one event loop."""

    http: aiohttp.ClientSession
    reach: Reach

    async def send(self, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One attempt. Where we are led elsewhere we do not go: that is an answer as well."""
        began, status, reason = time.perf_counter(), None, ""
        try:
            url = self.reach.check(address)
            async with self.http.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                status = answer.status
                await answer.content.read(MOST_READ)
            if not 200 <= status < 300:
                reason = f"answered {status}"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            reason = _told(error)
        latency_ms = round((time.perf_counter() - began) * 1000)
        return Answer(status=status, latency_ms=latency_ms, reason=reason)


@dataclass(frozen=True, slots=True)
class Office:
    """Opens sessions that reach what may be reached, without proxies, cookies and redirects."""

    reach: Reach
    patience_s: float = PATIENCE_S

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Session]:
        """For the running event loop."""
        # Pinned: it connects to what the resolver gave. Queues limit themselves, one by one.
        connector = aiohttp.TCPConnector(
            resolver=Resolver(self.reach), limit=0, keepalive_timeout=30, ttl_dns_cache=10
        )
        timeout = aiohttp.ClientTimeout(total=self.patience_s, connect=TO_CONNECT_S)
        async with aiohttp.ClientSession(
            connector=connector,
            timeout=timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            headers={"User-Agent": "Entrepot-Webhooks/1"},
        ) as http:
            yield Session(http, self.reach)


def _told(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, aiohttp.ClientConnectorError):
        error = error.os_error  # What it wraps says why; of a name, what the resolver said.
    return (str(error) or type(error).__name__)[:LONGEST_REASON]
