"""Statements that go past SQLAlchemy's compiler behave as those that do not."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError

from entrepot.kernel.db import statement
from entrepot.kernel.tx import Tx
from tests.conftest import Installation

NAMED = statement("select :a + 1 as b, '10%' as c, cast(:text as text)::text as d, :a as e")
ADD = statement(
    "insert into kernel.calls (actor, operation, key, digest) values (:a, 'o', 'k', '')"
)
ENDED = statement("select pg_terminate_backend(pg_backend_pid())")
COUNT = statement("select count(*) from kernel.calls")


def test_names_are_values_where_sqlalchemy_takes_them_for_such(tx: Tx) -> None:
    [row] = tx.sql.execute(NAMED, {"a": 1, "text": "5 %"})

    assert (row.b, row.c, row.d, row.e) == (2, "10%", "5 %", 1)


def test_results_are_the_rows(tx: Tx) -> None:
    three = statement("select n, n * n as square from generate_series(1, :n) as n")

    found = tx.sql.execute(three, {"n": 3})
    assert found.rowcount == 3
    assert [(row.n, row.square) for row in found] == [(1, 1), (2, 4), (3, 9)]
    assert [*tx.sql.scalars(three, {"n": 2})] == [1, 2]
    assert tx.sql.scalar(three, {"n": 0}) is None
    assert tx.sql.execute(three, {"n": 0}).one_or_none() is None
    with pytest.raises(ValueError, match="unpack"):
        tx.sql.execute(three, {"n": 2}).one()


def test_what_runs_first_begins_and_nothing_is_kept_without_a_commit(
    installation: Installation,
) -> None:
    with installation.engine.connect() as sql:
        sql.execute(ADD, {"a": "one"})
        assert sql.in_transaction()
    with installation.engine.begin() as sql:
        assert sql.scalar(COUNT) == 0
        sql.execute(ADD, {"a": "one"})
    with installation.engine.begin() as sql:
        assert sql.scalar(COUNT) == 1


def test_errors_are_those_of_everything_else(tx: Tx) -> None:
    tx.sql.execute(ADD, {"a": "one"})

    with pytest.raises(IntegrityError) as twice, tx.sql.begin_nested():
        tx.sql.execute(ADD, {"a": "one"})
    assert getattr(twice.value.orig, "sqlstate", None) == "23505"
    with pytest.raises(DataError), tx.sql.begin_nested():
        tx.sql.execute(statement("select cast(:a as int)"), {"a": "x"})
    with pytest.raises(OperationalError), tx.sql.begin_nested():
        tx.sql.execute(statement("do $$ begin raise sqlstate '40P01'; end $$"))
    assert tx.sql.scalar(COUNT) == 1


def test_a_lost_connection_takes_the_pool_with_it(installation: Installation) -> None:
    """All others were made before it; none of them is handed out again."""
    with installation.engine.connect() as one, installation.engine.connect() as two:
        old = {sql.scalar(text("select pg_backend_pid()")) for sql in (one, two)}
    with (
        pytest.raises((OperationalError, InterfaceError)) as lost,
        installation.engine.begin() as sql,
    ):
        sql.execute(ENDED)

    assert lost.value.connection_invalidated
    with installation.engine.connect() as one, installation.engine.connect() as two:
        new = {sql.scalar(text("select pg_backend_pid()")) for sql in (one, two)}
    assert not old & new
