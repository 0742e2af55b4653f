"""The application around an installation, on a real server."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from entrepot import main
from entrepot.rulebook import Rulebook
from entrepot.surfaces.parts import Parts
from tests.conftest import Installation
from tests.surfaces.api.serving import served, told


@pytest.fixture
def parts(installation: Installation, rules: object, tmp_path: Path) -> Parts:
    """The parts of a process that serves the installation."""
    assert isinstance(rules, Rulebook)
    url = installation.url
    return main.assemble(told(tmp_path), installation.engine, rules, (url, None))


@pytest.fixture
def app(parts: Parts) -> FastAPI:
    return main.app(parts)


@pytest.fixture
def client(app: FastAPI) -> Iterator[httpx.Client]:
    """A guest."""
    with served(app) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client
