"""What a rate is."""

from dataclasses import dataclass
from datetime import date

from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import Problem

SOURCE = "European Central Bank (ECB)"


class NoRate(Problem):
    """There is no rate for this currency and day; says which, and who can supply it."""

    slug, title = "no-exchange-rate", "There is no exchange rate for that day"

    def __init__(self, currency: Currency, day: date, why: str) -> None:
        super().__init__(
            f"no rate for {currency} on {day}: {why}", currency=currency, day=day.isoformat()
        )


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of a currency for one euro: num / den, as quoted on `day`."""

    currency: Currency
    day: date
    num: int
    den: int
    source: str = SOURCE


@dataclass(frozen=True, slots=True)
class CrossRate:
    """From smallest units of one currency to those of another: × num / den."""

    sold: Currency
    bought: Currency
    day: date
    num: int
    den: int
    source: str = SOURCE

    def of(self, amount: Money) -> Money:
        """What an amount is worth, rounded half to even."""
        assert amount.currency is self.sold, f"{amount.currency} is not {self.sold}"
        return Money(amount.share(self.num, self.den).minor, self.bought)
