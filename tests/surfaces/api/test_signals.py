"""Health, readiness, figures, pages."""

import json
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from entrepot.surfaces.parts import Parts
from tests import filling
from tests.conftest import Installation
from tests.surfaces.api.calling import bought


def test_live_and_ready(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_live_without_a_database(client: httpx.Client, app: FastAPI) -> None:
    parts: Parts = app.state.parts
    held = [parts.engine.connect() for _ in range(16)]  # Nobody else gets a connection.
    try:
        assert client.get("/healthz").status_code == 200
    finally:
        for connection in held:
            connection.close()


def test_figures(installation: Installation, client: httpx.Client) -> None:
    bought(client, filling.shop(installation.work))
    told = client.get("/metrics").text

    assert 'entrepot_request_seconds_count{method="POST",route="/api/v1/shop/checkouts"' in told
    assert 'entrepot_intake_batch_size_count{kind="checkouts"}' in told
    assert "entrepot_events_fresh " in told
    assert 'entrepot_pool_connections{state="busy"}' in told


@pytest.mark.parametrize(
    ("accepted", "words"), [("zh-CN,zh;q=0.9", "可以试试"), ("de, en;q=0.5", "What to try")]
)
def test_the_start_page_speaks_two_languages(
    client: httpx.Client, accepted: str, words: str
) -> None:
    shown = client.get("/", headers={"Accept-Language": accepted})
    assert words in shown.text and "{{" not in shown.text
    switched = client.get("/", params={"lang": "en"}, headers={"Accept-Language": accepted})
    assert "What to try" in switched.text


def test_the_start_page_of_a_demo_lists_who_can_sign_in(
    client: httpx.Client, tmp_path: Path
) -> None:
    somebody = {"role": "merchant-owner", "email": "<ann>@example.org", "password": "demo"}
    (tmp_path / "demo.json").write_text(json.dumps([somebody]))
    shown = client.get("/").text

    assert "&lt;ann&gt;@example.org" in shown and "<ann>" not in shown


def test_pages_load_nothing_from_elsewhere(client: httpx.Client) -> None:
    for path in ("/", "/docs"):
        page = client.get(path).text
        assert "src=" not in page and "@import" not in page and "<link" not in page
