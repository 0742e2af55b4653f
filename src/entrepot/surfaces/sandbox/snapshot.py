"""A copy of the database as it was when the sandbox was set up; coming back to it takes seconds."""

import psycopg
from psycopg import sql

from entrepot.adapters.postgres import APP, DATABASE, OWNER, Embedded
from entrepot.migrations import run

COPY, NEXT = "sandbox_beginning", "sandbox_next"


def keep(server: Embedded) -> None:
    """Keep the database as it is now. Nobody else may be connected to it."""
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(_words("drop database if exists {} with (force)", COPY))
        admin.execute(_words("create database {} template {} owner {}", COPY, DATABASE, OWNER))


def is_kept(server: Embedded) -> bool:
    """Whether there is a copy to come back to."""
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        found = admin.execute("select 1 from pg_database where datname = %s", [COPY])
        return found.fetchone() is not None


def restore(server: Embedded) -> None:
    """Begin again. Whoever is connected is cut off, and connects again by itself."""
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(_words("drop database if exists {} with (force)", NEXT))
        admin.execute(_words("create database {} template {} owner {}", NEXT, COPY, OWNER))
        admin.execute(_words("drop database if exists {} with (force)", DATABASE))
        admin.execute(_words("alter database {} rename to {}", NEXT, DATABASE))
    run.upgrade(server.owner_url, grant_to=APP)


def _words(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))
