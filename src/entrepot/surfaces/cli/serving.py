"""`entrepot serve` and `entrepot worker`."""

import gc
import signal
import sys
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from .listening import listening, server_of
from .opening import opened, settings_in_force

if TYPE_CHECKING:
    from socket import socket

    from entrepot.settings import Settings

GARBAGE_AT = 20_000  # New objects; a batch of requests makes thousands, nearly none in circles.


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    *,
    worker: Annotated[bool, typer.Option(help="Run the worker in this process, too.")] = True,
) -> None:
    """Serve the API and the web pages; the worker runs inside unless it runs apart."""
    gc.disable()  # Until all is loaded: what a start makes is there to stay.
    settings = settings_in_force()
    changed = {"host": host, "port": port}
    settings = settings.model_copy(
        update={name: value for name, value in changed.items() if value is not None}
    )
    run_server(settings, listening(settings), with_worker=worker)


def run_server(settings: "Settings", at: "list[socket]", *, with_worker: bool) -> None:
    """Serve at these sockets until somebody stops it."""
    from importlib import import_module

    from entrepot.surfaces.worker import Worker

    # The composition root stands above the surfaces: the command line starts it by name.
    root = import_module("entrepot.main")
    with ExitStack() as open_parts:
        parts = open_parts.enter_context(opened("web", settings))
        server = server_of(root.app(parts))
        if with_worker:  # Last, so that its loops do not compete with the rest of the start.
            # Connections of its own: sweeps run longer than a request may.
            own = root.beside(parts, purpose="worker")
            open_parts.callback(own.close)
            inside = Worker(own)
            inside.start()
            open_parts.callback(inside.stop)
        _settle_memory()
        # The server raises the signal that stopped it once more: what is open is closed first.
        signal.signal(signal.SIGTERM, lambda *_: None)
        with suppress(KeyboardInterrupt):  # How most people stop it.
            server.run(at)
        if not server.started:
            sys.exit(1)


def _settle_memory() -> None:
    """Look for garbage again, but never among what the start made, and less often."""
    gc.freeze()
    gc.set_threshold(GARBAGE_AT)
    gc.enable()


def worker() -> None:
    """Run a worker apart from the server; any number of them may run at once."""
    from entrepot.surfaces.worker import Worker

    with opened("worker") as parts:
        running = Worker(parts)
        # Threads begin with these blocked, so that they wait here until they are asked for. A
        # handler would miss one that comes just before the main thread goes to sleep.
        stops = {signal.SIGTERM, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, stops)
        running.start()
        signal.sigwait(stops)
        running.stop()
