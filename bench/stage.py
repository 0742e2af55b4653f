"""Where a benchmark takes place: an installation of its own, as durable as a real one."""

import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString, TypeVar

import psycopg
import structlog

from entrepot import rulebook
from entrepot.adapters.postgres import APP, DATABASE, Embedded, engine_of
from entrepot.adapters.postgres.cluster import SUPERUSER
from entrepot.kernel import clock
from entrepot.kernel.access import platform
from entrepot.kernel.clock import MovableTime
from entrepot.kernel.jobs import PostgresQueue
from entrepot.kernel.tx import Tx, UnitOfWork
from entrepot.migrations import run
from entrepot.settings import WORKER

T = TypeVar("T")

NOON = datetime(2024, 4, 1, 12, tzinfo=UTC)  # Business time starts here and runs on.


@dataclass(frozen=True)
class Stage:
    """A home folder with its database server, real commits, and a superuser who looks on."""

    home: Path
    server: Embedded
    work: UnitOfWork

    @property
    def admin_url(self) -> str:
        """The installation's database, as the superuser."""
        return self.server.cluster.url(DATABASE, SUPERUSER)

    def do(self, act: Callable[[Tx], T]) -> T:
        """One unit of work of the platform."""
        return self.work.run(lambda _: platform("bench"), "bench", act)

    def ask(self, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        """What the superuser sees; also runs statements that nobody may run in earnest."""
        with psycopg.connect(self.admin_url, autocommit=True) as sql:
            found = sql.execute(query, values or None)
            return found.fetchall() if found.description else []

    def ask_server(self, query: LiteralString) -> list[tuple[Any, ...]]:
        """The same in the server's own database."""
        with psycopg.connect(self.server.admin_url, autocommit=True) as sql:
            found = sql.execute(query)
            return found.fetchall() if found.description else []

    def ask_with(self, query: str, given: Mapping[str, object]) -> None:
        """Run a statement that is put together here, with named values."""
        with psycopg.connect(self.admin_url, autocommit=True) as sql:
            sql.execute(query.encode(), given or None)  # With none, a % is a %.

    def one(self, query: LiteralString, *values: object) -> Any:
        """The single value that a query gives."""
        [(value,)] = self.ask(query, *values)
        return value


@contextmanager
def stage() -> Iterator[Stage]:
    """A new installation; nothing of it is kept. `BENCH_DIR` says on which disk."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    folder = os.environ.get("BENCH_DIR")
    with (
        tempfile.TemporaryDirectory(prefix="entrepot-bench-", dir=folder) as home,
        Embedded(Path(home)) as server,
    ):
        run.upgrade(server.owner_url, grant_to=APP)
        engine = engine_of(server.url, WORKER, "entrepot-bench")
        with engine.begin() as sql:
            clock.start_at(sql, NOON)
            clock.free(sql)
        work = UnitOfWork(engine, MovableTime(), PostgresQueue(), rulebook.load())
        made = Stage(Path(home), server, work)
        # Of the whole server, and beside the database whose schemas the migrations own.
        made.ask_server("create extension if not exists pg_stat_statements")
        try:
            yield made
        finally:
            engine.dispose()


def say(words: str) -> None:
    """Progress, beside the tables."""
    print(f"  {words}", file=sys.stderr, flush=True)
