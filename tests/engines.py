"""A real HTTP server that translates pictures, as far as anybody can see it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

from PIL import Image

Answer = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    target: str
    key: str
    authorization: str
    content_type: str
    data: bytes


def translated(asked: Asked) -> Answer:
    """A picture of the same size, in a colour that says from what and into which language."""
    with Image.open(BytesIO(asked.data)) as image:
        colour = tuple(sha256(asked.data + asked.target.encode()).digest()[:3])
        out = BytesIO()
        Image.new("RGB", image.size, colour).save(out, "PNG")
    return 200, out.getvalue()


@dataclass(slots=True)
class TranslationEngine:
    """Where it listens, what it answers, and what it was asked."""

    url: str
    answers: Callable[[Asked], Answer] = translated
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def translation_engine() -> Iterator[TranslationEngine]:
    """An engine on a port of its own."""
    made = TranslationEngine("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = Asked(
                target=parse_qs(urlsplit(self.path).query)["target"][0],
                key=self.headers["idempotency-key"],
                authorization=self.headers.get("authorization", ""),
                content_type=self.headers["content-type"],
                data=self.rfile.read(int(self.headers["content-length"])),
            )
            made.asked.append(asked)
            status, body = made.answers(asked)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("location", f"{made.url}?target=astray")
            if status != 204:
                self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_port}/translate"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
