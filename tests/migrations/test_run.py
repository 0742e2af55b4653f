"""The chain of steps, who may run it, and what the application's role may do afterwards."""

import threading
from collections.abc import Iterator
from pathlib import Path

import procrastinate
import psycopg
import pytest
from psycopg import sql

from entrepot.adapters.postgres import APP, OWNER, prepare
from entrepot.migrations import run, steps
from tests.conftest import Installation
from tests.databases import Server

SQL = Path(run.__file__).parent / "sql"


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    name = "installation_1_empty"
    server.drop(name)
    prepare(server.admin_url, name)
    yield server.url(name, OWNER)
    server.drop(name)


def test_the_newest_step_is_the_last_by_name() -> None:
    known = steps.known()
    assert run.head() == known[0]
    assert known == sorted(known, reverse=True)


def test_an_empty_database_comes_to_the_newest_step(empty: str) -> None:
    assert run.current(empty) is None
    assert run.upgrade(empty) == run.head()
    assert run.current(empty) == run.head()
    assert run.upgrade(empty) == run.head()


def test_many_processes_migrate_at_once(empty: str) -> None:
    ends: list[str] = []
    threads = [
        threading.Thread(target=lambda: ends.append(run.upgrade(empty, grant_to=APP)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ends == [run.head()] * 4


def test_a_newer_database_is_left_alone(empty: str) -> None:
    run.upgrade(empty)
    with psycopg.connect(empty) as owner:
        owner.execute("update alembic_version set version_num = '2999_01_01_0010'")

    with pytest.raises(run.NewerDatabase, match="2999_01_01_0010"):
        run.upgrade(empty)
    assert run.current(empty) == "2999_01_01_0010"


def test_a_shared_public_schema_keeps_its_tables(empty: str) -> None:
    with psycopg.connect(empty) as owner:
        owner.execute("create table public.somebody_elses (id int)")
    run.upgrade(empty, grant_to=APP)

    with psycopg.connect(empty) as owner:
        granted = owner.execute(
            "select has_table_privilege(%(app)s, 'public.somebody_elses', 'select'),"
            " has_table_privilege(%(app)s, 'public.procrastinate_jobs', 'insert'),"
            " has_table_privilege(%(app)s, 'public.alembic_version', 'select'),"
            " has_table_privilege(%(app)s, 'public.alembic_version', 'update')",
            {"app": APP},
        ).fetchone()
    assert granted == (False, True, True, False)


def test_each_step_has_its_file_and_each_file_its_step() -> None:
    steps = {file.name[:15] for file in (SQL.parent / "versions").glob("2*.py")}
    files = {file.name[:15] for file in SQL.glob("2*.sql")}

    assert steps == files


def test_the_jobs_schema_is_that_of_the_pinned_library() -> None:
    ours = (SQL / "2026_11_22_0090_jobs.sql").read_text(encoding="utf-8")
    library = Path(procrastinate.__file__).parent / "sql" / "schema.sql"

    assert ours.split("\n", 2)[2] == library.read_text(encoding="utf-8")


def test_the_application_owns_nothing(installation: Installation) -> None:
    with psycopg.connect(installation.url) as app:
        owned = app.execute(
            "select count(*) from pg_class where relowner = current_user::regrole"
        ).fetchone()
        assert owned == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("create table public.mine (id int)")


def test_the_application_cannot_rewrite_what_is_frozen(installation: Installation) -> None:
    with psycopg.connect(installation.owner_url) as owner:
        frozen = [
            name
            for (name,) in owner.execute(
                "select tgrelid::regclass::text from pg_trigger"
                " where tgname = 'frozen' and not tgisinternal"
            ).fetchall()
        ]
    assert "ledger.postings" in frozen
    for table in frozen:
        schema, name = table.split(".")
        for words in ("delete from {}", "truncate {}", "alter table {} disable trigger all"):
            with (
                psycopg.connect(installation.url) as app,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                app.execute(sql.SQL(words).format(sql.Identifier(schema, name)))
