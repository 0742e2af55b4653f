"""Sends webhooks: a loop that asks the database now and then, and posts all the time.

Any number of couriers may run: queues are leased. Each asks for all of its queues at once, hands in
what was done since, and never waits for one endpoint before it serves another.
"""

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

import structlog
import uvloop

from entrepot import observability
from entrepot.contexts import integrations
from entrepot.contexts.integrations import AppId
from entrepot.kernel import clock
from entrepot.kernel.access import Who
from entrepot.kernel.tx import UnitOfWork

from .lanes import ROOM, Lane

deliveries = integrations.deliveries
log = structlog.get_logger()

BUSY_S, IDLE_S = 0.05, 0.2  # Between turns.
MOST_LANES, LEASED_AT_ONCE = 128, 16  # Others find something to do, too.
MOST_UNDER_WAY = 512
NEVER = integrations.deliveries.Answer(status=None, latency_ms=0, reason="held back")


class Mischief(Protocol):
    """How a sandbox misbehaves as receivers have to expect it of any sender."""

    def copies(self) -> int:
        """How often the next delivery is sent."""

    def delay(self) -> timedelta | None:
        """For how long the next delivery is held back while later ones pass it."""


class Honest:
    """Each delivery once, and in its order."""

    def copies(self) -> int:
        """Once."""
        return 1

    def delay(self) -> timedelta | None:
        """Never."""
        return None


HONEST = Honest()


@dataclass(slots=True)
class Courier:
    """Sends until it is told to stop; what it then has in hand somebody sends again."""

    work: UnitOfWork
    who: Who
    office: integrations.deliveries.PostOffice
    secret_of: Callable[[AppId, int], str]
    mischief: Mischief = HONEST
    name: str = field(
        default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    )
    _lanes: dict[integrations.deliveries.QueueId, Lane] = field(default_factory=dict)
    _attempts: list[integrations.deliveries.Attempt] = field(default_factory=list)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)
    _something: asyncio.Event | None = None

    def run(self, stop: Callable[[], bool]) -> None:
        """Work in this thread."""
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._run(stop))

    async def _run(self, stop: Callable[[], bool]) -> None:
        self._lanes, self._under_way, self._something = {}, set(), asyncio.Event()
        async with self.office.open() as post:
            try:
                while not stop():
                    await self._turn(post)
                    await self._pause()
            finally:
                under_way = [*self._under_way]
                for task in under_way:
                    task.cancel()
                await asyncio.gather(*under_way, return_exceptions=True)
                await self._ask(leaves=True)

    async def _turn(self, post: integrations.deliveries.Post) -> None:
        found = await self._ask(leaves=False)
        for id in found.done | found.lost:
            self._lanes.pop(id, None)
        for one in found.leased:  # Perhaps one that was lost, and that somebody gave back.
            sign = deliveries.signer(one.app_key, self.secret_of(one.app_id, one.generation))
            self._lanes[one.id] = Lane(one, sign, failures=one.failures)
        mine: dict[integrations.deliveries.QueueId, list[integrations.deliveries.Waiting]] = {}
        for waiting in found.waiting:
            mine.setdefault(waiting.queue_id, []).append(waiting)
        for id, batch in mine.items():
            self._lanes[id].take(batch)
        for lane in self._lanes.values():
            self._start(post, lane)

    async def _ask(self, *, leaves: bool) -> integrations.deliveries.Work:
        attempts, self._attempts = self._attempts, []
        rooms = {id: lane.room for id, lane in self._lanes.items() if lane.room}
        turn = deliveries.Turn(
            holder=self.name,
            at=clock.real(),
            attempts=tuple(attempts),
            held=tuple(_held(one) for one in self._lanes.values()),
            rooms=rooms,
            busy=tuple((id, s) for id in rooms for s in self._lanes[id].chains),
            queues=min(LEASED_AT_ONCE, MOST_LANES - len(self._lanes)),
            room=ROOM,
            leaves=leaves,
        )
        # What is lost with the database is sent again: at least once.
        do = lambda tx: deliveries.take_turn(tx, turn)  # noqa: E731 - said once.
        try:
            return await asyncio.to_thread(
                self.work.run, self.who, "webhooks.turn", do, durable=False
            )
        except BaseException:
            self._attempts = attempts + self._attempts
            raise

    def _start(self, post: integrations.deliveries.Post, lane: Lane) -> None:
        for one in lane.starting(MOST_UNDER_WAY - len(self._under_way)):
            task = asyncio.create_task(self._send(post, lane, one))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _send(
        self,
        post: integrations.deliveries.Post,
        lane: Lane,
        one: integrations.deliveries.Waiting | None,
    ) -> None:
        """One delivery after another, as long as the lane has any that nobody sends."""
        while one is not None:
            attempt = await self._attempt(post, lane, one)
            lane.ended(one, attempt)
            self._attempts.append(attempt)
            self._woken.set()
            if self._lanes.get(lane.of.id) is not lane:
                return
            one = next(lane.starting(1), None)
            self._start(post, lane)

    async def _attempt(
        self,
        post: integrations.deliveries.Post,
        lane: Lane,
        one: integrations.deliveries.Waiting,
    ) -> integrations.deliveries.Attempt:
        held_back = None if one.attempts or one.overtaken else self.mischief.delay()
        if held_back is not None:
            return _held_back(one, held_back)
        try:
            answer = await self._post(post, lane, one)
        except Exception as error:  # What breaks here must not keep the lane for ever.
            log.exception("webhooks.stumbled", delivery=int(one.id))
            reason = f"could not be sent: {type(error).__name__}"
            answer = deliveries.Answer(status=None, latency_ms=0, reason=reason)
        at = clock.real()
        lane.judge(took_it=answer.took_it, at=at)
        return deliveries.after(one, answer, at)

    async def _post(
        self,
        post: integrations.deliveries.Post,
        lane: Lane,
        one: integrations.deliveries.Waiting,
    ) -> integrations.deliveries.Answer:
        headers = {"Authorization": lane.sign(one.body), "Content-Type": "application/json"}
        answer = NEVER
        for _ in range(self.mischief.copies()):
            answer = await post.send(lane.of.address, headers, one.body)
        observability.WEBHOOKS.labels(_kind(answer)).observe(answer.latency_ms / 1000)
        return answer

    async def _pause(self) -> None:
        """Until something is done, and a moment more; else until something may be due."""
        self._woken.clear()
        if not self._attempts:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), IDLE_S)
        await asyncio.sleep(BUSY_S)

    @property
    def _woken(self) -> asyncio.Event:
        assert self._something is not None, "made when the loop began"
        return self._something


def _held(lane: Lane) -> integrations.deliveries.Held:
    open_until = lane.open_until if lane.is_over else None
    busy = bool(lane.chains)
    return deliveries.Held(id=lane.of.id, failures=lane.failures, open_until=open_until, busy=busy)


def _held_back(
    one: integrations.deliveries.Waiting, by: timedelta
) -> integrations.deliveries.Attempt:
    attempt = deliveries.Attempt(
        id=one.id,
        state=deliveries.DeliveryState.PENDING,
        attempts=0,
        due_at=clock.real() + by,
        answer=NEVER,
    )
    return replace(attempt, overtaken=True)


def _kind(answer: integrations.deliveries.Answer) -> str:
    return "none" if answer.status is None else f"{answer.status // 100}xx"
