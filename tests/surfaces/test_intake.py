"""What the queue of requests promises, whatever is placed."""

import asyncio
import threading
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import OperationalError

from entrepot.kernel.problems import Broken, Busy, NotFound, Problem
from entrepot.surfaces import intake
from entrepot.surfaces.intake import Batcher, Room


def lost() -> OperationalError:
    """What a commit says whose connection broke."""
    return OperationalError("commit", {}, Exception("server closed the connection"))


def refusal(n: int) -> Problem:
    return NotFound("number", n)


def test_each_request_has_its_own_outcome() -> None:
    calls: list[int] = []

    def place(asks: Sequence[int]) -> list[int | Problem]:
        calls.append(len(asks))
        if 13 in asks:
            raise ValueError("a bug that 13 wakes")
        return [refusal(n) if n == 5 else n * 10 for n in asks]

    async def story() -> list[object]:
        batcher = Batcher[int, int]("test", place)
        asks = [asyncio.create_task(batcher.ask(n)) for n in range(64)]
        answers = await asyncio.gather(*asks, return_exceptions=True)
        await asyncio.to_thread(batcher.close)
        return [*answers]

    answers = asyncio.run(story())

    assert isinstance(answers[13], Broken) and isinstance(answers[5], NotFound)
    assert [answer for answer in answers if isinstance(answer, int)] == [
        n * 10 for n in range(64) if n not in {5, 13}
    ]
    assert max(calls) > 1


def test_what_failed_alone_goes_alone() -> None:
    batches: list[list[int]] = []

    def place(asks: Sequence[int]) -> list[int | Problem]:
        batches.append([*asks])
        if 13 in asks:
            raise ValueError("a bug that 13 wakes")
        return [*asks]

    async def story() -> None:
        batcher = Batcher[int, int]("test", place, fingerprint=lambda n: n)
        with pytest.raises(Broken):
            await batcher.ask(13)
        batches.clear()
        asks = [asyncio.create_task(batcher.ask(n)) for n in (1, 2, 13, 3)]
        await asyncio.gather(*asks, return_exceptions=True)
        await asyncio.to_thread(batcher.close)

    asyncio.run(story())

    assert [13] in batches
    assert not [batch for batch in batches if 13 in batch and len(batch) > 1]


def test_an_unknown_commit_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "PAUSES_S", (0.0, 0.0, 0.0))
    placed: dict[int, int] = {}
    tries: list[list[int]] = []

    def place(asks: Sequence[int]) -> list[int | Problem]:
        tries.append([*asks])
        fresh = [n for n in asks if n not in placed]
        placed.update({n: len(placed) for n in fresh})
        if len(tries) == 1:
            raise lost()  # It was committed, and nobody knows.
        return [placed[n] for n in asks]

    async def story() -> list[int]:
        batcher = Batcher[int, int]("test", place)
        answers = [await batcher.ask(7)]
        await asyncio.to_thread(batcher.close)
        return answers

    assert asyncio.run(story()) == [0]
    assert tries == [[7], [7]]


def test_a_database_that_stays_away_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "PAUSES_S", (0.0, 0.0))
    tries: list[int] = []

    def place(asks: Sequence[int]) -> list[int | Problem]:
        tries.append(len(asks))
        raise lost()

    async def story() -> None:
        batcher = Batcher[int, int]("test", place)
        with pytest.raises(Busy):
            await batcher.ask(7)
        await asyncio.to_thread(batcher.close)

    asyncio.run(story())
    assert tries == [1, 1]


def test_beyond_its_room_it_refuses_at_once() -> None:
    placing, gate = threading.Event(), threading.Event()

    def place(asks: Sequence[int]) -> list[int | Problem]:
        placing.set()
        gate.wait()
        return [*asks]

    async def story() -> tuple[int, int]:
        batcher = Batcher[int, int]("test", place, room=Room(at_most=2, waiting=4))
        first = asyncio.create_task(batcher.ask(0))
        await asyncio.to_thread(placing.wait)
        asks = [asyncio.create_task(batcher.ask(n)) for n in range(1, 8)]
        await asyncio.sleep(0)
        gate.set()
        answers = await asyncio.gather(first, *asks, return_exceptions=True)
        await asyncio.to_thread(batcher.close)
        return sum(isinstance(a, int) for a in answers), sum(isinstance(a, Busy) for a in answers)

    assert asyncio.run(story()) == (5, 3)


def test_who_waited_too_long_is_refused_unplaced() -> None:
    gate, seen = threading.Event(), list[int]()

    def place(asks: Sequence[int]) -> list[int | Problem]:
        gate.wait()
        seen.extend(asks)
        return [*asks]

    async def story() -> list[object]:
        batcher = Batcher[int, int]("test", place, room=Room(patience_s=0.05))
        first = asyncio.create_task(batcher.ask(1))
        await asyncio.sleep(0.02)
        late = asyncio.create_task(batcher.ask(2))
        await asyncio.sleep(0.2)
        gate.set()
        answers = await asyncio.gather(first, late, return_exceptions=True)
        await asyncio.to_thread(batcher.close)
        return [*answers]

    first, late = asyncio.run(story())
    assert first == 1 and isinstance(late, Busy)
    assert seen == [1]


def test_a_client_that_left_is_still_placed() -> None:
    gate, seen = threading.Event(), list[int]()

    def place(asks: Sequence[int]) -> list[int | Problem]:
        gate.wait()
        seen.extend(asks)
        return [*asks]

    async def story() -> None:
        batcher = Batcher[int, int]("test", place)
        gone = asyncio.create_task(batcher.ask(7))
        await asyncio.sleep(0.02)
        gone.cancel()
        gate.set()
        await asyncio.to_thread(batcher.close)
        with pytest.raises(asyncio.CancelledError):
            await gone

    asyncio.run(story())
    assert seen == [7]


def test_a_bug_of_its_own_leaves_nobody_waiting() -> None:
    def place(asks: Sequence[int]) -> list[int]:
        if 13 in asks:
            raise ValueError("a bug that 13 wakes")
        return [*asks]

    def fingerprint(ask: int) -> int:
        raise OSError("no space left on device")

    async def story() -> tuple[object, int]:
        batcher = Batcher[int, int]("test", place, fingerprint=fingerprint)
        [broken] = await asyncio.gather(batcher.ask(13), return_exceptions=True)
        after = await asyncio.wait_for(batcher.ask(1), 10)
        await asyncio.to_thread(batcher.close)
        return broken, after

    broken, after = asyncio.run(story())
    assert isinstance(broken, Broken) and after == 1
