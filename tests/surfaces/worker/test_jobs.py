"""Jobs survive their workers: what a killed one had begun is run again by another."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from entrepot import main
from entrepot.rulebook import Rulebook
from entrepot.surfaces.parts import Parts
from entrepot.surfaces.worker import jobs
from tests.conftest import Installation
from tests.surfaces.api.serving import told
from tests.surfaces.installing import CommandLine

WITHIN_S = 60.0
JOB = "test.mark"
DIES_AT_IT = """
import sys, time
from entrepot.surfaces.cli.opening import opened
from entrepot.surfaces.worker.jobs import JobRunner

def begun(parts):
    print("begun", flush=True)
    time.sleep(600)

with opened("worker") as parts:
    JobRunner(parts, {"test.mark": begun}).run(lambda: False)
"""


@pytest.fixture
def parts(installation: Installation, rules: object, tmp_path: Path) -> Parts:
    assert isinstance(rules, Rulebook)
    return main.assemble(told(tmp_path), installation.engine, rules, (installation.url, None))


@pytest.fixture
def doomed(installation: Installation, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A worker that takes the job up and never ends it."""
    line = CommandLine(tmp_path / "home", installation.url, installation.owner_url)
    command = [sys.executable, "-c", DIES_AT_IT]
    process = subprocess.Popen(
        command, env=line.environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.mark.slow
def test_a_job_of_a_killed_worker_is_run_again(
    installation: Installation,
    parts: Parts,
    doomed: subprocess.Popen[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    who = parts.platform("test")
    installation.work.run(who, "test.defer", lambda tx: tx.queue.defer(tx.sql, JOB))
    assert doomed.stdout is not None
    assert any(line == "begun\n" for line in doomed.stdout)
    doomed.send_signal(signal.SIGKILL)
    doomed.wait()
    assert states(installation) == ["doing"], "nobody has noticed yet"
    with installation.engine.begin() as sql:  # To wait for it would take half a minute.
        old = "update procrastinate_workers set last_heartbeat = now() - interval '1 hour'"
        sql.execute(text(old))
    monkeypatch.setattr(jobs, "LOOK_EVERY_S", 0.2)
    ran: list[str] = []
    done = threading.Event()

    def mark(given: Parts) -> None:
        ran.append(given.database_url)
        done.set()

    end = time.monotonic() + WITHIN_S
    jobs.JobRunner(parts, {JOB: mark}).run(
        lambda: (done.is_set() and states(installation) == []) or time.monotonic() > end
    )

    assert ran == [installation.url]
    assert states(installation) == []


def states(installation: Installation) -> list[str]:
    with installation.engine.connect() as sql:
        return [*sql.scalars(text("select status::text from procrastinate_jobs"))]
