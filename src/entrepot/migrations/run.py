"""Brings a database to the newest shape. Several processes may try at once: one does it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, make_url, text

HERE = Path(__file__).parent
MIGRATING = 4_200_100_001  # The advisory lock of whoever migrates.
LOCK_TIMEOUT = "set lock_timeout = '3s'"  # A migration waits for traffic, never traffic for it.
GRANTS = (HERE / "sql" / "grants.sql").read_text(encoding="utf-8")


class NewerDatabase(RuntimeError):
    """The database has steps that this release does not know."""


def upgrade(url: str, grant_to: str | None = None) -> str:
    """Run what is missing, let `grant_to` work with the tables, and return the newest step."""
    with _connection(url) as sql:
        with sql.begin():
            # Held by the session, over all the transactions to come; waits without a timeout.
            sql.execute(text("select pg_advisory_lock(:key)"), {"key": MIGRATING})
            sql.execute(text(LOCK_TIMEOUT))
        _refuse_newer(sql)
        config = _config()
        config.attributes["connection"] = sql
        command.upgrade(config, "head")
        if grant_to is not None:
            with sql.begin():
                sql.execute(
                    text("select set_config('entrepot.app', :role, true)"), {"role": grant_to}
                )
                sql.exec_driver_sql(GRANTS)
    return head()


def current(url: str) -> str | None:
    """The step that the database stands at; none if it is empty."""
    with _connection(url) as sql, sql.begin():
        return MigrationContext.configure(sql).get_current_revision()


def head() -> str:
    """The newest step that this release knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None
    return newest


def _refuse_newer(sql: Connection) -> None:
    with sql.begin():
        stands_at = MigrationContext.configure(sql).get_current_revision()
    known = {step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()}
    if stands_at is not None and stands_at not in known:
        raise NewerDatabase(
            f"the database stands at {stands_at}, which this release does not know; "
            "install the release that migrated it, or restore a backup"
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        connect_args={"application_name": "entrepot-migrate"},
    )
    with engine.connect() as sql:
        yield sql
