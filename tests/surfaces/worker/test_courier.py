"""Webhooks are sent at least once, in order for each resource, and no endpoint delays another."""

import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Self

import pytest
from sqlalchemy import text
from tiktok_shop_api.webhooks import Webhooks

from entrepot.contexts import integrations
from entrepot.kernel.access import platform
from tests import filling
from tests.conftest import Installation
from tests.listening import Ears, couriers, ears, patient
from tests.receiving import NEVER, Hook, Receiver, receiver

deliveries = integrations.deliveries
Answer = integrations.deliveries.Answer


@pytest.fixture
def listener(installation: Installation) -> Ears:
    return ears(installation.work, filling.shop(installation.work).shop)


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


def settled(listener: Ears, *states: str) -> None:
    """Wait until every delivery has come to one of these states."""
    for _ in range(3_000):
        if all(one.state in states for one in listener.log()):
            return
        time.sleep(0.01)
    raise AssertionError(Counter(one.state for one in listener.log()))


def hurry(installation: Installation) -> None:
    """Let what waits for its next attempt be due, and breakers close."""
    with installation.engine.begin() as sql:  # Queues before what stands in them, as couriers do.
        soon = "due_at = now() - interval '1 h', open_until = null"
        sql.execute(text(f"update integrations.queues set {soon}"))
        sql.execute(text("update integrations.deliveries set due_at = told_at"))


def numbers(hooks: list[Hook], of: str) -> list[int]:
    return [hook.body["n"] for hook in hooks if hook.body["of"] == of]


def test_each_is_signed_sent_once_and_logged(listener: Ears, there: Receiver) -> None:
    listener.told(f"{there.address}/a", "x", "y", "x")
    with couriers(listener.work):
        there.wait(lambda one: len(one.received) == 3)
        settled(listener, "delivered")

    assert all(
        Webhooks.verify(
            app_key=listener.app.key,
            app_secret=listener.secret,
            raw_body=hook.raw,
            signature=hook.signature,
        )
        for hook in there.received
    )
    assert [(one.state, one.attempts, one.status) for one in listener.log()] == [
        ("delivered", 1, 200)
    ] * 3
    assert all(one.latency_ms is not None and one.answered_at for one in listener.log())


def test_order_is_kept_for_each_subject_though_some_fail(
    installation: Installation, listener: Ears, there: Receiver
) -> None:
    refused: set[int] = set()

    def refuse_once(hook: Hook) -> int:
        n = hook.body["n"]
        if n % 7 == 3 and n not in refused:
            refused.add(n)
            return 500
        return 200

    there.answers = refuse_once
    subjects = "abcde" * 20
    listener.told(there.address, *subjects)
    with couriers(listener.work, 2):
        for _ in range(60):
            hurry(installation)
            time.sleep(0.1)
            if all(one.state == "delivered" for one in listener.log()):
                break
        settled(listener, "delivered")

    assert len(refused) == 14
    for subject in "abcde":
        mine = [n for n, of in enumerate(subjects) if of == subject]
        taken = numbers(there.received, subject)
        # What was refused came again, before anything that follows it.
        assert [n for at, n in enumerate(taken) if n not in taken[at + 1 :]] == mine
        assert [n for n, _ in sorted(Counter(taken).items())] == mine
        assert all(taken.index(n) == min(at for at, m in enumerate(taken) if m == n) for n in taken)
        assert sorted(taken) == taken


def test_an_endpoint_that_never_answers_delays_no_other(listener: Ears, there: Receiver) -> None:
    there.answers = lambda hook: NEVER if hook.path == "/never" else 200
    listener.told(f"{there.address}/never", *(f"n{n}" for n in range(500)))
    with couriers(listener.work, office=patient(3.0)):
        there.wait(lambda one: bool(one.at("/never")))
        began = time.monotonic()
        listener.told(f"{there.address}/ok", *(f"k{n}" for n in range(200)))
        there.wait(lambda one: len(one.at("/ok")) == 200)
        took_s = time.monotonic() - began
        assert len(there.at("/never")) <= 8, "few at a time, before anything is known of it"
    states = Counter((one.address[-3:], one.state.value) for one in listener.log())

    assert states["/ok", "pending"] == 0
    assert states["ver", "delivered"] == 0
    # The two hundred were there before the first of the others had run out of time.
    assert took_s < 3.0


