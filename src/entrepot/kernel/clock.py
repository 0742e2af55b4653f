"""Two clocks. Business time decides money, rules, timers and documents; real time the rest."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, text

from .db import statement
from .problems import Problem

CLOCK_LOCK = 7_001

NOW = statement("select kernel.business_now(:key)")
READ = text("select coalesce(held_at, clock_timestamp() + ahead) from kernel.clock")
HOLD = text("update kernel.clock set held_at = :at")
FREE = text(
    "update kernel.clock set ahead = coalesce(held_at - clock_timestamp(), ahead), held_at = null"
)
SHIFT = text(
    "update kernel.clock set ahead = ahead + :by, held_at = held_at + :by"
)  # One of the two is in force; both keep step.


class ClockRefusal(Problem):
    slug, title = "clock-refusal", "The business clock does not move like this"


def real() -> datetime:
    """For sign-ins, tokens, rate limits, retries, leases and logs. Never for money or a rule."""
    return datetime.now(UTC)


class Clock(Protocol):
    """Where business time comes from."""

    def now(self, sql: Connection) -> datetime:
        """Business time, read once for each unit of work."""


@dataclass(frozen=True, slots=True)
class RealTime:
    """Production: business time is real time."""

    def now(self, sql: Connection) -> datetime:
        """Real time; the database is not asked."""
        return real()


@dataclass(frozen=True, slots=True)
class MovableTime:
    """Sandbox and demo: real time and an offset, or held by a replay; nobody moves it meanwhile."""

    def now(self, sql: Connection) -> datetime:
        """Wait for whoever moves the clock, then read it."""
        now: datetime = sql.execute(NOW, {"key": CLOCK_LOCK}).scalar_one()
        return now


def read(sql: Connection) -> datetime:
    """Business time as the clock's row has it, without waiting for who moves it."""
    now: datetime = sql.execute(READ).scalar_one()
    return now


def hold(sql: Connection, at: datetime) -> None:
    """Stop the business clock at an instant, not before where it stands; waits for all work."""
    _take(sql)
    if at < read(sql):
        raise ClockRefusal(f"business time is {read(sql):%Y-%m-%d %H:%M:%S%z}: it never goes back")
    sql.execute(HOLD, {"at": at})


def start_at(sql: Connection, at: datetime) -> None:
    """Set a clock that nothing has happened under yet; the caller knows that nothing has."""
    _take(sql)
    sql.execute(HOLD, {"at": at})


def free(sql: Connection) -> None:
    """Let a held clock run on from where it stands."""
    _take(sql)
    sql.execute(FREE)


def shift(sql: Connection, by: timedelta) -> None:
    """Move the business clock ahead; waits for all work that has read it."""
    if by < timedelta(0):
        raise ClockRefusal("the business clock never goes back")
    _take(sql)
    sql.execute(SHIFT, {"by": by})


def _take(sql: Connection) -> None:
    sql.execute(text("select pg_advisory_xact_lock(:key)"), {"key": CLOCK_LOCK})
