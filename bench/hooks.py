"""A receiver of webhooks for the benchmark: a process of its own that answers 200 and counts."""

import asyncio
import json
import re
import sys

import uvloop

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
NOTICE = re.compile(rb'"tts_notification_id":"(\d+)","subject":"(\d+)","n":(\d+)')
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Receiver:
    """What came, by notification; and whether any came before one that it follows."""

    def __init__(self) -> None:
        self.seen: dict[bytes, int] = {}
        self.last: dict[bytes, int] = {}
        self.disorder = 0

    def take(self, body: bytes) -> None:
        """One webhook. What came before may come again, and nothing new before what it follows."""
        found = NOTICE.search(body)
        assert found is not None, body
        notice, subject, n = found[1], found[2], int(found[3])
        if notice not in self.seen:
            self.disorder += n < self.last.get(subject, -1)
            self.last[subject] = n
        self.seen[notice] = self.seen.get(notice, 0) + 1

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = LENGTH.search(head)
                assert length is not None, head
                body = await reader.readexactly(int(length[1]))
                if head.startswith(b"GET"):
                    counted = json.dumps(self.counted).encode()
                    size = f"content-length: {len(counted)}\r\n\r\n".encode()
                    writer.write(b"HTTP/1.1 200 OK\r\n" + size + counted)
                else:
                    self.take(body)
                    writer.write(ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    @property
    def counted(self) -> dict[str, int]:
        """For the benchmark."""
        many = sum(self.seen.values())
        return {"notices": len(self.seen), "requests": many, "disorder": self.disorder}


async def main() -> None:
    """Tell the port, and serve until somebody kills us."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
