"""The server of a home folder, shared by all processes that use it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from .cluster import SUPERUSER, Cluster
from .troubles import DatabaseTrouble, trouble

DATABASE = "entrepot"
OWNER = "entrepot_owner"  # Owns the tables and migrates them; nothing that serves uses it.
APP = "entrepot_app"  # Owns nothing: cannot drop or disable what guards the ledger.


class Embedded:
    """A server for as long as somebody uses it: `with Embedded(home) as server: …`."""

    def __init__(self, home: Path, *, safe: bool = True) -> None:
        self._home = home.absolute()
        self._safe = safe
        self._cluster: Cluster | None = None
        self._using: int | None = None

    @property
    def cluster(self) -> Cluster:
        """The folder, the programs and the processes."""
        assert self._cluster is not None, "not open"
        return self._cluster

    @property
    def url(self) -> str:
        """For all work: the application's role."""
        return self.cluster.url(DATABASE, APP)

    @property
    def owner_url(self) -> str:
        """For migrations: the role that owns the tables."""
        return self.cluster.url(DATABASE, OWNER)

    @property
    def admin_url(self) -> str:
        """For making databases and roles."""
        return self.cluster.url("postgres", SUPERUSER)

    def open(self) -> Self:
        """Start the server, or join those who use it; its roles and its database exist then."""
        with self._alone():
            self._using = self._lock("database.users", fcntl.LOCK_SH)
            try:
                self._cluster = Cluster.of(self._home / "postgres", safe=self._safe)
                self._cluster.start()
                prepare(self.admin_url)
            except BaseException:
                self._leave()
                raise
        return self

    def close(self) -> None:
        """Leave; the last one out stops the server."""
        if self._using is not None:
            with self._alone():
                self._leave()

    def revive(self) -> bool:
        """Start the server again if it was killed; whether that was needed."""
        if self.cluster.postmaster() is not None:
            return False
        with self._alone():
            if self._using is None or self.cluster.postmaster() is not None:
                return False
            self.cluster.start()
            return True

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def _leave(self) -> None:
        assert self._using is not None
        try:
            # Only the last user gets it exclusively. Locks of killed processes are gone with them.
            fcntl.flock(self._using, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            if self._cluster is not None:
                self._cluster.stop()
        finally:
            os.close(self._using)
            self._using = None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else starts, joins or leaves meanwhile."""
        lock = self._lock("database.lock", fcntl.LOCK_EX)
        try:
            yield
        finally:
            os.close(lock)

    def _lock(self, name: str, kind: int) -> int:
        try:
            self._home.mkdir(mode=0o755, parents=True, exist_ok=True)
            file = os.open(self._home / name, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise trouble("opening its folder", f"{self._home}: {error.strerror}") from error
        fcntl.flock(file, kind)
        return file


def prepare(admin_url: str, database: str = DATABASE) -> None:
    """Make the roles and an empty database that belongs to the owner, if they are missing."""
    try:
        with psycopg.connect(admin_url, autocommit=True, connect_timeout=30) as admin:
            _make(admin, database)
    except psycopg.Error as error:
        raise DatabaseTrouble(f"PostgreSQL cannot be prepared: {error}") from error


def _make(admin: psycopg.Connection[tuple[object, ...]], database: str) -> None:
    for role in (OWNER, APP):
        if not _exists(admin, "pg_roles where rolname", role):
            admin.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
    if not _exists(admin, "pg_database where datname", database):
        make = sql.SQL("create database {} owner {}")
        admin.execute(make.format(sql.Identifier(database), sql.Identifier(OWNER)))


def _exists(admin: psycopg.Connection[tuple[object, ...]], where: str, name: str) -> bool:
    query = sql.SQL(f"select 1 from {where} = %s")
    return admin.execute(query, [name]).fetchone() is not None
