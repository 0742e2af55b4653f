"""The application around an installation, on a real server."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from entrepot import main
from entrepot.rulebook import Rulebook
from entrepot.settings import Settings
from entrepot.surfaces.parts import Parts
from tests.conftest import Installation

SECRET = SecretStr("a secret of tests, and of tests alone")


@pytest.fixture
def parts(installation: Installation, rules: object, tmp_path: Path) -> Parts:
    """The parts of a process that serves the installation."""
    assert isinstance(rules, Rulebook)
    settings = Settings(home=tmp_path, signing_secret=SECRET, sandbox=True)
    return main.assemble(settings, installation.engine, rules, (installation.url, None))


@pytest.fixture
def app(parts: Parts) -> FastAPI:
    return main.app(parts)


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    """Where a server runs the application, on a thread of its own."""
    config = uvicorn.Config(app, port=0, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    [socket] = server.servers[0].sockets
    yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    """A guest."""
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client
