"""One folder of data and the server that runs on it."""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import structlog

from .account import Account, account_for
from .engines import Engine, engine_for
from .troubles import DatabaseTrouble, trouble
from .tuning import configuration

SUPERUSER = "postgres"
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET = 100  # The system's limit for a socket's path is 104 or 108 bytes.
START_S, STOP_S = 120, 60  # A start may have to recover, a stop has to write a checkpoint.
ORPHANS_S = 2.0
READY_LINE = 7  # Of postmaster.pid, counted from nought.

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Cluster:
    """The server of `folder`, which holds its data, its socket and its start log."""

    folder: Path
    account: Account
    engine: Engine
    safe: bool

    @staticmethod
    def of(folder: Path, *, safe: bool = True) -> "Cluster":
        """The cluster in a folder, made if it is not there."""
        data = folder / "data"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            cluster = Cluster(folder, account_for(data), engine_for(data), safe)
            cluster.account.own(folder)
            cluster.account.let_reach(cluster.engine.bin)
            for tree in cluster.engine.trees:
                cluster.account.let_read(tree)
            cluster.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
            cluster.account.own(cluster.sockets)
        except OSError as error:
            raise trouble("preparing its folder", f"{error.filename}: {error.strerror}") from error
        if cluster.sockets.stat().st_uid != cluster.account.uid:
            raise DatabaseTrouble(f"{cluster.sockets} belongs to somebody else. Cure: remove it")
        return cluster

    @property
    def data(self) -> Path:
        """Where PostgreSQL keeps everything."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server says before its own log is open."""
        return self.folder / "start.log"

    @property
    def sockets(self) -> Path:
        """The folder of the socket; elsewhere if the path would be too long for the system."""
        inside = self.folder / "run"
        if len(os.fsencode(inside / SOCKET)) <= LONGEST_SOCKET:
            return inside
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"entrepot-{name}"

    def url(self, database: str, role: str) -> str:
        """How to reach a database as a role."""
        return f"postgresql://{role}@/{database}?host={self.sockets}"

    def postmaster(self) -> psutil.Process | None:
        """The server's first process, if it lives and really is this server's."""
        try:
            first = (self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0]
            process = psutil.Process(int(first))
        except (OSError, ValueError, psutil.NoSuchProcess):
            return None
        return process if _works_in(process, self.data) else None

    def start(self) -> None:
        """Run the server: new, stopped or killed before, it is ready when this returns."""
        if self.postmaster() is not None:
            self._wait_until_ready()
            return
        self.account.let_reach(self.data)
        if (self.data / "PG_VERSION").exists():
            self._clear_after_kill()
        else:
            self._initialise()
        self._configure()
        self.log.unlink(missing_ok=True)  # It says why this start failed, not an earlier one.
        words = ["-D", str(self.data), "-l", str(self.log), "-w", "-t", str(START_S)]
        self._run("starting", "pg_ctl", ["start", *words])
        log.info("database.started", folder=str(self.folder), engine=self.engine.major)

    def stop(self) -> None:
        """Stop the server with everything written; connections still open are cut."""
        if self.postmaster() is None:
            return
        words = ["-D", str(self.data), "-m", "fast", "-w", "-t", str(STOP_S)]
        try:
            self._run("stopping", "pg_ctl", ["stop", *words])
        except DatabaseTrouble as error:
            if self.postmaster() is not None:
                raise
            # It died on the way. Nothing committed is lost: the next start recovers.
            log.warning("database.stopped_uncleanly", reason=str(error))
        else:
            if not self.sockets.is_relative_to(self.folder):
                self.sockets.rmdir()
            log.info("database.stopped", folder=str(self.folder))

    def _wait_until_ready(self) -> None:
        """A server that somebody started and left may still be recovering."""
        for _ in range(START_S * 10):
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n")
            if len(lines) > READY_LINE and lines[READY_LINE].strip() == "ready":
                return
            time.sleep(0.1)
        raise trouble("starting", self._said(), self.log)

    def _initialise(self) -> None:
        """Make the data beside and move them in place, so that half-made ones are never found."""
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        words = ["-D", str(fresh), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"]
        # The same order of texts on every machine, whatever locales it has.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        self._run("making its data", "initdb", [*words, *locale])
        fresh.rename(self.data)
        log.info("database.initialised", folder=str(self.folder), engine=self.engine.major)

    def _configure(self) -> None:
        statistics = self.engine.ships("pg_stat_statements")
        text = configuration(str(self.sockets), safe=self.safe, statistics=statistics)
        file = self.data / "postgresql.conf"
        try:
            file.write_text(text, encoding="utf-8")
            self.account.own(file)
        except OSError as error:
            raise trouble("writing its settings", str(error.strerror)) from error

    def _clear_after_kill(self) -> None:
        """Make sure that nothing of a killed server still works, then forget its lock files.

        PostgreSQL refuses to start while children of a killed server live, and while the number
        in its lock file belongs to any process, which after a restart it often does.
        """
        if not (self.data / "postmaster.pid").exists():
            return
        orphans = [*_processes_in(self.data)]
        _, alive = psutil.wait_procs(orphans, timeout=ORPHANS_S)
        for end in (psutil.Process.terminate, psutil.Process.kill):
            for orphan in alive:
                with contextlib.suppress(psutil.NoSuchProcess):
                    end(orphan)
            _, alive = psutil.wait_procs(alive, timeout=ORPHANS_S)
        if alive:
            raise DatabaseTrouble(f"processes of a killed server do not end: {alive}")
        for file in (self.data / "postmaster.pid", self.sockets / f"{SOCKET}.lock"):
            file.unlink(missing_ok=True)
        log.warning("database.recovering", folder=str(self.folder), orphans=len(orphans))

    def _run(self, doing: str, program: str, words: list[str]) -> None:
        worked, output = self.account.run([self.engine.program(program), *words])
        if not worked:
            raise trouble(doing, output + self._said(), self.log)

    def _said(self) -> str:
        files = [self.log, *(self.data / "log").glob("*.log")]
        recent = [
            file for file in files if file.exists() and file.stat().st_mtime > time.time() - 60
        ]
        return "\n".join(file.read_text(errors="replace")[-4_000:] for file in recent)


def _works_in(process: psutil.Process, folder: Path) -> bool:
    """Whether a process is a server's that works in a folder; the dead and others' are not."""
    try:
        if process.name() != "postgres" or process.status() == psutil.STATUS_ZOMBIE:
            return False
        return Path(process.cwd()) == folder.resolve()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _processes_in(folder: Path) -> Iterator[psutil.Process]:
    return (process for process in psutil.process_iter() if _works_in(process, folder))
