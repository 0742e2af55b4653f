"""A worker that sends webhooks is killed: nothing is lost, and the order holds."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from entrepot.adapters.postgres import OWNER
from tests import filling
from tests.databases import Server
from tests.listening import ears
from tests.receiving import Receiver, receiver
from tests.surfaces.installing import CommandLine, parts_on

MANY, SUBJECTS = 1_500, 30


@contextmanager
def worker(home: Path, url: str, owner_url: str) -> Iterator[subprocess.Popen[str]]:
    line = CommandLine(home, url, owner_url)
    with line.start("worker", ENTREPOT_LOG_LEVEL="error") as process:
        yield process
        process.kill()


def new(there: Receiver) -> dict[str, list[int]]:
    """What came for the first time, by subject, in the order of its coming."""
    seen: set[str] = set()
    found: dict[str, list[int]] = {}
    for hook in [*there.received]:
        if hook.body["tts_notification_id"] not in seen:
            seen.add(hook.body["tts_notification_id"])
            found.setdefault(hook.body["of"], []).append(hook.body["n"])
    return found


def test_a_killed_worker_loses_nothing(server: Server, tmp_path: Path) -> None:
    with parts_on(server, tmp_path) as parts, receiver() as there:
        app = ears(parts.work, filling.shop(parts.work).shop)
        subjects = [str(n % SUBJECTS) for n in range(MANY)]
        app.told(there.address, *subjects)
        owner_url = server.url(parts.engine.url.database or "", OWNER)
        with worker(tmp_path, parts.database_url, owner_url) as first:
            there.wait(lambda one: len(one.received) > MANY // 5 or first.poll() is not None)
            assert first.poll() is None, first.communicate()[0]
            first.send_signal(signal.SIGKILL)
            first.wait()
        assert len(there.received) < MANY, "killed while it was at work"
        with worker(tmp_path, parts.database_url, owner_url):
            there.wait(lambda one: sum(map(len, new(one).values())) == MANY)

        assert {of: sorted(ns) for of, ns in new(there).items()} == new(there)
