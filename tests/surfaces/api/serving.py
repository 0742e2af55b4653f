"""A real server on a thread of the test."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from pydantic import SecretStr
from starlette.types import ASGIApp

from entrepot.settings import Settings

SECRET = SecretStr("a secret of tests, and of tests alone")


def told(home: Path) -> Settings:
    """The settings of a sandbox."""
    return Settings(home=home, signing_secret=SECRET, sandbox=True)


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Where a server runs the application."""
    config = uvicorn.Config(app, port=0, log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        [socket] = server.servers[0].sockets
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
