"""Every operation that the library knows is served and right, or is known not to be here."""

import fcntl
from pathlib import Path

import pytest

from entrepot.surfaces.partner_api import unsupported
from tests.databases import Server

from . import running, sdk
from .running import FAILED, Report

ROOT = Path(__file__).parents[2]
LISTED = running.missing()


@pytest.fixture(scope="session")
def report(server: Server, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Report:
    """One run for all tests; of several processes of a test run the first one makes it."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    file = shared / "conformance.json"
    with (shared / "conformance.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            file.write_text(running.run(server, own / "conformance").written(), "utf-8")
    return Report.read(file.read_text("utf-8"))


@pytest.mark.parametrize("operation", [one.id for one in sdk.ALL])
def test_operation(report: Report, operation: str) -> None:
    [row] = [row for row in report.rows if row.operation == operation]
    if operation in LISTED:
        assert row.outcome == FAILED, f"{operation} is here: take it off missing.txt"
    else:
        assert row.outcome != FAILED, row.why


@pytest.mark.parametrize("journey", [name for name, _ in running.all_journeys()])
def test_journey(report: Report, journey: str) -> None:
    assert not report.journeys[journey], report.journeys[journey]


def test_ledger_stock_and_lifecycles_hold_afterwards(report: Report) -> None:
    assert not report.laws, report.laws


def test_nobody_else_gets_at_anything(report: Report) -> None:
    assert report.leaks == []


def test_no_request_was_a_stranger(report: Report) -> None:
    assert report.strangers == []


def test_no_field_is_lost(report: Report) -> None:
    lost = {
        name: sorted(fields - set(report.fields[name]))
        for name, fields in running.shown_before().items()
        if fields - set(report.fields[name])
    }
    assert lost == {}, "answers have fewer fields than before"


def test_what_is_missing_is_one_of_the_operations() -> None:
    assert {one.id for one in sdk.ALL} >= LISTED


def test_the_summary_counts_each_operation_once(report: Report) -> None:
    told = report.summary
    assert told["operations"] == len(sdk.ALL)
    assert told["supported"] + told["not_supported_here"] == told["operations"]
    assert told["passed"] + told["failed"] == told["supported"]
    assert told["failed"] == len(LISTED)


def test_the_page_tells_what_the_run_found(report: Report) -> None:
    page = (ROOT / "docs" / "reference" / "partner-api.md").read_text("utf-8")
    told = report.summary
    waiting = sum(row.why == unsupported.NOT_YET for row in report.rows)
    served = told["supported"] - waiting

    assert f"Of the {told['operations']} operations" in page
    assert f"lists, {served} are served and {told['not_supported_here']} are not" in page
