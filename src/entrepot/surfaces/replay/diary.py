"""Which steps of a replay are done, and what the data set's names are called here.

A step is one unit of work at one instant: it moves the business clock, does its work, and writes
itself and its names down. All of it is kept, or nothing: whoever comes after a crash goes on with
the first step that is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from entrepot.adapters.datasets.history import History
from entrepot.contexts import merchants
from entrepot.kernel import clock, replayed
from entrepot.kernel.access import Actor, Who, platform
from entrepot.kernel.problems import Problem
from entrepot.kernel.replayed import Names
from entrepot.kernel.tx import Tx, UnitOfWork

REPLAY: Actor = platform("replay")
HISTORY, STEP, FINISHED = "history", "step", "finished"


class NotEmpty(Problem):
    """A replay needs a database of its own: it begins in the past, and holds the clock there."""

    slug, title = "not-empty", "This database has a life of its own"


class AnotherHistory(Problem):
    """What was replayed here before was other data."""

    slug, title = "another-history", "Something else was replayed here"


@dataclass(frozen=True, slots=True)
class Held:
    """The clock of a replay: it stands where each step puts it."""

    at: datetime

    def now(self, sql: Connection) -> datetime:
        """Hold the clock at the step's instant, in the step's own transaction."""
        clock.hold(sql, self.at)
        return self.at


def who(_: Connection) -> Actor:
    """The platform carries out what sides long gone have decided."""
    return REPLAY


@dataclass
class Diary:
    """The units of work of a replay, and what is known of those that are done."""

    work: UnitOfWork
    names: Names = field(default_factory=dict)

    def at(self, instant: datetime) -> UnitOfWork:
        """Units of work at an instant."""
        return UnitOfWork(self.work.engine, Held(instant), self.work.queue, self.work.rules)

    def step(self, name: str, at: datetime, do: Callable[[Tx], Names]) -> None:
        """Do one step, unless it is done; `do` returns the names of what it made."""
        if name in self.ids(STEP):
            return

        def whole(tx: Tx) -> Names:
            made = {**do(tx), STEP: {name: 0}}
            for noun, ids in made.items():
                replayed.keep(tx.sql, noun, ids)
            return made

        made = self.at(at).run(who, f"replay.{name}", whole)
        for noun, ids in made.items():
            self.ids(noun).update(ids)

    def ids(self, noun: str) -> dict[str, int]:
        """Our ids of one noun, by the data set's keys."""
        return self.names.setdefault(noun, {})

    @property
    def finished(self) -> bool:
        return FINISHED in self.ids(STEP)


def opened(work: UnitOfWork, history: History, start: datetime) -> Diary:
    """The diary of this history: a new one in an empty database, else the one that is there."""
    asker: Who = who
    names = work.run(asker, "replay.open", lambda tx: replayed.known(tx.sql))
    begun = names.get(HISTORY, {})
    if begun:
        if history.digest not in begun:
            raise AnotherHistory(
                f"{', '.join(names.get('name', {}))} was replayed here from other files or with "
                "another shift: give those, or an empty ENTREPOT_HOME"
            )
        return Diary(work, names)

    def begin(tx: Tx) -> None:
        if merchants.page(tx, limit=1):
            raise NotEmpty("there are shops already: give an empty ENTREPOT_HOME")
        clock.start_at(tx.sql, start)
        replayed.keep(tx.sql, HISTORY, {history.digest: 0})
        replayed.keep(tx.sql, "name", {history.name: 0})

    work.run(asker, "replay.begin", begin)
    return Diary(work, {HISTORY: {history.digest: 0}, "name": {history.name: 0}})
