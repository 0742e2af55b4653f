"""Brings a database to the newest shape. Several processes may try at once: one does it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.errors import InvalidSchemaName, UndefinedObject, UndefinedTable
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, make_url, text

from .executor import run_whole

HERE = Path(__file__).parent
MIGRATING = 4_200_100_001  # The advisory lock of whoever migrates.
OPTIONS = (
    "-c lock_timeout=3s -c timezone=UTC"  # A migration waits for traffic, never traffic for it.
)
REVISION = len("2026_11_22_0010")  # What the names of steps begin with.
NAME = "entrepot-migrate"
STANDS = """
select version_num, %(role)s::text is null or has_schema_privilege(%(role)s, 'kernel', 'usage')
from public.alembic_version
"""
GRANTS = (HERE / "sql" / "grants.sql").read_text(encoding="utf-8")


class NewerDatabase(RuntimeError):
    """The database has steps that this release does not know."""


def upgrade(url: str, grant_to: str | None = None) -> str:
    """Run what is missing, let `grant_to` work with the tables, and return the newest step."""
    newest = head()
    if _is_done(url, grant_to, newest):
        return newest
    from . import steps

    engine = _engine(url)
    with _only_one(engine):
        _refuse_newer(current(url), steps.known())
        with engine.connect() as sql:
            steps.take(sql)
        if grant_to is not None:
            with engine.begin() as sql:
                role = {"role": grant_to}
                sql.execute(text("select set_config('entrepot.app', :role, true)"), role)
                run_whole(sql, GRANTS)
    return newest


def _is_done(url: str, grant_to: str | None, newest: str) -> bool:
    """Whether a start finds everything in place: then it waits for nobody, and asks once."""
    address = _address(url, "postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, application_name=NAME, options=OPTIONS) as sql:
        try:
            found = sql.execute(STANDS, {"role": grant_to}).fetchone()
        except (UndefinedTable, InvalidSchemaName, UndefinedObject):
            return False  # Nothing is there yet, or not yet all of it.
    return found == (newest, True)


def current(url: str) -> str | None:
    """The step that the database stands at; none if it is empty."""
    with _engine(url).connect() as sql:
        return stands_at(sql)


def stands_at(sql: Connection) -> str | None:
    """The same, by a connection that is there already."""
    if sql.scalar(text("select to_regclass('public.alembic_version')")) is None:
        return None
    found: str | None = sql.scalar(text("select version_num from public.alembic_version"))
    return found


def head() -> str:
    """The newest step that this release knows."""
    return max(step.name for step in (HERE / "versions").glob("2*.py"))[:REVISION]


def _refuse_newer(step: str | None, known: Sequence[str]) -> None:
    if step is not None and step not in known:
        raise NewerDatabase(
            f"the database stands at {step}, which this release does not know; "
            "install the release that migrated it, or restore a backup"
        )


@contextmanager
def _only_one(engine: Engine) -> Iterator[None]:
    """Wait, without a timeout, until nobody else migrates this database."""
    with engine.connect() as guard:
        with guard.begin():
            guard.execute(text("set lock_timeout = 0"))
            # Held by the session, so that no transaction stays open over the whole migration.
            guard.execute(text("select pg_advisory_lock(:key)"), {"key": MIGRATING})
        yield


def _engine(url: str) -> Engine:
    return create_engine(
        _address(url, "postgresql+psycopg"),
        poolclass=NullPool,
        connect_args={"application_name": NAME, "options": OPTIONS},
    )


def _address(url: str, driver: str) -> URL:
    return make_url(url).set(drivername=driver)
