"""A fact and its readers, to try the event log with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from entrepot.kernel.access import platform
from entrepot.kernel.events import Event, Subscriber, deliver, emit, enrol, sequence, stumble
from entrepot.kernel.ids import Id
from entrepot.kernel.tx import Tx
from tests.conftest import NOON, Installation, RecordingQueue

ACTOR = platform("test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened(Event):
    name = "tests.happened"

    thing: Id
    times: int = 1

    @property
    def subject(self) -> Id:
        return self.thing


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard(Happened):
    name = "tests.unheard"


@dataclass
class Reader:
    """Remembers what it was handed; cannot digest some subjects."""

    at: Installation
    poison: set[int] = field(default_factory=set)
    seen: list[int] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)  # How many facts came together.

    def __post_init__(self) -> None:
        self.to = Subscriber("tests.reader", (Happened,), self.handle)
        with self.at.engine.begin() as sql:
            enrol(sql, [self.to.name])

    def handle(self, tx: Tx, facts: Sequence[Any]) -> None:
        self.batches.append(len(facts))
        if self.poison & {int(fact.thing) for fact in facts}:
            raise RuntimeError("cannot digest this")
        self.seen.extend(int(fact.thing) for fact in facts)

    def turn(self) -> int:
        """One step, as the worker takes it."""
        try:
            return self.at.work.run(lambda _: ACTOR, "deliver", lambda tx: deliver(tx, self.to))
        except RuntimeError as error:
            reason = str(error)
            self.at.work.run(lambda _: ACTOR, "stumble", lambda tx: stumble(tx, self.to, reason))
            return 1

    def drain(self) -> list[int]:
        """All that the log has; gives what was seen so far."""
        while self.turn():
            pass
        return self.seen

    def parked(self) -> list[tuple[int, str]]:
        """Subjects and reasons of what was put aside, in their order."""
        query = text("select subject, reason from events.parked order by position")
        with self.at.engine.begin() as sql:
            return [(row.subject, row.reason) for row in sql.execute(query)]


def fact(thing: int, times: int = 1) -> Happened:
    return Happened(at=NOON, thing=Id(thing), times=times)


def tx_on(sql: Connection) -> Tx:
    return Tx(sql, ACTOR, NOON, RecordingQueue(), None)


def tell(at: Installation, *things: int) -> None:
    """Emit facts about things in a transaction of its own, and give them their places."""
    with at.engine.begin() as sql:
        emit(tx_on(sql), [fact(thing) for thing in things])
    sequenced(at)


def sequenced(at: Installation) -> int:
    with at.engine.begin() as sql:
        return sequence(sql)
