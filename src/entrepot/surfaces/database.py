"""The database of a process: brought up and to its newest shape while the rest is loaded."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import make_url

from entrepot.adapters.postgres import APP, Embedded
from entrepot.migrations import run
from entrepot.settings import Settings


@dataclass(frozen=True, slots=True)
class Database:
    """Where it is, and the embedded server, if it is this process that keeps it up."""

    url: str
    server: Embedded | None = None

    def close(self) -> None:
        """Let go of it."""
        if self.server is not None:
            self.server.close()


@contextmanager
def coming_up(settings: Settings) -> Iterator[Callable[[], Database]]:
    """Who calls what this gives waits until the database is there; a start that fails lets go."""
    with ThreadPoolExecutor(1, "database") as beside:
        database = beside.submit(_migrated, settings)
        try:
            yield database.result
        except BaseException:
            if database.exception() is None:
                database.result().close()
            raise


def _migrated(settings: Settings) -> Database:
    if settings.database.url is None:
        return _embedded(settings)
    owner, mine = settings.database.owner_url, make_url(settings.database.url)
    run.upgrade(owner or settings.database.url, grant_to=owner and mine.username)
    return Database(settings.database.url)


def _embedded(settings: Settings) -> Database:
    server = Embedded(settings.home).open()
    try:
        run.upgrade(server.owner_url, grant_to=APP)
    except BaseException:
        server.close()
        raise
    return Database(server.url, server)
