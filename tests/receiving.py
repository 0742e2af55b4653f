"""A real HTTP server that receives webhooks, and misbehaves as a test tells it."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NEVER = -1  # Instead of a status: no answer at all.
Answers = Callable[["Hook"], int]
PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Hook:
    """One request."""

    path: str
    signature: str
    raw: bytes

    @property
    def body(self) -> Any:
        """As its sender meant it."""
        return json.loads(self.raw)


@dataclass(slots=True)
class Receiver:
    """Where it listens, and what came."""

    address: str
    answers: Answers = lambda hook: 200
    received: list[Hook] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def at(self, path: str) -> list[Hook]:
        """What came to one of its addresses."""
        return [hook for hook in [*self.received] if hook.path == path]

    def wait(self, until: Callable[["Receiver"], bool]) -> None:
        """Until something has come; a test that waits for too long has failed."""
        ends = time.monotonic() + PATIENCE_S
        while not until(self):
            assert time.monotonic() < ends, f"{len(self.received)} came, and not what should"
            time.sleep(0.01)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver on a port of its own."""
    made = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            hook = Hook(self.path, self.headers["authorization"], raw)
            made.received.append(hook)
            status = made.answers(hook)
            if status == NEVER:
                made.released.wait()
                return
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("location", f"{made.address}/led-astray")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 512  # Nobody who knocks is turned away, however busy the machine is.

    server = Server(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield made
    finally:
        made.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
