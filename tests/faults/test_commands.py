"""`entrepot demo`, `serve` and `replay` as a stranger starts them, and as a power cut ends them."""

import gzip
import http.client
import json
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import httpx
import psycopg
import pytest

from entrepot.adapters.datasets.online_retail_files import EXTRACT
from tests import filling
from tests.conftest import Installation
from tests.databases import Server
from tests.faults.processes import free_port
from tests.surfaces.installing import CommandLine

pytestmark = pytest.mark.slow  # Each command is a process that starts from nothing.

READY_WITHIN_S = 120.0


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Not pytest's own folder: each run of pytest closes that one to all accounts but its own."""
    with tempfile.TemporaryDirectory(prefix="entrepot-home-") as folder:
        yield Path(folder)


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """The first invoices of the extract."""
    file = tmp_path / "lines.csv"
    with gzip.open(EXTRACT, "rt", encoding="utf-8") as whole:
        file.write_text("".join(islice(whole, 120)), encoding="utf-8")
    return file


def test_a_demo_that_stops_when_it_has_answered(tmp_path: Path, lines: Path) -> None:
    """On a machine that has nothing but the packages: its own database, then all the rest."""
    entrepot = CommandLine(tmp_path / "home")
    port = str(free_port())
    done = entrepot.run("demo", "--exit", "--from", str(lines), ENTREPOT_PORT=port)

    assert done.returncode == 0, done.stderr
    report = json.loads((entrepot.home / "reports" / "online_retail.json").read_text())
    assert report["orders"] > 1
    assert (report["trial_balance_minor"], report["unexplained_minor"]) == (0, 0)
    people = json.loads((entrepot.home / "demo.json").read_text())
    assert {"operator-admin", "shopper"} <= {one["role"] for one in people}
    assert "Demo sign-ins" in done.stdout
    assert not (entrepot.home / "postgres" / "data" / "postmaster.pid").exists(), "still running"


def test_a_server_starts_serves_and_stops(installation: Installation, tmp_path: Path) -> None:
    filling.shop(installation.work)
    entrepot = CommandLine(tmp_path / "home", installation.url, installation.owner_url)
    port = free_port()
    with entrepot.start("serve", "--port", str(port)) as server:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            answered(client, server)
            status = {path: client.get(path).status_code for path in ("/readyz", "/", "/metrics")}
            products = client.get("/api/v1/shop/products", params={"market": "us"}).json()
        idle_then_used(port)
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=READY_WITHIN_S)

    assert status == {"/readyz": 200, "/": 200, "/metrics": 200}
    assert len(products["items"]) == 1
    assert server.returncode in {0, -signal.SIGTERM}


def idle_then_used(port: int) -> None:
    """A connection that did nothing for longer than most clients keep one answers still."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for pause_s in (6, 0):
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        time.sleep(pause_s)
    connection.close()


def test_a_taken_port_is_said_before_anything_is_done(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for words in (("serve",), ("demo", "--exit"), ("sandbox",)):
            entrepot = CommandLine(tmp_path / "home")
            refused = entrepot.run(*words, ENTREPOT_PORT=port)
            said = f"cannot listen on 127.0.0.1:{port}: Address already in use; "
            assert (refused.returncode, refused.stdout) == (1, "")
            assert refused.stderr.startswith(said) and refused.stderr.count("\n") == 1
            assert not entrepot.home.exists()


def test_broken_rules_stop_the_start_and_the_server_that_came_up_meanwhile(tmp_path: Path) -> None:
    fees = tmp_path / "rules" / "fees" / "us"
    fees.mkdir(parents=True)
    (fees / "2024-04-01.toml").write_text("this is no rule", encoding="utf-8")
    entrepot = CommandLine(tmp_path / "home")
    more = {"ENTREPOT_PORT": str(free_port()), "ENTREPOT_RULES_OVERLAY": str(fees.parents[1])}

    refused = entrepot.run("serve", **more)

    assert refused.returncode == 1
    assert "this is not TOML" in refused.stderr and "Traceback" not in refused.stderr
    assert (entrepot.home / "postgres" / "data" / "PG_VERSION").exists()
    assert not (entrepot.home / "postgres" / "data" / "postmaster.pid").exists()


def test_a_killed_replay_goes_on_to_the_same_report(
    server: Server, tmp_path: Path, lines: Path
) -> None:
    with of_its_own(server, tmp_path / "one") as (entrepot, url):
        with entrepot.start("replay", "online-retail", "--from", str(lines)) as running:
            kill_within_its_history(running, url)
        killed = replayed(entrepot, lines)
    with of_its_own(server, tmp_path / "other") as (entrepot, _):
        whole = replayed(entrepot, lines)

    assert killed["unexplained_minor"] == 0
    assert {name: killed[name] for name in whole if killed[name] != whole[name]} == {}


@contextmanager
def of_its_own(server: Server, home: Path) -> Iterator[tuple[CommandLine, str]]:
    """The command line on a home and an empty database."""
    name = server.fresh("installation")
    home.mkdir()
    url, owner = server.url(name, "entrepot_app"), server.url(name, "entrepot_owner")
    try:
        yield CommandLine(home / "home", url, owner), url
    finally:
        server.drop(name)


def replayed(entrepot: CommandLine, lines: Path) -> dict[str, object]:
    """The report of a replay that runs to its end."""
    report = entrepot.home.parent / "report.json"
    words = ("replay", "online-retail", "--from", str(lines), "--report", str(report))
    done = entrepot.run(*words)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(report.read_text(encoding="utf-8"))
    return found


def kill_within_its_history(running: subprocess.Popen[str], url: str) -> None:
    """When some orders are placed, and before all of them are delivered."""
    with psycopg.connect(url, autocommit=True) as sql:
        while True:
            assert running.poll() is None, "it ended before it was killed"
            row = sql.execute("select count(*) from orders.orders").fetchone()
            if row is not None and row[0] > 1:
                break
            time.sleep(0.02)
        running.kill()
        running.communicate()
        assert running.returncode == -signal.SIGKILL


def answered(client: httpx.Client, server: subprocess.Popen[str]) -> None:
    """Wait for the first answer."""
    end = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < end:
        assert server.poll() is None, "it stopped"
        try:
            if client.get("/healthz").status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    pytest.fail("the server did not answer")
