"""Facts: written with the change, sequenced into one log, read in order by cursors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, text

from .db import sql_file, statement
from .ids import Id
from .tx import Tx

EMIT, SEQUENCE = sql_file(__file__, "emit"), sql_file(__file__, "sequence")
SEQUENCER_LOCK, SLOWEST, FASTEST, CHANCES = 7_002, 1, 512, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact in the past tense: ids and amounts, never names or addresses. Fields only grow."""

    name: ClassVar[str]
    version: ClassVar[int] = 1

    at: datetime  # Business time: of a sweep, when the thing fell due.

    @property
    def subject(self) -> Id:
        """The resource within which the order of facts is kept."""
        raise NotImplementedError


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def adapter(kind: type[Event]) -> TypeAdapter[Any]:
    """How facts of a kind become JSON and back; building one costs far more than using it."""
    return _ADAPTERS.get(kind) or _ADAPTERS.setdefault(kind, TypeAdapter(kind))


def emit(tx: Tx, facts: Sequence[Event]) -> None:
    """Write facts in the transaction of the change. Nothing is deferred and nobody is notified."""
    if not facts:
        return
    rows = {
        "names": [fact.name for fact in facts],
        "versions": [fact.version for fact in facts],
        "subjects": [int(fact.subject) for fact in facts],
        "times": [fact.at for fact in facts],
        "payloads": [adapter(type(fact)).dump_json(fact).decode() for fact in facts],
    }
    tx.sql.execute(EMIT, rows)


def sequence(sql: Connection, at_most: int = 2_000) -> int:
    """Move committed facts into the log, in the order of their serial. One sequencer at a time."""
    # A statement of its own: the next one then sees all that the holder before us committed.
    mine = text("select pg_try_advisory_xact_lock(:key)")
    if not sql.scalar(mine, {"key": SEQUENCER_LOCK}):
        return 0
    return sql.execute(SEQUENCE, {"at_most": at_most}).rowcount


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who reads the log: some kinds of facts, in batches, in order."""

    name: str
    kinds: tuple[type[Event], ...]
    handle: Callable[[Tx, Sequence[Any]], None]

    def read(self, row: Row[Any]) -> Event:
        fact: Event = adapter(_by_name(self.kinds)[row.name]).validate_python(row.payload)
        return fact


@cache
def _by_name(kinds: tuple[type[Event], ...]) -> dict[str, type[Event]]:
    return {kind.name: kind for kind in kinds}


NEXT = statement(
    "select l.position, l.name, l.subject,"
    " case when l.name = any(cast(:names as text[])) then l.payload end as payload, exists ("
    "select from events.parked p where p.subscriber = :me"
    " and p.subject = l.subject and p.position < l.position) as behind_parked"
    " from events.log l where l.position > :position order by l.position limit :pace"
)
WAITING = statement(
    "select c.subscriber from events.cursors c cross join lateral ("
    "select count(*) as behind, bool_or(cast(:wanted as jsonb) -> c.subscriber ? l.name) as wanted"
    " from (select name from events.log where position > c.position"
    " order by position limit :pace) l) as next"
    " where cast(:wanted as jsonb) ? c.subscriber and (next.wanted or next.behind = :pace)"
)
PARK = text(
    "insert into events.parked (subscriber, position, subject, reason)"
    " select :me, position, subject, :reason from events.log where position = any(:positions)"
)
PARKED = text(
    "select p.subscriber, p.position, l.name, p.subject, p.reason"
    " from events.parked p join events.log l using (position) order by position, subscriber"
)
TAKE_UP = text(
    "with taken as (delete from events.parked"
    " where subscriber = :me and subject = :subject returning position)"
    " select l.name, l.payload from events.log l join taken using (position) order by position"
)
HOLD = statement(
    "select position, pace, failures from events.cursors where subscriber = :me for no key update"
)
SKIP = text("delete from events.parked where subscriber = :me and subject = :subject")
ENROL = text("insert into events.cursors (subscriber) values (:me) on conflict do nothing")
MOVE = statement(
    "update events.cursors set position = :to, pace = :pace, failures = 0 where subscriber = :me"
)
FAIL = text("update events.cursors set pace = :pace, failures = :failures where subscriber = :me")


def waiting(sql: Connection, to: Sequence[Subscriber]) -> set[str]:
    """The names of subscribers whose next facts hold something for them, or are many."""
    wanted = {one.name: [kind.name for kind in one.kinds] for one in to}
    asked = {"wanted": orjson.dumps(wanted).decode(), "pace": FASTEST}
    return set(sql.scalars(WAITING, asked))


def enrol(sql: Connection, names: Sequence[str]) -> None:
    """Give each subscriber a cursor at the beginning of the log, if it has none."""
    for name in names:
        sql.execute(ENROL, {"me": name})


def deliver(tx: Tx, to: Subscriber) -> int:
    """Hand the next facts to a subscriber and move its cursor, in one transaction."""
    cursor = tx.sql.execute(HOLD, {"me": to.name}).one()
    rows = _next(tx, to, cursor)
    if not rows:
        return 0
    heard = _by_name(to.kinds)
    wanted = [row for row in rows if row.name in heard]
    behind = [row for row in wanted if row.behind_parked]
    if behind:
        _park(tx, to, behind, "behind a parked fact")
    facts = [to.read(row) for row in wanted if not row.behind_parked]
    if facts:
        to.handle(tx, facts)
    pace = min(FASTEST, cursor.pace * 2)
    tx.sql.execute(MOVE, {"me": to.name, "to": rows[-1].position, "pace": pace})
    return len(rows)


def stumble(tx: Tx, to: Subscriber, reason: str) -> None:
    """After a failed `deliver`: halve the pace; what has failed alone five times is parked."""
    cursor = tx.sql.execute(HOLD, {"me": to.name}).one()
    failures = cursor.failures + (cursor.pace == SLOWEST)
    if failures < CHANCES:
        pace = max(SLOWEST, cursor.pace // 2)
        tx.sql.execute(FAIL, {"me": to.name, "pace": pace, "failures": failures})
        return
    [row] = _next(tx, to, cursor)
    _park(tx, to, [row], reason)
    tx.sql.execute(MOVE, {"me": to.name, "to": row.position, "pace": SLOWEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A fact that a subscriber could not digest, or that stands behind one."""

    subscriber: str
    position: int
    name: str
    subject: int
    reason: str


