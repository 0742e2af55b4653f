"""`make conformance`: a row for each operation, and the count as the last line."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from entrepot import observability
from tests import databases

from . import running, sdk
from .running import FAILED, Report, Row


def main() -> int:
    """Run all journeys and show what became of each operation."""
    parser = argparse.ArgumentParser(prog="conformance")
    parser.add_argument("--keep", action="store_true", help="remember the fields that were shown")
    parser.add_argument("--only", help="journeys of these areas alone: orders,products")
    given = parser.parse_args()
    observability.configure("warning")
    with databases.server() as server, tempfile.TemporaryDirectory() as home:
        areas = frozenset(given.only.split(",")) if given.only else None
        report = running.run(server, Path(home), areas)
    if given.keep:
        running.keep(report)
    _show(report)
    broken = [text for text in (*report.journeys.values(), report.laws, *report.leaks) if text]
    sys.stderr.writelines(broken)
    sys.stdout.write(f"{json.dumps(report.summary)}\n")
    return 1 if broken or report.summary[FAILED] else 0


def _show(report: Report) -> None:
    for operation, row in zip(sdk.ALL, report.rows, strict=True):
        sys.stdout.write(f"{_line(operation, row, len(report.fields[row.operation]))}\n")


def _line(operation: sdk.Operation, row: Row, fields: int) -> str:
    told = row.why or f"{fields} fields"
    return f"{row.outcome:18}  {operation.tag:24}  {operation.id:48}  {told}"


if __name__ == "__main__":
    sys.exit(main())
