"""A table for people, and one JSON object for scripts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Result:
    """A figure beside the limit of the same run. A time or a size is better below its goal."""

    bench: str
    figure: float | None  # None: the run did not end clean, so there is no figure.
    unit: str
    limit: float | None
    goal: float
    measured: Mapping[str, Any] = field(default_factory=dict)
    against_limit: bool = True  # The goal is a ratio; else a bound that the figure stays below.
    besides: bool = True  # Whether what else the benchmark asks for is met as well.

    @property
    def ratio(self) -> float | None:
        """The figure as a part of the limit."""
        if self.figure is None or not self.limit:
            return None
        return self.figure / self.limit

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        if self.figure is None or not self.besides:
            return False
        if self.against_limit:
            return self.ratio is not None and self.ratio >= self.goal
        return self.figure < self.goal

    def line(self) -> str:
        """For scripts."""
        shown = {
            "bench": self.bench,
            "figure": _rounded(self.figure),
            "unit": self.unit,
            "limit": _rounded(self.limit),
            "ratio": _rounded(self.ratio),
            "goal": self.goal,
            "met": self.met,
            **self.measured,
        }
        return json.dumps(shown)


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns wide enough for what is in them."""
    texts = [[*heads], *([_text(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    print(f"\n{title}")
    for row in texts:
        first, *rest = zip(row, widths, strict=True)
        print("  " + first[0].ljust(first[1]), *(text.rjust(width) for text, width in rest))


def _text(cell: object) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.3g}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
