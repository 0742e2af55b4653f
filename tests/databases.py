"""Databases for tests: one server for all runs of this checkout, one template for each shape."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psutil
import psycopg
from psycopg import sql
from sqlalchemy import make_url

from entrepot.adapters.postgres import APP, OWNER, Embedded, prepare
from entrepot.migrations import run

ROOT = Path(__file__).parents[1]
MIGRATIONS = ROOT / "src" / "entrepot" / "migrations"
BUILDING = 4_200_100_002  # The advisory lock of whoever builds a template.
OLD = "6 hours"
MEMORY = Path("/dev/shm")  # A thousand files for each test: here they cost next to nothing.
ROOM = 4 * 2**30


@dataclass(frozen=True)
class Server:
    """A PostgreSQL whose databases come and go: embedded, or ENTREPOT_TEST_DATABASE_URL."""

    admin_url: str
    template: str
    numbers: Iterator[int]

    def url(self, database: str, role: str) -> str:
        """How to reach a database as a role."""
        url = make_url(self.admin_url).set(database=database, username=role)
        return url.render_as_string(hide_password=False)

    def fresh(self, kind: str) -> str:
        """The name of a new database, as the migrations make it."""
        name = f"{kind}_{os.getpid()}_{next(self.numbers)}"
        with _admin(self.admin_url) as admin:
            # Files are copied faster than pages are logged, which is the default.
            copy = "create database {} template {} strategy file_copy"
            admin.execute(_ddl(copy, name, self.template))
        return name

    def drop(self, database: str) -> None:
        """Remove a database with whoever is still connected to it."""
        with _admin(self.admin_url) as admin:
            admin.execute(_ddl("drop database if exists {} with (force)", database))


@contextmanager
def server() -> Iterator[Server]:
    """Join the server of this checkout; the last run that uses it stops it."""
    given = os.environ.get("ENTREPOT_TEST_DATABASE_URL")
    if given:
        yield _ready(given)
        return
    place = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:8]
    home = _fastest() / f"entrepot-tests-{os.geteuid()}-{place}"
    with Embedded(home, safe=False) as embedded:
        yield _ready(embedded.admin_url)


def _fastest() -> Path:
    """Memory where there is plenty of it, else the disk: nobody would miss what is on it."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        return MEMORY
    return Path(tempfile.gettempdir())


def _ready(admin_url: str) -> Server:
    """The server with the template of the present migrations, and without what runs left."""
    template = f"template_{_shape()}"
    with _admin(admin_url) as admin:
        admin.execute("select pg_advisory_lock(%s)", [BUILDING])
        _sweep(admin, template)
        if not admin.execute("select 1 from pg_database where datname = %s", [template]).fetchone():
            _build(admin, admin_url, template)
    return Server(admin_url, template, count())


def _build(admin: psycopg.Connection, admin_url: str, template: str) -> None:
    draft = f"{template}_draft"  # A half-built template is never found.
    admin.execute(_ddl("drop database if exists {} with (force)", draft))
    prepare(admin_url, draft)
    url = make_url(admin_url).set(database=draft, username=OWNER)
    run.upgrade(url.render_as_string(hide_password=False), grant_to=APP)
    admin.execute(_ddl("alter database {} rename to {}", draft, template))
    now = admin.execute("select now()::text").fetchone()
    assert now is not None
    comment = sql.SQL("comment on database {} is {}")
    admin.execute(comment.format(sql.Identifier(template), sql.Literal(now[0])))


def _sweep(admin: psycopg.Connection, template: str) -> None:
    """Drop databases of runs that were killed, and templates that nobody builds on any more."""
    for (name,) in admin.execute(
        "select datname from pg_database where datname ~ '^(installation|shared)_[0-9]+_'"
    ).fetchall():
        if not psutil.pid_exists(int(name.split("_")[1])):
            admin.execute(_ddl("drop database if exists {} with (force)", name))
    for (name,) in admin.execute(
        "select d.datname from pg_database d join pg_shdescription c on c.objoid = d.oid"
        " where d.datname like 'template\\_%%' and d.datname <> %s"
        " and c.description ~ '^2[0-9]{3}-' "
        " and c.description::timestamptz < now() - cast(%s as interval)",
        [template, OLD],
    ).fetchall():
        admin.execute(_ddl("drop database if exists {} with (force)", name))


def _shape() -> str:
    """What the migrations say, in sixteen letters."""
    files = sorted([*MIGRATIONS.rglob("*.sql"), *MIGRATIONS.rglob("*.py")])
    said = b"\0".join(file.name.encode() + b"\0" + file.read_bytes() for file in files)
    return hashlib.sha256(said).hexdigest()[:16]


def _admin(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True)


def _ddl(words: str, *names: str) -> sql.Composed:
    return sql.SQL(words).format(*map(sql.Identifier, names))
