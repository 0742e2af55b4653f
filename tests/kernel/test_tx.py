"""The unit of work: all or nothing, a lost fight repeated, locks in one order."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, column, table, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from entrepot.kernel.access import platform
from entrepot.kernel.ids import Id
from entrepot.kernel.jobs import PostgresQueue
from entrepot.kernel.problems import NotFound
from entrepot.kernel.tx import TRIES, Lock, Tx
from tests.conftest import Installation

WHO = platform("test")
THINGS = table("things", column("id"), schema="kernel")


@pytest.fixture
def at(installation: Installation, server_owner: Engine) -> Installation:
    """An installation with a few rows to fight about."""
    with server_owner.begin() as sql:
        sql.execute(text("create table kernel.things (id bigint primary key, n int not null)"))
        sql.execute(text("insert into kernel.things select i, 0 from generate_series(1, 9) i"))
        sql.execute(text("grant all on kernel.things to public"))
    return installation


@pytest.fixture
def server_owner(installation: Installation) -> Engine:
    from sqlalchemy import NullPool, create_engine

    url = installation.owner_url.replace("postgresql://", "postgresql+psycopg://")
    return create_engine(url, poolclass=NullPool)


def bump(tx: Tx, thing: int) -> None:
    tx.sql.execute(text("update kernel.things set n = n + 1 where id = :id"), {"id": thing})


def numbers(at: Installation) -> list[int]:
    with at.engine.begin() as sql:
        return [*sql.scalars(text("select n from kernel.things where n > 0 order by id"))]


def fails(at: Installation, sqlstate: str, times: int) -> tuple[int, BaseException | None]:
    """Runs work that loses so many fights; gives how often it ran and what came out."""
    runs = 0

    def work(tx: Tx) -> None:
        nonlocal runs
        runs += 1
        bump(tx, 1)
        if runs <= times:
            tx.sql.execute(text(f"do $$ begin raise exception sqlstate '{sqlstate}'; end $$"))

    try:
        at.work.run(lambda _: WHO, "test", work)
    except DBAPIError as error:
        return runs, error
    return runs, None


def test_it_is_kept_whole(at: Installation) -> None:
    def work(tx: Tx) -> str:
        bump(tx, 1)
        bump(tx, 2)
        return "done"

    assert at.work.run(lambda _: WHO, "test", work) == "done"
    assert numbers(at) == [1, 1]


def test_a_refusal_leaves_nothing(at: Installation) -> None:
    def work(tx: Tx) -> None:
        bump(tx, 1)
        raise NotFound("thing", 7)

    with pytest.raises(NotFound):
        at.work.run(lambda _: WHO, "test", work)
    assert numbers(at) == []


@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
def test_a_lost_fight_is_repeated_whole(at: Installation, sqlstate: str) -> None:
    assert fails(at, sqlstate, times=TRIES - 1) == (TRIES, None)
    assert numbers(at) == [1]


def test_three_lost_fights_are_enough(at: Installation) -> None:
    runs, error = fails(at, "40P01", times=TRIES)

    assert runs == TRIES == 3
    assert isinstance(error, OperationalError)
    assert numbers(at) == []


@pytest.mark.parametrize("sqlstate", ["55P03", "57014", "23505", "P0001", "08006"])
def test_nothing_else_is_repeated(at: Installation, sqlstate: str) -> None:
    runs, error = fails(at, sqlstate, times=1)

    assert runs == 1
    assert error is not None
    assert numbers(at) == []


def test_a_broken_constraint_is_not_repeated(at: Installation) -> None:
    runs = 0

    def work(tx: Tx) -> None:
        nonlocal runs
        runs += 1
        tx.sql.execute(text("insert into kernel.things values (1, 0)"))

    with pytest.raises(IntegrityError):
        at.work.run(lambda _: WHO, "test", work)
    assert runs == 1


def test_a_real_deadlock_ends_well(at: Installation) -> None:
    """Two works take two rows crosswise, without the order that `hold` asks for."""
    both, runs = Barrier(2), list[int]()

    def crosswise(first: int, second: int) -> Callable[[Tx], None]:
        def work(tx: Tx) -> None:
            runs.append(first)
            bump(tx, first)
            if runs.count(first) == 1:
                both.wait(timeout=20)
            bump(tx, second)

        return work

    threads = [
        Thread(target=at.work.run, args=(lambda _: WHO, "test", crosswise(*pair)))
        for pair in ((1, 2), (2, 1))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(runs) == 3  # The loser ran again.
    assert numbers(at) == [2, 2]


def test_who_asks_is_resolved_in_the_work_itself(at: Installation) -> None:
    def who(sql: object) -> object:
        raise NotFound("session", 1)

    with pytest.raises(NotFound):
        at.work.run(who, "test", lambda tx: bump(tx, 1))  # type: ignore[arg-type]
    assert numbers(at) == []


def hold(tx: Tx, kind: Lock, *ids: int) -> None:
    tx.hold(kind, THINGS.c.id, [Id(id) for id in ids])


def test_what_is_held_waits_for_nobody_and_nobody_else_gets_it(at: Installation) -> None:
    def work(tx: Tx) -> None:
        hold(tx, Lock.ORDERS, 3, 1)
        hold(tx, Lock.ORDERS, 1)  # Again: held already.
        hold(tx, Lock.STOCK, 5)
        hold(tx, Lock.ORDERS, 3, 1)  # A subset of an earlier kind is held, too.
        with at.engine.connect() as other:
            query = "select id from kernel.things order by id for no key update skip locked"
            assert [*other.scalars(text(query))] == [2, 4, 6, 7, 8, 9]
            # Rows that only refer to a held one come in.
            assert other.scalar(text("select id from kernel.things where id = 1 for key share"))

    at.work.run(lambda _: WHO, "test", work)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((Lock.STOCK, 1), (Lock.ORDERS, 2)),  # A kind before one that is held.
        ((Lock.STOCK, 1), (Lock.STOCK, 2)),  # More of a kind.
        ((Lock.ACCOUNTS, 1), (Lock.QUOTES, 1)),
    ],
)
def test_locks_out_of_order_are_a_bug(
    at: Installation, first: tuple[Lock, int], second: tuple[Lock, int]
) -> None:
    def work(tx: Tx) -> None:
        hold(tx, *first)
        hold(tx, *second)

    with pytest.raises(AssertionError, match=f"{second[0].name} after {first[0].name}"):
        at.work.run(lambda _: WHO, "test", work)


def test_the_order_of_kinds() -> None:
    assert [kind.name for kind in sorted(Lock)] == [
        "QUOTES",
        "ORDERS",
        "SHOP_DAYS",
        "BUDGETS",
        "STOCK",
        "ACCOUNTS",
    ]


def test_nothing_wanted_is_nothing_held(at: Installation) -> None:
    def work(tx: Tx) -> None:
        hold(tx, Lock.STOCK)
        assert tx.held == {}
        hold(tx, Lock.ORDERS, 1)

    at.work.run(lambda _: WHO, "test", work)


def test_jobs_live_and_die_with_their_work(at: Installation) -> None:
    def asks(tx: Tx) -> None:
        tx.queue.defer(tx.sql, "reports.write", day="2024-04-01")

    def asks_and_fails(tx: Tx) -> None:
        tx.queue.defer(tx.sql, "reports.write", day="2024-04-02")
        raise NotFound("report", 1)

    at.work.run(lambda _: WHO, "test", asks)
    with pytest.raises(NotFound):
        at.work.run(lambda _: WHO, "test", asks_and_fails)

    assert isinstance(at.work.queue, PostgresQueue)
    with at.engine.begin() as sql:
        jobs = sql.execute(
            text("select task_name, args, status, queueing_lock from procrastinate_jobs")
        )
        assert [tuple(job) for job in jobs] == [
            ("reports.write", {"day": "2024-04-01"}, "todo", None)
        ]


def test_a_repeated_work_asks_for_its_job_once(at: Installation) -> None:
    runs = 0

    def work(tx: Tx) -> None:
        nonlocal runs
        runs += 1
        tx.queue.defer(tx.sql, "reports.write")
        if runs == 1:
            tx.sql.execute(text("do $$ begin raise exception sqlstate '40001'; end $$"))

    at.work.run(lambda _: WHO, "test", work)
    with at.engine.begin() as sql:
        assert sql.scalar(text("select count(*) from procrastinate_jobs")) == 1
