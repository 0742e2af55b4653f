"""One connection to a receiver: one request at a time, and of its answer only the status."""

import asyncio
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

MOST_READ = 65_536  # Bytes of an answer; nobody reads them, but a connection is used again.
SWITCHING = 101  # To another protocol, which nobody asked for: an answer, and the last one.


class Unanswered(ConnectionError):
    """It was closed before a single byte came back."""


class Wire(asyncio.Protocol):
    """Speaks HTTP/1.1, which a parser reads that takes nothing but what the standard says."""

    idle_since: float = 0.0

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._status: int | None = None
        self._read = 0
        self._over = False  # The answer is whole.
        self._keeps = False  # The other side does not close after it.

    @property
    def is_open(self) -> bool:
        """Whether another request may be sent."""
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes, until: float) -> int:
        """Send a request; the status of the answer, if it comes in time."""
        assert self._answer is None, "one at a time"
        if self._transport is None:
            raise Unanswered("closed before it was used")
        self._answer = self._loop.create_future()
        self._status, self._read, self._over = None, 0, False
        timer = self._loop.call_at(until, self._late)
        try:
            self._transport.write(request)
            return await self._answer
        except BaseException:
            self.abort()
            raise
        finally:
            timer.cancel()
            self._answer = None

    def abort(self) -> None:
        """Close it without a word."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Some of an answer; what nobody asked for ends the connection."""
        self._read += len(data)
        if self._answer is None:
            self.abort()
            return
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self._end(keep=False)
        except HttpParserError as error:
            self._fail(ConnectionError(f"not an answer of HTTP: {error}"))
        else:
            if self._over:
                self._end(keep=self._keeps)
            elif self._read > MOST_READ:
                self._end(keep=False)

    def connection_lost(self, exc: Exception | None) -> None:
        """What has no length ends with the connection."""
        self._transport = None
        self._end(keep=False)

    def on_message_begin(self) -> None:
        """One answer for a request: a second one would be taken for that of the next."""
        self._keeps = not self._over

    def on_headers_complete(self) -> None:
        """The status is all that counts; what only promises an answer is none."""
        status = self._parser.get_status_code()
        if not self._over and (status >= 200 or status == SWITCHING):
            self._status = status

    def on_message_complete(self) -> None:
        """Nothing is left in the connection that belongs to this answer."""
        self._over = self._status is not None
        self._keeps = self._keeps and self._parser.should_keep_alive()

    def _late(self) -> None:
        if self._status is None:
            self._fail(TimeoutError())
        else:
            self._end(keep=False)

    def _end(self, *, keep: bool) -> None:
        if not keep:
            self.abort()
        if self._answer is not None and not self._answer.done():
            if self._status is not None:
                self._answer.set_result(self._status)
            elif self._read:
                self._answer.set_exception(ConnectionError("not an answer of HTTP"))
            else:
                self._answer.set_exception(Unanswered("closed without an answer"))

    def _fail(self, error: OSError) -> None:
        self.abort()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
