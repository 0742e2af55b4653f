"""Rate limits: a bucket of tokens for each app and shop, in the memory of each process.

With n processes an app may ask n times as often; a limit that all share would cost every call a
write.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from .codes import Code, Refused

MOST_BUCKETS = 100_000
Key = tuple[int, int]  # App, and shop or organisation.
Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


class Limits:
    """`rate` calls a second, and as many at once; a bucket that is full again is forgotten."""

    def __init__(self, rate: int, now: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.now = rate, now
        self._buckets: dict[Key, _Bucket] = {}
        self._lock = threading.Lock()

    def take(self, key: Key) -> Headers:
        """Count one call, or refuse it; what the answer's headers tell of it."""
        if not self.rate:
            return []
        now = self.now()
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                self._make_room(now)
                bucket = self._buckets[key] = _Bucket(self.rate, now)
            bucket.level = min(self.rate, bucket.level + (now - bucket.at) * self.rate)
            bucket.at = now
            if bucket.level < 1:
                raise TooManyRequests(self._told(0))
            bucket.level -= 1
            return self._told(int(bucket.level))

    def _told(self, left: int) -> Headers:
        return [
            (b"x-ratelimit-limit", str(self.rate).encode()),
            (b"x-ratelimit-remaining", str(left).encode()),
            (b"x-ratelimit-reset", b"1"),  # Seconds until the bucket is full again, at most.
        ]

    def _make_room(self, now: float) -> None:
        if len(self._buckets) < MOST_BUCKETS:
            return
        full = [key for key, one in self._buckets.items() if now - one.at > 1]
        for key in full or [next(iter(self._buckets))]:
            del self._buckets[key]


class TooManyRequests(Refused):
    """The documented refusal, with what the headers tell."""

    def __init__(self, headers: Headers) -> None:
        super().__init__(Code.TOO_MANY_REQUESTS, "Too many requests.", retry_after_s=1)
        self.headers = headers
