"""A process that plays a card provider: it does what it is asked, and answers too late.

python slow_stripe.py PORT SECONDS    answers to payments come after so long, to lookups at once
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

MADE: dict[str, dict[str, Any]] = {}  # By idempotency key: asking twice is one payment.


class Handler(BaseHTTPRequestHandler):
    """The two calls that a payment and its lookup are."""

    late_s = 0.0

    def do_POST(self) -> None:
        """A payment: taken at once, told late."""
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        asked = {name: values[0] for name, values in parse_qs(body).items()}
        made = MADE.setdefault(self.headers["idempotency-key"], payment(asked))
        time.sleep(self.late_s)
        self.answer(made)

    def do_GET(self) -> None:
        """All payments, the newest first."""
        newest = sorted(MADE.values(), key=lambda one: -one["created"])
        self.answer({"object": "list", "url": self.path, "has_more": False, "data": newest})

    def answer(self, told: dict[str, Any]) -> None:
        """As JSON, if anybody is still there."""
        body = json.dumps(told).encode()
        try:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the test's output."""


def payment(asked: dict[str, str]) -> dict[str, Any]:
    """A card payment that has gone through."""
    return {
        "id": f"pi_{len(MADE) + 1}",
        "object": "payment_intent",
        "status": "succeeded",
        "created": int(time.time()),
        "amount": int(asked["amount"]),
        "currency": asked["currency"],
        "metadata": {
            name[len("metadata[") : -1]: value
            for name, value in asked.items()
            if name.startswith("metadata[")
        },
    }


if __name__ == "__main__":
    Handler.late_s = float(sys.argv[2])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
