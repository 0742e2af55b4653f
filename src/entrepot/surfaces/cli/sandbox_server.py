"""A sandbox's server: set up, served with its town, and begun again."""

import os
import shutil
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .listening import server_of
from .opening import opened, settings_in_force

if TYPE_CHECKING:
    from socket import socket

    import uvicorn

    from entrepot.settings import Settings
    from entrepot.surfaces.parts import Parts
    from entrepot.surfaces.sandbox import Credentials, Pace

OURS = (
    "signing_secret",
    "sandbox.json",
    "sandbox.beginning.json",
    "faults.json",
    "postgres",
    "files",
)
TRIES, PAUSE_S = 25, 0.2


class NoSandbox(typer.BadParameter):
    """This home was not set up, or is not a sandbox's."""


def in_force() -> "Settings":
    """The settings of a sandbox, whose database is its own."""
    settings = settings_in_force()
    if settings.database.url is not None:
        raise NoSandbox("a sandbox keeps its own database: unset ENTREPOT_DATABASE__URL")
    return settings


def serving_at(settings: "Settings", port: int | None) -> "Settings":
    """The same at another port."""
    found = settings.port if port is None else port
    quiet = {} if "ENTREPOT_LOG_LEVEL" in os.environ else {"log_level": "warning"}
    where = {"port": found, "public_url": f"http://{settings.host}:{found}"}
    return settings.model_copy(update={**where, **quiet})


def forget(home: Path) -> None:
    """Take away what a sandbox keeps; other things in the folder stay."""
    if home.is_dir() and not (home / "sandbox.json").exists() and (home / "postgres").exists():
        raise NoSandbox(f"{home} holds a database that is no sandbox's")
    for name in OURS:
        found = home / name
        if found.is_dir():
            shutil.rmtree(found)
        else:
            found.unlink(missing_ok=True)


def begun(settings: "Settings") -> "Credentials":
    """A home that is set up, with a copy to come back to."""
    from entrepot import observability
    from entrepot.adapters.postgres import Embedded
    from entrepot.surfaces.sandbox import begin, listens, snapshot

    observability.configure("warning")
    with Embedded(settings.home) as server:
        with opened("tool", settings) as parts:
            told = begin(parts, settings.home)
        if not snapshot.is_kept(server):
            snapshot.keep(server)
    return listens(settings.home, told, settings.public_url)


@contextmanager
def set_up(settings: "Settings") -> Iterator[tuple["Parts", "Credentials"]]:
    """The parts of a command about a sandbox that exists."""
    from entrepot.surfaces.sandbox import issued

    if not (settings.home / "sandbox.json").exists():
        raise NoSandbox(f"no sandbox in {settings.home} yet: run `entrepot sandbox` first")
    with opened("worker", settings) as parts:
        yield parts, issued(parts, settings.home)


def begun_again(settings: "Settings") -> "Credentials":
    """As it was at first. A server that runs is waited for until it answers again."""
    from entrepot import observability
    from entrepot.adapters.postgres import Embedded
    from entrepot.surfaces.sandbox import begin_again

    observability.configure("warning")
    with Embedded(settings.home) as server:
        told = begin_again(server, settings.home)
    if told is None:
        raise NoSandbox(f"no sandbox in {settings.home} yet: run `entrepot sandbox` first")
    _wake(told.base_url)
    return told


def serve(
    settings: "Settings",
    at: "list[socket]",
    told: "Credentials",
    pace: "Pace",
    env_file: Path | None,
) -> None:
    """Serve until somebody stops it; what to paste is shown when it can be used."""
    from entrepot.surfaces.sandbox import Astray, Faulty, Town
    from entrepot.surfaces.worker import Worker

    with ExitStack() as open_parts:
        parts = open_parts.enter_context(opened("web", settings))
        others = open_parts.enter_context(opened("worker", settings))
        for one in (Worker(others, Astray(settings.home)), Town(others, pace)):
            one.start()
            open_parts.callback(one.stop)
        app: Any = Faulty(import_module("entrepot.main").app(parts), settings.home)
        # The server raises the signal that stopped it once more: what is open is closed first.
        signal.signal(signal.SIGTERM, lambda *_: None)
        server = server_of(app)
        shown = threading.Thread(target=_show, args=(server, told, env_file), daemon=True)
        shown.start()
        server.run(at)


def _show(server: "uvicorn.Server", told: "Credentials", env_file: Path | None) -> None:
    from entrepot.surfaces.sandbox import OPERATOR, OWNER, PASSWORD

    while not server.started:
        time.sleep(0.05)
    lines = "\n".join(told.lines())
    if env_file is not None:
        env_file.touch(mode=0o600)
        env_file.write_text(f"{lines}\n", encoding="utf-8")
    typer.echo(lines)
    typer.echo(f"# {told.base_url} serves the Partner API and /docs; stop with Ctrl+C")
    typer.echo(f"# sign in as {OWNER} or {OPERATOR}, password {PASSWORD}")


def _wake(base_url: str) -> None:
    """Connections that were cut off are found out by whoever uses them first: by us."""
    url = f"{base_url}/api/v1/shop/products?market=us"
    for _ in range(TRIES):
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - http, our own.
                return
        except urllib.error.HTTPError:
            time.sleep(PAUSE_S)
        except OSError:
            return  # Nothing runs there.
