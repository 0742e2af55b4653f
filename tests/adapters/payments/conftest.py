"""A local server that plays Stripe, and both providers as one contract sees them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread

import pytest

from entrepot.adapters.payments.sandbox import HEADER, Method, Sandbox
from entrepot.adapters.payments.signatures import sign
from entrepot.adapters.payments.stripe import Stripe
from entrepot.contexts.payments import Provider, Webhook
from entrepot.kernel.clock import real
from tests.playing_stripe import KEY, SECRET, local_stripe

NUMBERS = count(1)


@dataclass(frozen=True)
class Case:
    """A provider, and how a buyer's means that work and that do not are called there."""

    provider: Provider
    good: str
    bad: str
    wrap: Callable[[bytes], Webhook]  # A message with that provider's genuine signature.


@pytest.fixture(scope="session")
def localstripe() -> Iterator[str]:
    """The package localstripe as a real server on a free port."""
    with local_stripe() as address:
        yield address


@pytest.fixture
def stripe(localstripe: str) -> Stripe:
    return Stripe(KEY, SECRET, api_base=localstripe, timeout_s=10)


@pytest.fixture(params=["sandbox", "stripe"])
def case(request: pytest.FixtureRequest) -> Case:
    """Each provider in turn."""
    if request.param == "sandbox":
        secret = b"secret"
        return Case(
            Sandbox(secret),
            Method.OK,
            Method.DECLINE,
            lambda payload: Webhook(payload, {HEADER: sign(secret, payload, real())}),
        )
    return Case(
        request.getfixturevalue("stripe"), "pm_card_visa", "pm_card_chargeCustomerFail", signed
    )


def signed(payload: bytes) -> Webhook:
    """Signed as Stripe does."""
    return Webhook(payload, {"stripe-signature": sign(SECRET.encode(), payload, real())})


@pytest.fixture
def key() -> str:
    return f"key-{next(NUMBERS)}"


@dataclass
class Scripted:
    """A server that answers what a test wants, or nothing, and keeps what it was sent."""

    url: str
    status: int = 200
    body: str = "{}"
    silent: bool = False
    headers: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            script.headers.append({name.lower(): value for name, value in self.headers.items()})
            if script.silent:
                self.close_connection = True
                return
            self.send_response(script.status)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(script.body.encode())

        do_GET = do_POST  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script = Scripted(f"http://127.0.0.1:{server.server_address[1]}")
    Thread(target=server.serve_forever, daemon=True).start()
    yield script
    server.shutdown()
    server.server_close()
