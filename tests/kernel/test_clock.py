"""Two clocks: one that nobody moves, one that waits for everybody."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from entrepot.kernel import clock
from entrepot.kernel.access import platform
from entrepot.kernel.clock import ClockRefusal, MovableTime, RealTime, real
from entrepot.kernel.tx import Tx, UnitOfWork
from tests.conftest import NOON, Installation

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def now(at: Installation) -> datetime:
    with at.engine.begin() as sql:
        return clock.read(sql)


def test_a_held_clock_stands(installation: Installation) -> None:
    with installation.engine.begin() as sql:
        clock.hold(sql, NOON + HOUR)

    assert now(installation) == NOON + HOUR
    assert now(installation) == NOON + HOUR


def test_a_freed_clock_runs_on_from_where_it_stood(installation: Installation) -> None:
    with installation.engine.begin() as sql:
        clock.free(sql)
    with installation.engine.begin() as sql:
        sql.execute(text("select pg_sleep(0.01)"))
        later = clock.read(sql)

    assert NOON < later < NOON + timedelta(minutes=5)
    with installation.engine.begin() as sql:
        clock.free(sql)  # Freeing what is free changes nothing.
    assert later < now(installation) < NOON + timedelta(minutes=5)


def test_shifting_moves_a_held_and_a_free_clock(installation: Installation) -> None:
    with installation.engine.begin() as sql:
        clock.shift(sql, HOUR)
    assert now(installation) == NOON + HOUR
    with installation.engine.begin() as sql:
        clock.free(sql)
        clock.shift(sql, HOUR)
    assert NOON + 2 * HOUR <= now(installation) < NOON + 2 * HOUR + timedelta(minutes=5)


def test_it_never_goes_back(installation: Installation) -> None:
    with pytest.raises(ClockRefusal, match="never goes back"), installation.engine.begin() as sql:
        clock.hold(sql, NOON - SECOND)
    with pytest.raises(ClockRefusal, match="never goes back"), installation.engine.begin() as sql:
        clock.shift(sql, -SECOND)

    assert now(installation) == NOON


def test_work_reads_the_clock_once(installation: Installation) -> None:
    def work(tx: Tx) -> tuple[datetime, datetime]:
        tx.sql.execute(text("update kernel.clock set held_at = held_at + interval '1 hour'"))
        return tx.now, clock.read(tx.sql)

    before, after = installation.work.run(lambda _: platform("test"), "test", work)

    assert (before, after) == (NOON, NOON + HOUR)


def test_whoever_moves_it_waits_for_all_work_that_has_read_it(installation: Installation) -> None:
    time = MovableTime()
    with installation.engine.connect() as one, installation.engine.connect() as other:
        assert time.now(one) == time.now(other) == NOON  # Readers do not wait for each other.
        with pytest.raises(OperationalError, match="lock timeout"):
            _shift_impatiently(installation)
        one.rollback()
        with pytest.raises(OperationalError, match="lock timeout"):
            _shift_impatiently(installation)
        other.rollback()
    _shift_impatiently(installation)

    assert now(installation) == NOON + HOUR


def test_work_waits_for_whoever_moves_it_and_sees_where_it_went(
    installation: Installation,
) -> None:
    with installation.engine.connect() as mover, installation.engine.connect() as worker:
        clock.shift(mover, HOUR)
        worker.execute(text("set lock_timeout = '50ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            MovableTime().now(worker)
        worker.rollback()
        mover.commit()
        assert MovableTime().now(worker) == NOON + HOUR


def test_production_asks_nobody(installation: Installation) -> None:
    work = UnitOfWork(installation.engine, RealTime(), installation.work.queue, None)
    before = real()
    told = work.run(lambda _: platform("test"), "test", lambda tx: tx.now)

    assert before <= told <= real()
    assert told.tzinfo is UTC


def _shift_impatiently(at: Installation) -> None:
    with at.engine.begin() as sql:
        sql.execute(text("set local lock_timeout = '50ms'"))
        clock.shift(sql, HOUR)
