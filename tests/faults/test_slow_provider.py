"""A provider that takes the money and answers too late: unknown at first, found by lookup, once."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from entrepot import main
from entrepot.adapters.payments.stripe import Stripe
from entrepot.contexts.payments import calls
from entrepot.rulebook import Rulebook
from entrepot.surfaces.parts import Parts
from entrepot.surfaces.worker import Worker
from tests import filling
from tests.conftest import Installation
from tests.faults import slow_stripe
from tests.faults.processes import free_port
from tests.living import Life
from tests.surfaces.api.calling import checkout_body, got, posted, quote_body
from tests.surfaces.api.serving import served, told

ANSWERS_AFTER_S, PATIENT_FOR_S = 2.0, 0.5


@pytest.fixture
def provider() -> Iterator[Stripe]:
    """As the adapter sees it, with less patience than the provider asks for."""
    port = free_port()
    file = slow_stripe.__file__
    process = subprocess.Popen([sys.executable, file, str(port), str(ANSWERS_AFTER_S)])
    try:
        while not _listens(port):
            assert process.poll() is None, "the provider did not start"
            time.sleep(0.05)
        url = f"http://127.0.0.1:{port}"
        yield Stripe("sk_test_1", "whsec_test", api_base=url, timeout_s=PATIENT_FOR_S)
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def parts(installation: Installation, rules: object, tmp_path: Path, provider: Stripe) -> Parts:
    assert isinstance(rules, Rulebook)
    made = main.assemble(told(tmp_path), installation.engine, rules, (installation.url, None))
    return replace(made, providers={**made.providers, "stripe": provider})


@pytest.fixture
def client(parts: Parts) -> Iterator[httpx.Client]:
    with served(main.app(parts)) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


def test_what_was_answered_too_late_is_looked_up_and_paid_once(
    installation: Installation,
    client: httpx.Client,
    parts: Parts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop, life = filling.shop(installation.work, price_minor=10_000), Life(installation.work)
    quote = posted(client, "/shop/quotes", quote_body(shop))
    body = checkout_body(quote["quote_id"], "pm_card_visa")
    body["payment"]["provider"] = "stripe"
    placed = posted(client, "/shop/checkouts", body)
    again = posted(client, "/shop/checkouts", body)  # Nothing is asked twice while it is unknown.
    Worker(parts).ask()  # Too early: whoever asked may still be waiting.
    early = got(client, f"/shop/order-groups/{placed['order_group_id']}", token=placed["token"])
    monkeypatch.setattr(calls, "PATIENCE", timedelta(0))
    Worker(parts).ask()
    Worker(parts).ask()
    found = got(client, f"/shop/order-groups/{placed['order_group_id']}", token=placed["token"])
    life.listen()

    assert placed["payment"]["state"] == again["payment"]["state"] == "unknown"
    assert early["payment"]["state"] == "unknown"
    assert [order["state"] for order in placed["orders"]] == ["unpaid"]
    assert found["payment"]["state"] == "captured"
    assert [order["state"] for order in found["orders"]] == ["on_hold"]
    assert life.balance("psp_receivable") == 10_825
    life.check()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
