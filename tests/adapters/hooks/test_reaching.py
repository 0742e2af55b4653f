"""Where webhooks may be posted to: what is ours, or somebody's at home, cannot be reached."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from entrepot.adapters.hooks import Office, Reach
from entrepot.contexts import integrations
from tests.receiving import Receiver, receiver

Answer = integrations.deliveries.Answer
NOT_PUBLIC = "not a public address"
PRIVATE = [
    "127.0.0.1",
    "localhost",
    "2130706433",
    "0x7f000001",
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fd00::1]",
    "[fe80::1]",
    "[ff02::1]",
]


def post(address: str, *, at_home: bool = False) -> Answer:
    async def send() -> Answer:
        async with Office(Reach(at_home=at_home), patience_s=2.0).open() as session:
            return await session.send(address, {"Authorization": "x"}, b"{}")

    return asyncio.run(send())


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest.mark.parametrize("host", PRIVATE)
def test_what_is_not_public_is_refused(host: str) -> None:
    answer = post(f"https://{host}/hook")

    assert answer.status is None and not answer.took_it
    assert NOT_PUBLIC in answer.reason or "canonical" in answer.reason  # aiohttp knows a few.


@pytest.mark.parametrize("host", sorted({*PRIVATE} - {"127.0.0.1", "localhost", "[::1]"}))
def test_a_sandbox_reaches_its_own_machine_and_nothing_else(host: str) -> None:
    loopback = {"2130706433", "0x7f000001"} | {
        h for h in PRIVATE if h.endswith(("7f00:1]", "1::]"))
    }
    if host in loopback or "127.0.0.1" in host:
        pytest.skip("another way to write loopback")

    assert NOT_PUBLIC in post(f"http://{host}:9/hook", at_home=True).reason


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/hook",
        "ftp://example.com/hook",
        "file:///etc/passwd",
        "https://user:secret@example.com/hook",
        "https://",
        "https://example.com:99999/",
        "nonsense",
    ],
)
def test_only_https_without_credentials(address: str) -> None:
    answer = post(address)

    assert answer.status is None and answer.reason in {"https only", "this is no address"}


def test_outside_a_sandbox_nothing_arrives_at_home(there: Receiver) -> None:
    assert post(there.address).reason == "https only"
    assert there.received == []
    assert post(there.address, at_home=True).took_it
    assert len(there.received) == 1


def test_a_name_of_which_one_address_is_private_is_refused(
    there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def two_faced(*_: Any, **__: Any) -> list[Any]:
        port = int(there.address.rpartition(":")[2])
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, ("10.0.0.1", port)), (*kind, ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", two_faced)
    port = there.address.rpartition(":")[2]

    assert NOT_PUBLIC in post(f"http://rebinding.example:{port}/", at_home=True).reason
    assert there.received == []