def parked(sql: Connection) -> list[Parked]:
    """Everything that was put aside, in the order of the log."""
    return [Parked(**row._mapping) for row in sql.execute(PARKED)]  # noqa: SLF001 - its one way.


def retry(tx: Tx, to: Subscriber, subject: Id) -> int:
    """Hand the parked facts of a subject to their subscriber again; how many there were.

    They are handed over in their order, before any later one. What fails again stays parked:
    the subscriber's error rolls the work back.
    """
    tx.sql.execute(HOLD, {"me": to.name}).one()  # No later fact overtakes them.
    rows = tx.sql.execute(TAKE_UP, {"me": to.name, "subject": int(subject)}).all()
    if rows:
        to.handle(tx, [to.read(row) for row in rows])
    return len(rows)


def skip(tx: Tx, to: Subscriber, subject: Id) -> int:
    """Give the parked facts of a subject up: this subscriber never sees them. How many."""
    tx.sql.execute(HOLD, {"me": to.name}).one()  # Nothing more of it is parked meanwhile.
    return tx.sql.execute(SKIP, {"me": to.name, "subject": int(subject)}).rowcount


def _next(tx: Tx, to: Subscriber, cursor: Row[Any]) -> Sequence[Row[Any]]:
    where = {
        "me": to.name,
        "names": [kind.name for kind in to.kinds],
        "position": cursor.position,
        "pace": cursor.pace,
    }
    return tx.sql.execute(NEXT, where).all()


def _park(tx: Tx, to: Subscriber, rows: Sequence[Row[Any]], reason: str) -> None:
    positions = [row.position for row in rows]
    tx.sql.execute(PARK, {"me": to.name, "positions": positions, "reason": reason})
