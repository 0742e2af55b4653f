"""The committed extract of the ECB's reference rates."""

import csv
import gzip
import io
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import resources

from entrepot.adapters.rates.model import CrossRate, NoRate, Rate
from entrepot.kernel.money import Currency

# The longest gap between banking days is Easter's; a longer one means that the table has ended.
OLDEST = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Series:
    """The quotes of one currency by rising day."""

    days: Sequence[date]
    quotes: Sequence[str]


class Rates:
    """Rates by currency and day. The euro is 1 on every day that has any."""

    def __init__(self, series: Mapping[Currency, Series]) -> None:
        assert Currency.EUR not in series, "the euro is what the others are quoted in"
        banking_days = sorted({day for one in series.values() for day in one.days})
        euro = Series(banking_days, ["1"] * len(banking_days))
        self._series = {**series, Currency.EUR: euro}

    def on(self, currency: Currency, day: date, strictly_before: bool = False) -> Rate:
        """The last rate on or before a day; payouts take the last one strictly before it."""
        if currency not in self._series:
            why = "the ECB does not quote it here; put it into the operator's rate table"
            raise NoRate(currency, day, why)
        series = self._series[currency]
        find = bisect_left if strictly_before else bisect_right
        last = find(series.days, day) - 1
        if last < 0:
            first = series.days[0] if series.days else "none"
            raise NoRate(currency, day, f"the table's first day for it is {first}")
        if day - series.days[last] > OLDEST:
            raise NoRate(currency, day, f"the last day before it with one is {series.days[last]}")
        quote = Fraction(Decimal(series.quotes[last]))
        return Rate(currency, series.days[last], quote.numerator, quote.denominator)

    def cross(
        self, sold: Currency, bought: Currency, day: date, strictly_before: bool = False
    ) -> CrossRate:
        """The rate between two currencies by the last day on which both are quoted."""
        one, other = (self.on(each, day, strictly_before) for each in (sold, bought))
        while one.day != other.day:
            earlier = min(one.day, other.day)
            one, other = self.on(sold, earlier), self.on(bought, earlier)
        rate = Fraction(other.num, other.den) / Fraction(one.num, one.den)
        rate *= Fraction(10) ** (bought.decimals - sold.decimals)
        return CrossRate(sold, bought, one.day, rate.numerator, rate.denominator)


def parse(text: str) -> Rates:
    """Rates from the ECB's own layout: a day per row, a currency per column, empty if unquoted."""
    rows = csv.DictReader(io.StringIO(text))
    known = [Currency(name) for name in rows.fieldnames or [] if name in set(Currency)]
    days: dict[Currency, list[date]] = {currency: [] for currency in known}
    quotes: dict[Currency, list[str]] = {currency: [] for currency in known}
    for row in sorted(rows, key=lambda row: row["Date"]):
        day = date.fromisoformat(row["Date"])
        for currency in known:
            if row[currency]:
                days[currency].append(day)
                quotes[currency].append(row[currency])
    return Rates({currency: Series(days[currency], quotes[currency]) for currency in known})


@cache
def shipped() -> Rates:
    """The extract that comes with the program."""
    packed = resources.files("entrepot.adapters.rates").joinpath("data/eurofxref.csv.gz")
    return parse(gzip.decompress(packed.read_bytes()).decode())
