"""What senders ask the database, all at once: what they have done, and what is next.

Whoever holds a queue's lease is the only one who sends for it, so that order is kept without locks
between processes. A holder that was killed loses its leases after a few seconds, and what it had
not handed in is sent again.
"""

from collections.abc import Sequence
from typing import Any

from entrepot.contexts.integrations.model import AppId
from entrepot.kernel.db import sql_file
from entrepot.kernel.tx import Tx

from .model import (
    GIVEN_UP_AFTER,
    LEASED_FOR,
    Attempt,
    DeliveryId,
    Held,
    Leased,
    QueueId,
    Turn,
    Waiting,
    Work,
)

HOLD, SETTLE, RENEW = (sql_file(__file__, name) for name in ("hold", "settle", "renew"))
LEASE, FETCH, BURY = (sql_file(__file__, name) for name in ("lease", "fetch", "bury"))
GIVE_BACK = sql_file(__file__, "give_back")


def take_turn(tx: Tx, turn: Turn) -> Work:
    """Keep what was done, give back what is done with, and find out what to send next."""
    # What is held by a row lock cannot be given more to do before we have decided.
    mine = _held(tx, turn)
    _settle(tx, turn)
    _renew(tx, turn, mine)
    leased = [] if turn.leaves else _lease(tx, turn)
    open_ = {one.id for one in turn.held if one.id in mine and one.open_until is not None}
    rooms = {id: n for id, n in turn.rooms.items() if id in mine and id not in open_ and n > 0}
    rooms |= {one.id: _room(turn, one) for one in leased}
    waiting = [] if turn.leaves else _fetch(tx, turn, rooms)
    done = mine if turn.leaves else open_ | _idle(turn, mine, waiting)
    _bury(tx, turn, open_)
    _give_back(tx, turn, done)
    return Work(
        leased=tuple(leased),
        lost=frozenset({one.id for one in turn.held} - mine),
        done=frozenset(done),
        waiting=tuple(waiting),
    )


def _held(tx: Tx, turn: Turn) -> set[QueueId]:
    if not turn.held:
        return set()
    asked = {"ids": [one.id for one in turn.held], "me": turn.holder}
    return {QueueId(row.id) for row in tx.sql.execute(HOLD, asked)}


def _settle(tx: Tx, turn: Turn) -> None:
    done: Sequence[Attempt] = turn.attempts
    if not done:
        return
    rows = {
        "ids": [one.id for one in done],
        "states": [one.state.value for one in done],
        "attempts": [one.attempts for one in done],
        "dues": [one.due_at for one in done],
        "statuses": [one.answer.status for one in done],
        "latencies": [one.answer.latency_ms for one in done],
        "reasons": [one.answer.reason for one in done],
        "overtaken": [one.overtaken for one in done],
    }
    tx.sql.execute(SETTLE, {**rows, "at": turn.at})


def _renew(tx: Tx, turn: Turn, mine: set[QueueId]) -> None:
    held: list[Held] = [one for one in turn.held if one.id in mine]
    if held:
        rows = {
            "ids": [one.id for one in held],
            "failures": [one.failures for one in held],
            "opens": [one.open_until for one in held],
        }
        tx.sql.execute(RENEW, {**rows, "me": turn.holder, "until": turn.at + LEASED_FOR})


def _lease(tx: Tx, turn: Turn) -> list[Leased]:
    if turn.queues < 1:
        return []
    until = turn.at + LEASED_FOR
    asked = {"at": turn.at, "until": until, "me": turn.holder, "many": turn.queues}
    return [_leased(row) for row in tx.sql.execute(LEASE, asked)]


def _room(turn: Turn, one: Leased) -> int:
    """An endpoint whose breaker was open is tried with one delivery first."""
    return 1 if one.is_suspect else turn.room


def _fetch(tx: Tx, turn: Turn, rooms: dict[QueueId, int]) -> list[Waiting]:
    if not rooms:
        return []
    asked = {
        "queues": [*rooms],
        "rooms": [*rooms.values()],
        "at": turn.at,
        "busy_queues": [id for id, _ in turn.busy],
        "busy_subjects": [subject for _, subject in turn.busy],
    }
    return [_waiting(row) for row in tx.sql.execute(FETCH, asked)]


def _idle(turn: Turn, mine: set[QueueId], waiting: Sequence[Waiting]) -> set[QueueId]:
    """Queues that nothing is in hand of, and nothing was found for although it was looked for."""
    found = {one.queue_id for one in waiting}
    idle = {one.id for one in turn.held if not one.busy and turn.rooms.get(one.id)}
    return (idle & mine) - found


def _bury(tx: Tx, turn: Turn, open_: set[QueueId]) -> None:
    if open_:
        before = turn.at - GIVEN_UP_AFTER
        tx.sql.execute(BURY, {"ids": [*open_], "before": before, "at": turn.at})


def _give_back(tx: Tx, turn: Turn, done: set[QueueId]) -> None:
    if done:
        tx.sql.execute(GIVE_BACK, {"ids": [*done], "me": turn.holder})


def _leased(row: Any) -> Leased:
    return Leased(
        id=QueueId(row.id),
        app_id=AppId(row.app_id),
        address=row.address,
        app_key=row.app_key,
        generation=row.generation,
        failures=row.failures,
    )


def _waiting(row: Any) -> Waiting:
    return Waiting(
        id=DeliveryId(row.id),
        queue_id=QueueId(row.queue_id),
        subject=row.subject,
        body=row.body.encode(),
        attempts=row.attempts,
        told_at=row.told_at,
        overtaken=row.overtaken,
    )
