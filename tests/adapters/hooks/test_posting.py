"""Receivers that answer well, badly, or not at all, byte by byte."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from entrepot.adapters.hooks import Office, Reach
from entrepot.adapters.hooks.wire import MOST_READ
from entrepot.contexts import integrations

Answer = integrations.deliveries.Answer
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CLOSE = b""  # Instead of an answer.
PEM = Path(__file__).with_name("localhost.pem")  # A key and a certificate that nobody trusts.
HEADERS = {"Authorization": "x"}


class Peer:
    """Answers the requests of all its connections one after another from a script."""

    def __init__(self, *script: bytes) -> None:
        self.script = [*script]
        self.requests: list[bytes] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(head + await reader.readexactly(2))
                answer = self.script.pop(0)
                if answer == CLOSE:
                    break
                writer.write(answer)
                await writer.drain()
                if b"Connection: close" in answer:
                    break
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()


def posted(
    peer: Peer,
    times: int = 1,
    *,
    patience_s: float = 60.0,
    tls: bool = False,
    host: str = "localhost",
    path: str = "/hook",
) -> list[Answer]:
    """What came of posting so often, one after another over one session."""

    async def post(port: int) -> list[Answer]:
        scheme = "https" if tls else "http"
        async with Office(Reach(at_home=True), patience_s).open() as session:
            address = f"{scheme}://{host}:{port}{path}"
            return [await session.send(address, HEADERS, b"{}") for _ in range(times)]

    return asyncio.run(_with(peer, post, tls=tls))


async def _with(
    peer: Peer, do: Callable[[int], Awaitable[list[Answer]]], *, tls: bool
) -> list[Answer]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if tls else None
    if context is not None:
        context.load_cert_chain(PEM)
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0, ssl=context)
    try:
        return await do(server.sockets[0].getsockname()[1])
    finally:
        server.close()


def test_a_request_says_where_from_and_how_long_and_its_connection_is_used_again() -> None:
    peer = Peer(OK, OK, OK)

    answers = posted(peer, 3, path="/a%20b?c=d é")

    assert [answer.status for answer in answers] == [200] * 3
    assert peer.connections == 1
    lines = peer.requests[0].split(b"\r\n")
    assert lines[0] == b"POST /a%20b?c=d+%C3%A9 HTTP/1.1"
    assert lines[1].startswith(b"Host: localhost:")
    assert {b"User-Agent: Entrepot-Webhooks/1", b"Authorization: x", b"Content-Length: 2"} <= {
        *lines
    }
    assert lines[-1] == b"{}"


@pytest.mark.parametrize("path", ["/a\r\nX-Led: astray", "/a?b\r\n\r\nPOST /", "/\x00"])
def test_an_address_smuggles_no_lines_into_a_request(path: str) -> None:
    peer = Peer(OK)

    posted(peer, path=path)

    assert all(b"\nX-Led" not in one and one.count(b"POST /") == 1 for one in peer.requests)
    assert all(len(one.split(b"\r\n\r\n")) == 2 for one in peer.requests)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204),
        (b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 202),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, 200),
        (b"HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n", 503),
    ],
)
def test_whole_answers_keep_the_connection(answer: bytes, status: int) -> None:
    peer = Peer(answer, OK)

    answers = posted(peer, 2)

    assert [one.status for one in answers] == [status, 200]
    assert peer.connections == 1


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nup to the end", 200),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 200),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", 101),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n" + b"x" * (MOST_READ + 1), 200),
        (OK + b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", 200),  # One more than was asked.
    ],
)
def test_after_other_answers_it_is_closed(answer: bytes, status: int) -> None:
    peer = Peer(answer, OK)

    answers = posted(peer, 2)

    assert [one.status for one in answers] == [status, 200]
    assert peer.connections == 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", "not an answer of HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}", "not an answer"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * (MOST_READ + 1), "not an answer of HTTP"),
        (b"HTTP/1.1 20", "no answer in time"),
        (CLOSE, "closed without an answer"),
    ],
)
def test_what_is_no_answer_says_why(answer: bytes, reason: str) -> None:
    [told] = posted(Peer(answer), patience_s=1.0)

    assert told.status is None and reason in told.reason


def test_a_status_counts_though_the_rest_never_comes() -> None:
    [told] = posted(Peer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), patience_s=1.0)

    assert told.took_it


def test_what_a_kept_connection_was_closed_upon_is_sent_over_a_new_one() -> None:
    peer = Peer(OK, CLOSE, OK)

    assert [one.status for one in posted(peer, 2)] == [200, 200]
    assert (peer.connections, len(peer.requests)) == (2, 3)


def test_what_a_new_connection_was_closed_upon_is_a_failure() -> None:
    peer = Peer(CLOSE, OK)

    assert [one.status for one in posted(peer, 2)] == [None, 200]


def test_nobody_listens() -> None:
    async def post() -> Answer:
        server = await asyncio.start_server(Peer().serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        async with Office(Reach(at_home=True)).open() as session:
            return await session.send(f"http://127.0.0.1:{port}/", HEADERS, b"{}")

    told = asyncio.run(post())
    assert told.status is None and "failed" in told.reason


def test_a_certificate_has_to_be_trusted_and_of_that_name(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = Peer(OK, OK)

    [told] = posted(peer, tls=True)
    assert told.status is None and "CERTIFICATE_VERIFY_FAILED" in told.reason
    assert peer.requests == []

    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
    assert [one.status for one in posted(peer, 2, tls=True)] == [200, 200]
    [told] = posted(peer, tls=True, host="127.0.0.1")
    assert told.status is None and "CERTIFICATE_VERIFY_FAILED" in told.reason
    assert len(peer.requests) == 2


def test_a_session_keeps_no_connection_that_nobody_uses() -> None:
    peer = Peer(OK, OK)

    async def post(port: int) -> list[Answer]:
        async with Office(Reach(at_home=True)).open() as session:
            address = f"http://localhost:{port}/"
            first = await session.send(address, HEADERS, b"{}")
            session.tidy(kept_s=-1.0)
            return [first, await session.send(address, HEADERS, b"{}")]

    answers = asyncio.run(_with(peer, post, tls=False))
    assert [one.status for one in answers] == [200, 200]
    assert peer.connections == 2