def test_a_breaker_opens_and_one_delivery_tries_it(
    installation: Installation, listener: Ears, there: Receiver
) -> None:
    there.answers = lambda hook: 503
    listener.told(there.address, *(f"s{n}" for n in range(50)))
    with couriers(listener.work):
        there.wait(lambda one: len(one.received) >= 5)
        time.sleep(0.5)
        tried = len(there.received)
        assert tried <= 9, "nothing more is sent while it is open"
        with installation.engine.connect() as sql:
            row = sql.execute(text("select failures, open_until from integrations.queues")).one()
        assert row.failures == tried and row.open_until is not None

        there.answers = lambda hook: 200
        hurry(installation)
        settled(listener, "delivered")

    assert Counter(one.status for one in listener.log()) == {200: 50}


def test_couriers_share_and_none_sends_twice(listener: Ears, there: Receiver) -> None:
    for n in range(10):
        listener.told(f"{there.address}/{n}", *(f"{n}.{m % 5}" for m in range(40)))
    with couriers(listener.work, 3):
        there.wait(lambda one: len(one.received) >= 400)
        settled(listener, "delivered")

    assert len(there.received) == 400
    for n in range(10):
        for m in range(5):
            sent = numbers(there.at(f"/{n}"), f"{n}.{m}")
            assert sent == sorted(sent) and len(sent) == 8


def test_a_queue_that_was_lost_and_given_back_is_sent_to_its_end(
    installation: Installation, listener: Ears, there: Receiver
) -> None:
    """Somebody else had it while this courier was late: it may get it again in the same turn."""
    taken = threading.Event()

    def lose_it(_: Hook) -> int:
        if not taken.is_set():
            taken.set()
            with installation.engine.begin() as sql:
                sql.execute(
                    text("update integrations.queues set leased_by = null, leased_until = null")
                )
        return 200

    there.answers = lose_it
    listener.told(there.address, *(f"s{n % 20}" for n in range(400)))
    with couriers(listener.work):
        settled(listener, "delivered")

    for n in range(20):
        assert [*dict.fromkeys(numbers(there.received, f"s{n}"))] == [*range(n, 400, 20)]


def test_what_breaks_while_sending_is_a_failed_attempt(
    installation: Installation, listener: Ears, there: Receiver
) -> None:
    """A task that dies must not keep its subject, and the lease of its queue, for ever."""

    class Broken:
        once = True

        @asynccontextmanager
        async def open(self) -> AsyncIterator[Self]:
            async with patient().open() as self.post:
                yield self

        async def send(self, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
            if self.once:
                self.once = False
                raise RuntimeError("nobody expected this")
            return await self.post.send(address, headers, body)

    listener.told(there.address, "a", "a", "b")
    with couriers(listener.work, office=Broken()):
        there.wait(lambda one: len(one.received) == 1)
        settled(listener, "pending", "delivered")
        hurry(installation)
        settled(listener, "delivered")

    assert numbers(there.received, "a") == [0, 1]
    assert [one.attempts for one in listener.log()] == [2, 1, 1]


def test_a_redirect_is_followed_nowhere(listener: Ears, there: Receiver) -> None:
    there.answers = lambda hook: 307
    listener.told(there.address, "a")
    with couriers(listener.work):
        there.wait(lambda one: bool(one.received))
        time.sleep(0.2)

    assert {hook.path for hook in there.received} == {"/"}
    [one] = listener.log()
    assert (one.state, one.status, one.reason) == ("pending", 307, "answered 307")


def test_what_nobody_took_for_a_day_is_dead_and_can_be_replayed(
    installation: Installation, listener: Ears, there: Receiver
) -> None:
    there.answers = lambda hook: 500
    listener.told(there.address, "a", "a", "b")
    with installation.engine.begin() as sql:
        sql.execute(text("update integrations.deliveries set told_at = now() - interval '25 h'"))
    with couriers(listener.work):
        settled(listener, "dead")
        there.answers = lambda hook: 200
        ids = [one.id for one in listener.log()]
        elsewhere = f"{there.address}/elsewhere"
        listener.listens(elsewhere)
        done = installation.work.run(
            lambda _: platform("test"), "test", lambda tx: deliveries.replay(tx, ids)
        )
        assert done == ids
        settled(listener, "delivered")

    assert numbers(there.at("/elsewhere"), "a") == [0, 1]
    assert {one.address for one in listener.log()} == {elsewhere}


def test_a_sandbox_sends_twice_and_out_of_order(listener: Ears, there: Receiver) -> None:
    class Astray:
        first = True

        def copies(self) -> int:
            return 2

        def delay(self) -> timedelta | None:
            late, self.first = self.first, False
            return timedelta(seconds=1) if late else None

    listener.told(there.address, "a", "a", "a")
    with couriers(listener.work, mischief=Astray()):
        settled(listener, "delivered")

    assert numbers(there.received, "a") == [1, 1, 2, 2, 0, 0]
