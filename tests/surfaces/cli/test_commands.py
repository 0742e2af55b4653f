"""The command line as people and scripts use it: processes of their own."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import filling
from tests.adapters.datasets import olist_folder
from tests.conftest import Installation
from tests.living import Life
from tests.surfaces.installing import ROOT, CommandLine

pytestmark = pytest.mark.slow  # Each command is a process that starts from nothing.


@pytest.fixture
def entrepot(installation: Installation, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "home", installation.url, installation.owner_url)


def test_a_sound_installation_is_well(entrepot: CommandLine) -> None:
    done = entrepot.run("doctor", "--json")

    found = json.loads(done.stdout)
    assert (done.returncode, found["wrong"]) == (0, [])
    assert found["clock"]["business"] == "2024-04-01T12:00:00+00:00"
    assert found["events"]["parked"] == 0
    assert "0123456789abcdef" not in done.stdout, "no secret is shown"


def test_business_time_moves_ahead_and_never_back(entrepot: CommandLine) -> None:
    moved = json.loads(entrepot.run("clock", "advance", "36h", "--json").stdout)
    shown = json.loads(entrepot.run("clock", "show", "--json").stdout)
    back = entrepot.run("clock", "advance", "2024-01-01T00:00:00+00:00")

    assert moved == {"business": "2024-04-03T00:00:00+00:00", "steps": []}
    assert shown["business"] == "2024-04-03T00:00:00+00:00"
    assert back.returncode == 2


def test_an_order_is_explained_and_settled(
    entrepot: CommandLine, installation: Installation
) -> None:
    shop, life = filling.shop(installation.work), Life(installation.work)
    [order] = life.buy({shop.skus[0]: 1})
    explained = entrepot.run("explain", "order", str(order), "--json")
    entrepot.run("clock", "advance", "2h")
    settled = entrepot.run("settle", "--json")

    assert explained.returncode == 0
    assert json.loads(explained.stdout)["subject"] == f"order {order}"
    assert json.loads(settled.stdout) == {}, "the clock has let everything fall due on its way"
    assert entrepot.run("explain", "order", "1").returncode == 1
    assert entrepot.run("explain", "order", "x").returncode == 2


def test_no_fact_is_parked(entrepot: CommandLine) -> None:
    assert json.loads(entrepot.run("events", "list", "--json").stdout) == []
    assert entrepot.run("events", "retry", "nobody", "1").returncode == 2


def test_a_worker_stops_cleanly(entrepot: CommandLine) -> None:
    """However early it is asked: also between its start and its going to sleep."""
    with entrepot.start("worker") as worker:
        assert worker.stdout is not None
        for line in worker.stdout:
            if "worker.started" in line:
                break
        worker.send_signal(signal.SIGTERM)
        rest = worker.stdout.read()

    assert worker.returncode == 0
    assert "worker.stopped" in rest


def test_broken_input_is_told_and_nothing_is_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    rows = [*olist_folder.ROWS["order_items"], "o1,9,p1,s1,2017-03-05 00:00:00,-1.00,8.77"]
    olist_folder.write(folder, {"order_items": rows})
    entrepot = CommandLine(tmp_path / "home")

    done = entrepot.run("replay", "olist", "--from", str(folder))

    assert done.returncode == 1
    assert re.search(r"order_items.csv:7 price is '-1.00'", done.stderr)
    assert not entrepot.home.exists(), "no database, no rules, nothing"


def test_replaying_and_reporting(entrepot: CommandLine, tmp_path: Path) -> None:
    """On an external server: the report is written, and the home keeps the replay's rules."""
    folder, report = tmp_path / "data", tmp_path / "report.json"
    folder.mkdir()
    olist_folder.write(folder)

    done = entrepot.run("replay", "olist", "--from", str(folder), "--report", str(report))

    assert done.returncode == 0, done.stderr
    found = json.loads(report.read_text(encoding="utf-8"))
    parts = ("platform_fee_minor", "paid_out_minor", "pending_minor", "reserve_minor")
    assert found["items_minor"] + found["freight_minor"] - found["refunded_minor"] == sum(
        found[name] for name in parts
    )
    assert (found["trial_balance_minor"], found["unexplained_minor"]) == (0, 0)
    assert (entrepot.home / "rules" / "order_timers" / "br" / "2016-01-01.toml").is_file()
    assert entrepot.run("doctor").returncode == 0


def test_the_command_line_starts_without_the_server() -> None:
    """What a command needs is imported when it runs."""
    code = (
        "import sys, entrepot.surfaces.cli\n"
        "sys.exit(bool({'fastapi', 'pydantic', 'sqlalchemy'} & sys.modules.keys()))"
    )
    environment = {"PYTHONPATH": str(ROOT / "src")}
    assert (
        subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
    )
