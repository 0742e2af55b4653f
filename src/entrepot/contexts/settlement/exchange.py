"""Rates for currencies that the outside does not quote: over the euro, by the operator's table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from entrepot.kernel.money import Currency

from .model import OwnRate, Rate
from .ports import Rates

EURO = Currency.EUR


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the outside quotes, and where it is silent the operator's own rates of a day."""

    outside: Rates
    own: Mapping[Currency, OwnRate]  # The last one before the day.

    def before(self, source: Currency, target: Currency, day: date) -> Rate | None:
        """The rate between two currencies; over the euro if only the operator knows one of them."""
        quoted = self.outside.before(source, target, day)
        if quoted is not None:
            return quoted
        one, other = self._of_euro(source, day), self._of_euro(target, day)
        if one is None or other is None:
            return None
        rate = Fraction(other.num, other.den) / Fraction(one.num, one.den)
        sources = dict.fromkeys(leg.source for leg in (one, other) if leg.source)
        return Rate(
            num=rate.numerator,
            den=rate.denominator,
            day_on=min(one.day_on, other.day_on),
            source=", ".join(sources),
        )

    def _of_euro(self, currency: Currency, day: date) -> Rate | None:
        """Smallest units of a currency for a cent. The euro itself needs no source."""
        if currency is EURO:
            return Rate(num=1, den=1, day_on=day, source="")
        quoted = self.outside.before(EURO, currency, day)
        mine = self.own.get(currency)
        if quoted is not None or mine is None:
            return quoted
        rate = Fraction(mine.per_euro) * Fraction(10) ** (currency.decimals - EURO.decimals)
        return Rate(
            num=rate.numerator, den=rate.denominator, day_on=mine.day_on, source=mine.source
        )
