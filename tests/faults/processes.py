"""Real processes on a home of their own: servers, workers and the database, to be killed."""

import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx
import psutil

from entrepot import rulebook
from entrepot.adapters.postgres import APP, Embedded, engine_of
from entrepot.kernel.clock import MovableTime
from entrepot.kernel.jobs import PostgresQueue
from entrepot.kernel.tx import UnitOfWork
from entrepot.migrations import run
from tests.conftest import LIMITS
from tests.surfaces.installing import RUN, CommandLine

READY_WITHIN_S = 120.0


@dataclass
class Process:
    """One process of the platform that is started again after each kill."""

    line: CommandLine
    words: tuple[str, ...]
    log: Path
    running: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def start(self) -> None:
        """Begin, with what it says in a file."""
        command = [*RUN, *self.words]
        with self.log.open("ab") as out:
            self.running = subprocess.Popen(
                command,
                env=self.line.environment,
                cwd=self.line.home.parent,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self.starts += 1

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        assert self.running is not None
        if self.running.poll() is None:
            self.running.send_signal(how)
        self.running.wait(timeout=READY_WITHIN_S)


@dataclass
class Site:
    """A home with its database, two servers and a worker."""

    home: Path
    database: Embedded
    work: UnitOfWork
    ports: tuple[int, ...]
    servers: list[Process] = field(default_factory=list)
    workers: list[Process] = field(default_factory=list)

    @property
    def addresses(self) -> list[str]:
        """Where the servers listen."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def kill_database(self, chance: Random) -> None:
        """The whole server, or one of the processes that work for somebody."""
        postmaster = self.database.cluster.postmaster()
        if postmaster is None:
            return
        victims = [postmaster, *psutil.Process(postmaster.pid).children()]
        victim = postmaster if chance.random() < 0.5 else chance.choice(victims)
        try:
            victim.kill()
        except psutil.NoSuchProcess:
            return

    def ready(self) -> None:
        """Wait until every server answers, whatever was killed."""
        end = time.monotonic() + READY_WITHIN_S
        for address in self.addresses:
            while not _answers(address):
                assert time.monotonic() < end, f"{address} is not ready: {self.told()}"
                time.sleep(0.1)

    def told(self) -> str:
        """The end of what the processes said."""
        logs = {process.log for process in [*self.servers, *self.workers]}
        return "\n".join(log.read_text(errors="replace")[-2_000:] for log in sorted(logs))


@contextmanager
def site(servers: int = 2, workers: int = 1, on: Path | None = None) -> Iterator[Site]:
    """Everything up, on a disk of one's own if wished; in the end everything is down."""
    with tempfile.TemporaryDirectory(prefix="entrepot-home-", dir=on) as folder:
        home = Path(folder) / "var"
        line = CommandLine(home)
        with Embedded(home) as database:
            run.upgrade(database.owner_url, grant_to=APP)
            engine = engine_of(database.url, LIMITS)
            work = UnitOfWork(engine, MovableTime(), PostgresQueue(), rulebook.load())
            ports = tuple(free_port() for _ in range(servers))
            made = Site(home, database, work, ports)
            made.servers = [
                Process(
                    line,
                    ("serve", "--no-worker", "--port", str(port)),
                    Path(folder) / f"{port}.log",
                )
                for port in ports
            ]
            made.workers = [
                Process(line, ("worker",), Path(folder) / f"worker-{n}.log") for n in range(workers)
            ]
            try:
                for process in [*made.servers, *made.workers]:
                    process.start()
                made.ready()
                yield made
            finally:
                for process in [*made.servers, *made.workers]:
                    process.stop()
                engine.dispose()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
