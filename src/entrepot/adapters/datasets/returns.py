"""Cancellation rows matched to what they take back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from entrepot.adapters.datasets.history import Rule, SkippedRow
from entrepot.adapters.datasets.online_retail_files import InvoiceLine

Buyer = tuple[str, str, str]  # Customer, country, article.


@dataclass(frozen=True, slots=True)
class Sold:
    """Units of one line of one invoice that a cancellation may take back."""

    invoice: str
    pos: int
    at: datetime
    quantity: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Units that one cancellation row takes back of one line."""

    row: InvoiceLine
    pos: int
    quantity: int
    credited: int  # Pence.


@dataclass
class Matches:
    """What was found for each invoice, and the rows for which nothing was."""

    by_invoice: defaultdict[str, list[Taken]] = field(default_factory=lambda: defaultdict(list))
    skipped: list[SkippedRow] = field(default_factory=list)


def match(sold: Iterable[tuple[Buyer, Sold]], rows: Iterable[InvoiceLine]) -> Matches:
    """Give each row the units of the same buyer's latest earlier lines that are still there.

    The latest line with enough units takes the whole row; without one, the row is split over
    the lines from the latest back. What finds no purchase is skipped by its rule.
    """
    shelf: defaultdict[Buyer, list[Sold]] = defaultdict(list)
    for buyer, line in sorted(sold, key=lambda each: (each[1].at, each[1].invoice, each[1].pos)):
        shelf[buyer].append(line)
    left = {(line.invoice, line.pos): line.quantity for lines in shelf.values() for line in lines}
    found = Matches()
    for row in sorted(rows, key=lambda row: (row.at, row.line)):
        buyer = (row.customer, row.country, row.article)
        earlier = [line for line in shelf[buyer] if row.customer and line.at <= row.at]
        missing = -row.quantity
        for line in _order(earlier, left, missing):
            quantity = min(missing, left[line.invoice, line.pos])
            if quantity:
                left[line.invoice, line.pos] -= quantity
                missing -= quantity
                taken = Taken(row, line.pos, quantity, quantity * (row.price or 0))
                found.by_invoice[line.invoice].append(taken)
        if missing:
            amount = -missing * (row.price or 0)
            found.skipped.append(
                SkippedRow(Rule.NO_PURCHASE_FOUND, row.invoice, row.line, amount, "GBP")
            )
    return found


def _order(
    earlier: Sequence[Sold], left: dict[tuple[str, int], int], missing: int
) -> Sequence[Sold]:
    """Latest first; before them the latest that has enough."""
    latest = [*reversed(earlier)]
    enough = [line for line in latest if left[line.invoice, line.pos] >= missing]
    return [*enough[:1], *latest]
