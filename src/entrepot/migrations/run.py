"""Brings a database to the newest shape. Several processes may try at once: one does it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, NullPool, create_engine, make_url, text

from .executor import run_whole

HERE = Path(__file__).parent
MIGRATING = 4_200_100_001  # The advisory lock of whoever migrates.
OPTIONS = (
    "-c lock_timeout=3s -c timezone=UTC"  # A migration waits for traffic, never traffic for it.
)
GRANTS = (HERE / "sql" / "grants.sql").read_text(encoding="utf-8")


class NewerDatabase(RuntimeError):
    """The database has steps that this release does not know."""


def upgrade(url: str, grant_to: str | None = None) -> str:
    """Run what is missing, let `grant_to` work with the tables, and return the newest step."""
    engine = _engine(url)
    if _is_done(engine, grant_to):
        return head()
    with _only_one(engine):
        _refuse_newer(current(url))
        with engine.connect() as sql:
            config = _config()
            config.attributes["connection"] = sql
            command.upgrade(config, "head")
        if grant_to is not None:
            with engine.begin() as sql:
                role = {"role": grant_to}
                sql.execute(text("select set_config('entrepot.app', :role, true)"), role)
                run_whole(sql, GRANTS)
    return head()


def _is_done(engine: Engine, grant_to: str | None) -> bool:
    """Whether a start finds everything in place: then it waits for nobody."""
    with engine.connect() as sql:
        if MigrationContext.configure(sql).get_current_revision() != head():
            return False
        granted = text("select has_schema_privilege(:role, 'kernel', 'usage')")
        return grant_to is None or bool(sql.scalar(granted, {"role": grant_to}))


def current(url: str) -> str | None:
    """The step that the database stands at; none if it is empty."""
    with _engine(url).connect() as sql:
        return MigrationContext.configure(sql).get_current_revision()


def head() -> str:
    """The newest step that this release knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None
    return newest


def _refuse_newer(stands_at: str | None) -> None:
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
        make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        connect_args={"application_name": "entrepot-migrate", "options": OPTIONS},
    )
