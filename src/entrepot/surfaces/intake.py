"""Requests that wait together become one unit of work."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

import structlog
from prometheus_client import Counter, Gauge, Histogram

from entrepot import observability
from entrepot.kernel.problems import BadInput, Broken, Busy, Problem
from entrepot.surfaces import troubles
from entrepot.surfaces.troubles import Trouble

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")
log = structlog.get_logger()

PAUSES_S = (0.0, 0.1, 0.2, 0.4, 0.8, 1.5)  # Before the same batch is tried again.
SLOW_FOR_S = 60.0
SLOW_AT_A_TIME, SLOW_ROOM = 4, 64

DEPTH = Gauge(
    "entrepot_intake_depth",
    "Requests that wait for their batch, by kind.",
    ["kind"],
    registry=observability.REGISTRY,
)
BATCHES = Histogram(
    "entrepot_intake_batch_size",
    "Requests that became one unit of work, by kind.",
    ["kind"],
    registry=observability.REGISTRY,
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
)
REFUSED = Counter(
    "entrepot_intake_refused_total",
    "Requests that found no room or waited too long, by kind.",
    ["kind"],
    registry=observability.REGISTRY,
)


@dataclass(frozen=True, slots=True)
class Room:
    """How many may wait, how many go together, and how long somebody waits."""

    at_most: int = 256
    waiting: int = 2_048
    patience_s: float = 3.0


@dataclass(frozen=True)
class Waiting(Generic[Ask, Answer]):
    """A request and whoever waits for its answer."""

    ask: Ask
    answer: "asyncio.Future[Answer | Problem]"
    since: float  # Real, monotonic seconds.


class Batcher(Generic[Ask, Answer]):
    """Takes what is waiting whenever the previous commit returns. One thread per process."""

    def __init__(
        self,
        kind: str,
        place: Callable[[Sequence[Ask]], Sequence[Answer | Problem]],
        *,
        fingerprint: Callable[[Ask], Hashable] = repr,
        room: Room | None = None,
    ) -> None:
        self._kind, self._place, self._fingerprint = kind, place, fingerprint
        self._room = room or Room()
        self._queue: SimpleQueue[Waiting[Ask, Answer] | None] = SimpleQueue()
        DEPTH.labels(kind).set_function(self._queue.qsize)
        self._slow: deque[Waiting[Ask, Answer]] = deque()
        self._failed: dict[Hashable, float] = {}  # Until when a fingerprint goes alone.
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._thread = Thread(target=self._work, name=f"intake-{kind}", daemon=True)
        self._thread.start()

    async def ask(self, ask: Ask) -> Answer:
        """Wait for the answer; `Busy` if the queue is full or the wait was too long."""
        if self._closed or self._queue.qsize() >= self._room.waiting:
            REFUSED.labels(self._kind).inc()
            raise Busy("the queue is full", retry_after_s=1)
        waiting: Waiting[Ask, Answer] = Waiting(ask, self._loop.create_future(), time.monotonic())
        self._queue.put(waiting)
        outcome = await waiting.answer  # A client that leaves gives up this, and is still placed.
        if isinstance(outcome, Problem):
            raise outcome
        return outcome

    def close(self) -> None:
        """Answer what waits, and stop."""
        self._closed = True
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        open_ = True
        while open_ or self._slow:
            batch, open_ = self._next(open_)
            fast = [waiting for waiting in batch if not self._is_slow(waiting)]
            self._serve(fast)
            for _ in range(min(SLOW_AT_A_TIME, len(self._slow))):
                self._serve([self._slow.popleft()])

    def _next(self, open_: bool) -> tuple[list[Waiting[Ask, Answer]], bool]:
        """What waits, as much as goes together; whether more may come."""
        batch: list[Waiting[Ask, Answer]] = []
        while open_ and len(batch) < self._room.at_most:
            try:
                waiting = self._queue.get(block=not batch and not self._slow)
            except Empty:
                break
            if waiting is None:
                return batch, False
            batch.append(waiting)
        return batch, open_

    def _is_slow(self, waiting: Waiting[Ask, Answer]) -> bool:
        """Put aside what looks like something that failed alone a moment ago."""
        if not self._failed:
            return False
        now = time.monotonic()
        self._failed = {print_: until for print_, until in self._failed.items() if until > now}
        if self._fingerprint(waiting.ask) not in self._failed:
            return False
        if len(self._slow) < SLOW_ROOM:
            self._slow.append(waiting)
        else:
            self._answer([waiting], [Busy("this has just failed; wait a minute")])
        return True

    def _serve(self, batch: Sequence[Waiting[Ask, Answer]]) -> None:
        try:
            self._serve_those_in_time(batch)
        except Exception as error:  # noqa: BLE001 - without this thread everybody would wait for ever.
            observability.failed(f"intake.{self._kind}", error)
            self._answer(batch, [Broken("this could not be done")] * len(batch))

    def _serve_those_in_time(self, batch: Sequence[Waiting[Ask, Answer]]) -> None:
        late = time.monotonic() - self._room.patience_s
        fresh = [waiting for waiting in batch if waiting.since >= late]
        stale = [waiting for waiting in batch if waiting.since < late]
        if fresh:
            BATCHES.labels(self._kind).observe(len(fresh))
            with observability.span(f"intake.{self._kind}", size=len(fresh)):
                outcomes = self._answers([waiting.ask for waiting in fresh])
            self._answer(fresh, outcomes)
        if stale:
            REFUSED.labels(self._kind).inc(len(stale))
            refusal = Busy("waited too long for its turn", retry_after_s=1)
            self._answer(stale, [refusal] * len(stale))

    def _answers(self, asks: Sequence[Ask]) -> list[Answer | Problem]:
        """Refusals are outcomes, so a batch fails only for a bug: then halves find the culprit."""
        try:
            return self._placed(asks)
        except Exception as error:  # noqa: BLE001 - told to who asked, and logged.
            observability.failed(f"intake.{self._kind}", error)
            trouble = troubles.of(error)
            if trouble is Trouble.AGAIN:
                return [_gone() for _ in asks]  # Tried for seconds; halves would fare no better.
            if len(asks) == 1:
                return [self._failed_alone(asks[0], error, trouble)]
            middle = len(asks) // 2
            return self._answers(asks[:middle]) + self._answers(asks[middle:])

    def _placed(self, asks: Sequence[Ask]) -> list[Answer | Problem]:
        """One unit of work; the same again where nobody knows whether it was committed.

        Each request carries what makes it one, so the second time finds what the first has done.
        """
        for pause_s in PAUSES_S[1:]:
            try:
                return [*self._place(asks)]
            except Exception as error:
                if troubles.of(error) is not Trouble.AGAIN:
                    raise
                log.warning("intake.again", kind=self._kind, size=len(asks), error=repr(error))
            time.sleep(pause_s)
        return [*self._place(asks)]

    def _failed_alone(self, ask: Ask, error: Exception, trouble: Trouble) -> Problem:
        self._failed[self._fingerprint(ask)] = time.monotonic() + SLOW_FOR_S
        if trouble is Trouble.INPUT:
            return BadInput("body", "values that can be kept: no NUL, no lone surrogates")
        if trouble is Trouble.WAIT:
            return Busy("the database is busy", retry_after_s=1)
        log.error("intake.failed", kind=self._kind, exc_info=error)
        return Broken("this could not be done; nothing was kept")

    def _answer(
        self,
        batch: Sequence[Waiting[Ask, Answer]],
        outcomes: Sequence[Answer | Problem],
    ) -> None:
        try:
            self._loop.call_soon_threadsafe(_settle, batch, outcomes)
        except RuntimeError:  # The server is gone, and with it whoever waited.
            log.warning("intake.nobody_waits", kind=self._kind, size=len(batch))


def _gone() -> Problem:
    return Busy("the database does not answer; ask again with the same body", retry_after_s=2)


def _settle(batch: Sequence[Waiting[Ask, Answer]], outcomes: Sequence[Answer | Problem]) -> None:
    for waiting, outcome in zip(batch, outcomes, strict=True):
        if not waiting.answer.done():
            waiting.answer.set_result(outcome)
