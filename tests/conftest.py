"""Two fixtures: `tx` is rolled back; `installation` has its own database, commits and processes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import structlog
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from pydantic import JsonValue
from sqlalchemy import Connection, Engine

from entrepot import rulebook
from entrepot.adapters.postgres import APP, OWNER, engine_of
from entrepot.contexts.identity import passwords
from entrepot.kernel import clock
from entrepot.kernel.access import platform
from entrepot.kernel.jobs import PostgresQueue
from entrepot.kernel.tx import Tx, UnitOfWork
from entrepot.settings import Limits
from tests import databases
from tests.databases import Server

# Timing never decides a result, and a run says the same as the last one: found examples stay.
settings.register_profile(
    "entrepot", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("entrepot")

# Tracebacks as they are: rendering the values of all locals takes minutes.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)

NOON = datetime(2024, 4, 1, 12, tzinfo=UTC)
# On a busy machine a test may think for longer than a request may.
LIMITS = Limits(
    pool_timeout_s=60,
    statement_timeout_ms=60_000,
    lock_timeout_ms=30_000,
    idle_in_transaction_session_timeout_ms=120_000,
)


# People of tests keep nothing secret, and each of them is hashed twice. What real ones get, and
# that a sign-in renews what is weaker, is tested beside passwords.
SHIPPED_HASHER = passwords.HASHER
passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class RecordingQueue:
    """Stands in for jobs: remembers what was asked for, runs nothing."""

    jobs: list[tuple[str, dict[str, JsonValue]]] = field(default_factory=list)

    def defer(self, sql: Connection, job: str, **arguments: JsonValue) -> None:
        self.jobs.append((job, arguments))


@dataclass(frozen=True)
class Installation:
    """A database of its own, real commits, and as many connections as a test wants."""

    url: str  # As the application.
    owner_url: str  # As the owner of the tables, for what nobody may do in earnest.
    engine: Engine
    work: UnitOfWork


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server that all tests share."""
    with databases.server() as server:
        yield server


@pytest.fixture(scope="session")
def rules() -> rulebook.Rulebook:
    """The shipped rules, read once."""
    return rulebook.load()


@pytest.fixture(scope="session")
def shared_engine(server: Server) -> Iterator[Engine]:
    """Connections to a database in which nothing is ever committed."""
    name = server.fresh("shared")
    engine = engine_of(server.url(name, APP), LIMITS)
    yield engine
    engine.dispose()
    server.drop(name)


@pytest.fixture
def tx(shared_engine: Engine, rules: object) -> Iterator[Tx]:
    """A real transaction on a real PostgreSQL, at a fixed business time; nothing of it is kept."""
    with shared_engine.connect() as sql, sql.begin() as outer:
        yield Tx(sql, platform("test"), now=NOON, queue=RecordingQueue(), rules=rules)
        outer.rollback()


@pytest.fixture
def installation(server: Server, rules: object) -> Iterator[Installation]:
    """Its business clock stands at noon of 2024-04-01 until a test moves it."""
    name = server.fresh("installation")
    url = server.url(name, APP)
    engine = engine_of(url, LIMITS)
    with engine.begin() as sql:
        clock.start_at(sql, NOON)
    work = UnitOfWork(engine, clock.MovableTime(), PostgresQueue(), rules)
    yield Installation(url, server.url(name, OWNER), engine, work)
    engine.dispose()
    server.drop(name)
