"""What the last recorded run of the benchmarks found."""

from pathlib import Path
from typing import Any

import orjson

from .text import document, table

RECORDED = Path(__file__).parents[1] / "reference" / "bench.json"
INTRODUCTION = """\
The last run that was recorded: `make bench > docs/reference/bench.json`, then `make docs`. Figures
of another machine say little; the ratio to the limit, measured in the same run on the same
database, says more. What is measured: [performance](../internals/performance.md)."""
HEAD = ("bench", "figure", "unit", "limit", "ratio", "goal", "met")


def page() -> str:
    """One line for each benchmark."""
    found = results()
    if not found:
        return document("Bench", INTRODUCTION, "No run is recorded.\n")
    rows = [[_shown(one.get(name)) for name in HEAD] for one in found]
    return document("Bench", INTRODUCTION, table(HEAD, rows))


def results() -> list[dict[str, Any]]:
    """The JSON objects of the run, a line each; other lines are for people."""
    if not RECORDED.exists():
        return []
    lines = RECORDED.read_text(encoding="utf-8").splitlines()
    return [orjson.loads(line) for line in lines if line.startswith("{")]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str("" if value is None else value)
