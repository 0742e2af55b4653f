"""How the first operator comes in, and what finance does from a script: processes of their own."""

import json
from pathlib import Path

import pytest

from tests.conftest import Installation
from tests.surfaces.installing import CommandLine

pytestmark = pytest.mark.slow  # Each command is a process that starts from nothing.


@pytest.fixture
def entrepot(installation: Installation, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "home", installation.url, installation.owner_url)


def test_the_first_operator_comes_in(entrepot: CommandLine) -> None:
    founded = entrepot.run(
        "people", "found", "Example", "--kind", "operator", "--country", "GB", "--json"
    )
    place = json.loads(founded.stdout)["organisation_id"]
    who = ("--email", "ann@example.org", "--role", "operator-admin", "--organisation", place)
    let_in = entrepot.run("people", "enrol", "Ann Example", *who, "--json")
    again = entrepot.run("people", "enrol", "Ann Example", *who)
    lost = entrepot.run("people", "invite", "--email", "ANN@example.org")

    url = json.loads(let_in.stdout)["url"]
    assert url.startswith("http://localhost:8000/invitation#")
    assert (again.returncode, lost.returncode) == (1, 0)
    assert "/invitation#" in lost.stdout and url not in lost.stdout


def test_finance_scripts_rates(entrepot: CommandLine) -> None:
    done = entrepot.run("rates", "set", "VND", "2024-03-28", "27000.5", "--source", "our bank")
    shown = json.loads(entrepot.run("rates", "list", "--json").stdout)
    wrong = entrepot.run("rates", "set", "XXX", "2024-03-28", "1", "--source", "our bank")

    assert (done.returncode, wrong.returncode) == (0, 2)
    assert [(row["currency"], row["per_euro"]) for row in shown] == [("VND", "27000.5")]
    assert json.loads(entrepot.run("payouts", "waiting", "--json").stdout) == []
    assert json.loads(entrepot.run("settle", "--day", "2024-04-01", "--json").stdout) == {}
