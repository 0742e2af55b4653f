"""Faults on purpose: of the Partner API alone, as the file in the home says at the moment."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from entrepot.surfaces.sandbox import Faults, Faulty, faults
from tests.surfaces.api.serving import served

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DIALECT, NATIVE = "/order/202309/orders/search", "/api/v1/shop/products"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    inner = FastAPI()

    @inner.post(DIALECT)
    @inner.post(NATIVE)
    def answer() -> dict[str, int]:
        return {"code": 0}

    app = Faulty(inner, tmp_path, now=lambda: NOW)
    with served(app) as address, httpx.Client(base_url=address) as client:
        yield client


def test_without_faults_nothing_is_different(client: httpx.Client) -> None:
    assert client.post(DIALECT).json() == {"code": 0}


def test_errors_have_the_documented_envelope(client: httpx.Client, tmp_path: Path) -> None:
    faults.keep(tmp_path, Faults(error_rate=1.0))

    answer = client.post(DIALECT)

    assert (answer.status_code, answer.json()["code"]) == (500, 36009003)
    assert answer.json()["request_id"]
    assert client.post(NATIVE).json() == {"code": 0}


def test_about_so_many_calls_fail(client: httpx.Client, tmp_path: Path) -> None:
    faults.keep(tmp_path, Faults(error_rate=0.5))

    failed = sum(client.post(DIALECT).status_code == 500 for _ in range(100))

    assert failed == 47, "the same ones every time"


def test_a_limit_that_is_used_up(client: httpx.Client, tmp_path: Path) -> None:
    faults.change(tmp_path, limited_until=(NOW + timedelta(seconds=1)).timestamp())

    answer = client.post(DIALECT)

    assert (answer.status_code, answer.json()["code"]) == (429, 36009002)
    assert answer.headers["x-ratelimit-remaining"] == "0"
    faults.change(tmp_path, limited_until=NOW.timestamp())
    assert client.post(DIALECT).json() == {"code": 0}


def test_changing_one_fault_leaves_the_others(tmp_path: Path) -> None:
    faults.keep(tmp_path, Faults(error_rate=0.5))

    assert faults.change(tmp_path, slow_ms=10) == Faults(error_rate=0.5, slow_ms=10)
    assert faults.kept(tmp_path) == Faults(error_rate=0.5, slow_ms=10)
