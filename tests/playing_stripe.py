"""The package localstripe as a real server, and a buyer's browser before it."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

KEY, SECRET = "sk_test_12345", "whsec_test"
ASKS_ITS_OWNER = "4000002500003155"  # Stripe's card for testing 3-D Secure.


@contextmanager
def local_stripe() -> Iterator[str]:
    """Its address, on a free port."""
    with socket.socket(socket.AF_INET6) as free:
        free.bind(("::", 0))
        port = free.getsockname()[1]
    # Started from another folder, it finds no store of an earlier run.
    command = [sys.executable, "-m", "localstripe", "--from-scratch", "--port", str(port)]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, cwd="/")
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def tell(at: str, url: str) -> None:
    """Let it send its messages to an address, signed."""
    told = {"url": url, "secret": SECRET}
    _post(at, "/_config/webhooks/ours", told, as_json=True)


def card(at: str, number: str) -> str:
    """What Stripe's own form makes of a card in a browser."""
    about = {"number": number, "exp_month": "12", "exp_year": "2040", "cvc": "123"}
    form = {"type": "card", **{f"card[{name}]": value for name, value in about.items()}}
    made: str = _post(at, "/v1/payment_methods", form)["id"]
    return made


def confirm(at: str, client_secret: str, *, success: bool) -> None:
    """What Stripe's script does when the owner has answered their bank."""
    intent, _, _ = client_secret.partition("_secret_")
    form = {"client_secret": client_secret, "success": str(success).lower(), "key": "pk_test_1"}
    _post(at, f"/v1/payment_intents/{intent}/_authenticate", form)


def _post(at: str, path: str, body: dict[str, str], *, as_json: bool = False) -> dict[str, str]:
    sent = {"json": body} if as_json else {"data": body}
    answer = httpx.post(f"{at}{path}", auth=(KEY, ""), timeout=30, **sent)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return dict(answer.json()) if answer.content else {}


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, "localstripe did not start"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("localstripe does not listen")
