"""A history cut at the midnights of its markets: what happens between two of them is one window.

All facts of a window lie on one calendar day of every market, so that everything that falls due at
a midnight is done before the facts that follow it, and rules of a day meet the facts of that day.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from entrepot.adapters.datasets.history import History, Purchase, Return
from entrepot.rulebook import Market

# The longest settlement tier has 31 days, suppliers 30: after so many all that was sold is settled.
TAIL = timedelta(days=45)
DAY = timedelta(days=1)

Markets = Mapping[str, Market]


class Returned(NamedTuple):
    """One return, with the purchase that it belongs to."""

    purchase: Purchase
    back: Return


@dataclass(slots=True)
class Window:
    """What happened from one midnight to the next, each list by time."""

    number: int
    start: datetime
    placed: list[Purchase] = field(default_factory=list)
    paid: list[Purchase] = field(default_factory=list)
    cancelled: list[Purchase] = field(default_factory=list)
    handed_over: list[Purchase] = field(default_factory=list)
    delivered: list[Purchase] = field(default_factory=list)
    sent_back: list[Purchase] = field(default_factory=list)
    returned: list[Returned] = field(default_factory=list)
    last_at: datetime | None = None  # Of its facts.

    @property
    def month(self) -> tuple[int, int]:
        """Shops, products and stock come month by month."""
        return self.start.year, self.start.month


def cut(history: History, markets: Markets) -> list[Window]:
    """The windows of a history from the midnight before its first fact to some time after it."""
    if not history.purchases:
        return []
    facts = [*_facts(history.purchases)]
    first, last = min(at for at, _, _ in facts), max(at for at, _, _ in facts)
    starts = _midnights(markets.values(), first, last + TAIL)
    windows = [Window(number, start) for number, start in enumerate(starts)]
    for at, name, fact in sorted(facts, key=lambda fact: fact[0]):
        window = windows[bisect_right(starts, at) - 1]
        getattr(window, name).append(fact)
        window.last_at = at
    return windows


@dataclass(slots=True)
class Month:
    """What is placed in the windows of a month, and what is sold for the first time then.

    It follows from the history alone: an interrupted month finds the same shops and products.
    """

    sales: list[Purchase] = field(default_factory=list)
    sellers: set[str] = field(default_factory=set)
    products: set[str] = field(default_factory=set)


def by_month(windows: Sequence[Window]) -> dict[tuple[int, int], Month]:
    """The months of a history, in their order."""
    months: dict[tuple[int, int], Month] = {}
    for window in windows:
        months.setdefault(window.month, Month()).sales.extend(window.placed)
    sellers: set[str] = set()
    products: set[str] = set()
    for month in months.values():
        lines = [line for sale in month.sales for line in sale.lines]
        month.sellers = {line.seller_key for line in lines} - sellers
        month.products = {line.sku_key.split("#")[0] for line in lines} - products
        sellers |= month.sellers
        products |= month.products
    return months


def _facts(purchases: Sequence[Purchase]) -> Iterator[tuple[datetime, str, Purchase | Returned]]:
    for sale in purchases:
        yield sale.placed_at, "placed", sale
        if sale.paid_at:
            yield sale.paid_at, "paid", sale
        if sale.handed_over_at:
            yield sale.handed_over_at, "handed_over", sale
        if sale.delivered_at:
            yield sale.delivered_at, "delivered", sale
        if sale.cancelled_at:
            name = "sent_back" if sale.returned_to_sender else "cancelled"
            yield sale.cancelled_at, name, sale
        for back in sale.returns:
            yield back.at, "returned", Returned(sale, back)


def _midnights(markets: Iterable[Market], first: datetime, last: datetime) -> list[datetime]:
    """Where a day of any market begins, from the last one before `first` on."""
    found: set[datetime] = set()
    for market in markets:
        day, end = market.day_of(first), market.day_of(last)
        while day <= end:
            found.add(market.start_of(day))
            day += DAY
    before = max(at for at in found if at <= first)
    return sorted(at for at in found if at >= before)
