"""What people and scripts read of the rules on the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from entrepot import rulebook
from entrepot.surfaces.cli.rules import app
from tests.rulebook.texts import HEAD, reserve, write

OURS = '[[rows]]\nkind = "platform_commission"\nbase = ["list"]\nrate_bp = 100\n'


@pytest.fixture(autouse=True)
def _no_overlay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENTREPOT_RULES_OVERLAY", raising=False)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_list_is_a_table() -> None:
    done = run("list", "--topic", "fees", "--market", "gb")

    header, *lines = done.stdout.splitlines()
    assert done.exit_code == 0
    assert header.split() == ["topic", "market", "first", "day", "mark", "revision", "rows", "file"]
    assert [line.split()[:6] for line in lines] == [
        ["fees", "gb", "2023-01-01", "default", "1", "3"],
        ["fees", "gb", "2024-09-02", "default", "1", "9"],
    ]


def test_the_list_for_scripts() -> None:
    [first, *_] = json.loads(run("list", "--topic", "reserve", "--json").stdout)
    version = rulebook.load().by_ref("reserve/any/2023-01-01@1")

    assert first == {
        "ref": "reserve/any/2023-01-01@1",
        "topic": "reserve",
        "market": "any",
        "first_day": "2023-01-01",
        "mark": "default",
        "revision": 1,
        "sha256": version.sha256,
        "file": "rulebook/data/reserve/any/2023-01-01.toml",
    }


def test_one_version_is_shown_row_by_row() -> None:
    done = run("show", "fees/us/2023-01-01")

    first = "fees/us/2023-01-01@1  in force from 2023-01-01, by the day an order is placed"
    assert done.stdout.splitlines()[0] == first
    assert "1. kind = platform_commission, on = sale, fee_scheme = referral\n" in done.stdout
    assert "   per_order_minor           30\n" in done.stdout


def test_one_version_for_scripts() -> None:
    shown = json.loads(run("show", "reserve/any/2023-01-01@1", "--json").stdout)

    assert shown["rows"][3] == {"level": 3, "rate_bp": 2000, "days": 30}
    assert shown["selected_by"] == "delivered"


def test_a_version_that_is_not_there() -> None:
    done = run("show", "fees/us/1999-01-01")

    assert done.exit_code == 1
    assert "no rule is called fees/us/1999-01-01; `entrepot rules list`" in done.stderr


def test_check_says_what_was_checked() -> None:
    done = run("check")

    assert done.exit_code == 0
    versions, topics = len(rulebook.load().all()), len(rulebook.ALL)
    assert done.stdout == f"{versions} versions of {topics} topics in 5 markets are sound\n"
    assert json.loads(run("check", "--json").stdout)["findings"] == []


def test_check_ends_with_one_and_says_file_line_and_cure(tmp_path: Path) -> None:
    file = write(tmp_path, "reserve/us/2024-01-01", reserve(500).replace("days", "dais"))
    done = run("check", "--overlay", tmp_path)

    assert done.exit_code == 1
    assert f"{file}:8: dais is no key of a row of reserve\n    cure: write days" in done.stderr
    scripted = run("check", "--overlay", tmp_path, "--json")
    assert scripted.exit_code == 1
    assert json.loads(scripted.stdout)["findings"][1] == {
        "file": str(file),
        "line": 8,
        "what": "dais is no key of a row of reserve",
        "cure": "write days",
    }


def test_check_notes_what_an_overlay_hides(tmp_path: Path) -> None:
    write(tmp_path, "fees/us/2024-06-01", HEAD + OURS)
    done = run("check", "--overlay", tmp_path)

    assert done.exit_code == 0
    assert "note: fees/us/2025-05-15@1 is shipped, but hidden by an overlay" in done.stdout
    hidden = json.loads(run("check", "--overlay", tmp_path, "--json").stdout)["hidden"]
    assert hidden == ["fees/us/2025-05-15@1"]


def test_the_overlay_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "fees/us/2024-06-01", HEAD + OURS)
    monkeypatch.setenv("ENTREPOT_RULES_OVERLAY", str(tmp_path))

    assert "fees/us/2024-06-01@1" in run("list", "--json").stdout


def test_the_lock_of_what_is_shipped_is_up_to_date() -> None:
    lock = Path(rulebook.__file__).with_name("LOCK")
    before = lock.read_text("utf-8")

    assert run("check", "--write-lock").exit_code == 0
    assert lock.read_text("utf-8") == before


def test_without_an_overlay_there_is_nothing_to_compare() -> None:
    assert run("diff").stdout == "there is no overlay: the shipped rules are in force\n"
    assert json.loads(run("diff", "--json").stdout) == []


def test_diff_shows_changes_and_how_to_adopt_what_is_hidden(tmp_path: Path) -> None:
    shipped = rulebook.load().by_ref("fees/us/2024-04-01@1").content
    ours = shipped.replace("rate_bp = 500", "rate_bp = 450")
    ours = ours.replace("revision = 1", 'revision = 2\nreplaces = "our rate"')
    write(tmp_path, "fees/us/2024-04-01", ours)
    write(tmp_path, "reserve/gb/2024-04-01", reserve(100))
    done = run("diff", "--overlay", tmp_path)

    lines = done.stdout.splitlines()
    for line in (
        "  replaces  fees/us/2024-04-01@1 by revision 2",
        "      -rate_bp = 500",
        "      +rate_bp = 450",
        "  adds      reserve/gb/2024-04-01@1",
        "  hides     fees/us/2025-05-15@1",
        '      shipped = ["fees/us/2025-05-15@1"]',
    ):
        assert line in lines
    [scripted] = json.loads(run("diff", "--overlay", tmp_path, "--json").stdout)
    assert scripted["adds"] == ["reserve/gb/2024-04-01@1"]
    assert scripted["hides"] == ["fees/us/2025-05-15@1"]
    assert scripted["replaces"][0]["ref"] == "fees/us/2024-04-01@2"


def test_what_was_adopted_is_hidden_no_more(tmp_path: Path) -> None:
    write(tmp_path, "fees/us/2024-06-01", HEAD + OURS)
    (tmp_path / "adopted.toml").write_text('shipped = ["fees/us/2025-05-15@1"]\n')
    done = run("diff", "--overlay", tmp_path)

    assert "  adopts    fees/us/2025-05-15@1" in done.stdout.splitlines()
    assert "hides" not in done.stdout
