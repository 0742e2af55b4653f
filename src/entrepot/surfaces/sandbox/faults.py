"""What goes wrong on purpose: answers of 500, slow answers, limits, webhooks that go astray.

The faults in force stand in a file of the sandbox's home, so that a command changes those of a
server that runs.
"""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from starlette.types import ASGIApp, Receive, Scope, Send

from entrepot.kernel import clock
from entrepot.surfaces.partner_api.codes import Code, Refused
from entrepot.surfaces.partner_api.envelope import declined, new_request_id
from entrepot.surfaces.partner_api.limits import Headers

FILE = "faults.json"
HELD_BACK_S = (1.0, 4.0)
EXHAUSTED: Headers = [
    (b"x-ratelimit-limit", b"50"),
    (b"x-ratelimit-remaining", b"0"),
    (b"x-ratelimit-reset", b"1"),
]
DIALECT = re.compile(r"/[a-z_]+/\d{6}/")


@dataclass(frozen=True, slots=True)
class Faults:
    """How the Partner API misbehaves. Nothing of a refused call is done."""

    error_rate: float = 0.0  # Of calls that are answered 500 and code 36009003.
    slow_ms: int = 0  # That every answer is late by.
    limited_until: float = 0.0  # Real time until which every call is answered 429.
    duplicates: float = 0.0  # Of webhooks that are sent twice.
    disorder: float = 0.0  # Of webhooks that later ones of the same resource may overtake.


def keep(home: Path, faults: Faults) -> None:
    """Let them be in force from now on."""
    fresh = home / f"{FILE}.new"
    fresh.write_text(json.dumps(asdict(faults)), encoding="utf-8")
    fresh.replace(home / FILE)


def change(home: Path, **more: float) -> Faults:
    """Change some of those in force."""
    faults = replace(kept(home), **more)  # type: ignore[arg-type]
    keep(home, faults)
    return faults


def kept(home: Path) -> Faults:
    """Those in force."""
    try:
        return Faults(**json.loads((home / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Faults()


class Kept:
    """Those in force, read again when the file has changed."""

    def __init__(self, home: Path) -> None:
        self._home, self._faults, self._changed_ns = home, Faults(), -1

    def now(self) -> Faults:
        """Those in force at this moment."""
        file = self._home / FILE
        changed_ns = file.stat().st_mtime_ns if file.exists() else 0
        if changed_ns != self._changed_ns:
            self._faults, self._changed_ns = kept(self._home), changed_ns
        return self._faults


class Astray:
    """Webhooks as a careful receiver has to expect them: twice, and not in their order."""

    def __init__(self, home: Path) -> None:
        self._kept = Kept(home)
        self._random = Random(1)  # noqa: S311 - nothing is secret.

    def copies(self) -> int:
        """Two, now and then."""
        return 1 + (self._random.random() < self._kept.now().duplicates)

    def delay(self) -> timedelta | None:
        """A few seconds, now and then."""
        if self._random.random() >= self._kept.now().disorder:
            return None
        return timedelta(seconds=self._random.uniform(*HELD_BACK_S))


class Faulty:
    """An application whose Partner API misbehaves as told."""

    def __init__(self, app: ASGIApp, home: Path, now: Callable[[], datetime] = clock.real) -> None:
        self._app, self._kept, self._now = app, Kept(home), now
        self._random = Random(1)  # noqa: S311 - nothing is secret.

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or not DIALECT.match(scope["path"]):
            await self._app(scope, receive, send)
            return
        faults = self._kept.now()
        if faults.slow_ms:
            await asyncio.sleep(faults.slow_ms / 1_000)
        if self._now().timestamp() < faults.limited_until:
            refusal = Refused(Code.TOO_MANY_REQUESTS, "Too many requests.", retry_after_s=1)
            await self._refuse(send, refusal, EXHAUSTED)
        elif self._random.random() < faults.error_rate:
            message = "Internal error. The sandbox was told to fail; nothing was done."
            await self._refuse(send, Refused(Code.INTERNAL, message), [])
        else:
            await self._app(scope, receive, send)

    async def _refuse(self, send: Send, refusal: Refused, more: Headers) -> None:
        answer = declined(new_request_id(self._now()), refusal)
        headers = [*answer.headers, *more, (b"content-length", str(len(answer.body)).encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})
