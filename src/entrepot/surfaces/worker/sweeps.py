"""Time-driven work: what is due, one instant after another, each in a unit of work of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from entrepot.contexts.settlement import Rates
from entrepot.flows import sweeps
from entrepot.flows.sweeps import Due
from entrepot.kernel import clock
from entrepot.kernel.access import Who
from entrepot.kernel.tx import Tx, UnitOfWork

SWEEPING = 7_020  # The advisory lock of whoever sweeps.
MINE = text("select pg_try_advisory_xact_lock(:key)")


@dataclass(frozen=True, slots=True)
class MovedTo:
    """A clock for the one who moves business time: to an instant, in the work itself.

    The move takes the clock's exclusive lock, so it waits for all work that has read the clock
    and is kept or rolled back with what is done at that instant. It never goes back.
    """

    at: datetime

    def now(self, sql: Connection) -> datetime:
        """The instant, or the present if that is later."""
        clock.shift(sql, timedelta(0))  # Takes the lock, before the clock is read.
        present = clock.read(sql)
        if present < self.at:
            clock.shift(sql, self.at - present)
        return max(present, self.at)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a step did; if nothing was due, when something will be."""

    done: Due | None
    next_at: datetime | None = None


def step(work: UnitOfWork, who: Who, rates: Rates, until: datetime | None = None) -> Swept:
    """Do the earliest thing that is due by now, if there is one and nobody else sweeps.

    With `until`, only what is due by that instant as well.
    """

    def do(tx: Tx) -> Swept:
        return _step(tx, rates, tx.now if until is None else min(until, tx.now))

    return work.run(who, "sweeps.step", do)


def sweep(work: UnitOfWork, who: Who, rates: Rates, until: datetime | None = None) -> Due | None:
    """The same for those who only want to know what was done."""
    return step(work, who, rates, until).done


def sweep_all(work: UnitOfWork, who: Who, rates: Rates) -> int:
    """Do all that is due by now; how many steps it took."""
    steps = 0
    while sweep(work, who, rates) is not None:
        steps += 1
    return steps


def walk(
    work: UnitOfWork, who: Who, rates: Rates, to: datetime, seen: Callable[[Due], None]
) -> None:
    """Move business time to an instant, from one due instant to the next, with all its sweeps."""
    while True:
        due = work.run(who, "clock.look", lambda tx: sweeps.next_due(tx, rates))
        if due is None or due.at > to:
            break
        swept = at(work, due.at).run(who, "clock.step", lambda tx: _step(tx, rates, to))
        if swept.done is not None:
            seen(swept.done)
    at(work, to).run(who, "clock.arrive", lambda tx: None)


def at(work: UnitOfWork, instant: datetime) -> UnitOfWork:
    """The same unit of work for whoever moves the clock to an instant with it."""
    return UnitOfWork(work.engine, MovedTo(instant), work.queue, work.rules)


def _step(tx: Tx, rates: Rates, until: datetime) -> Swept:
    # A statement of its own: what follows sees all that the holder before us committed.
    if not tx.sql.scalar(MINE, {"key": SWEEPING}):
        return Swept(None)
    due = sweeps.next_due(tx, rates)
    if due is None or due.at > until:
        return Swept(None, None if due is None else due.at)
    due.do(tx)
    return Swept(due)
