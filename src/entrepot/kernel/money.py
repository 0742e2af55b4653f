"""Exact amounts: integers of the smallest unit, and the only rounding in the codebase."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Currency(StrEnum):
    """The currencies that a market, a data set or a payout account can use (ISO 4217)."""

    BRL = "BRL"
    CNY = "CNY"
    EUR = "EUR"
    GBP = "GBP"
    HKD = "HKD"
    IDR = "IDR"
    JPY = "JPY"
    MXN = "MXN"
    MYR = "MYR"
    PHP = "PHP"
    SAR = "SAR"
    SGD = "SGD"
    THB = "THB"
    USD = "USD"
    VND = "VND"

    @property
    def decimals(self) -> int:
        """How many digits of an amount stand behind the point."""
        return 0 if self in {Currency.JPY, Currency.VND} else 2


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency, counted in its smallest unit."""

    minor: int
    currency: Currency

    def __add__(self, other: "Money") -> "Money":
        assert other.currency is self.currency, f"{self.currency} and {other.currency}"
        return Money(self.minor + other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return self + -other

    def share(self, num: int, den: int) -> "Money":
        """The part num/den, rounded half to even. `kernel.share` in SQL is its twin."""
        return Money(share(self.minor, num, den), self.currency)

    def step(self, before: int, after: int, of: int) -> "Money":
        """What going from `before` to `after` out of `of` takes: all steps add up to the whole."""
        return self.share(after, of) - self.share(before, of)

    def allocate(self, weights: Sequence[int]) -> list["Money"]:
        """Split by weight and lose nothing: largest remainders first; on a tie, the lower line."""
        return [Money(part, self.currency) for part in allocate(self.minor, weights)]


def share(minor: int, num: int, den: int) -> int:
    """`Money.share` on bare minor units of one currency, for the inside of a line's arithmetic."""
    assert den > 0
    whole, rest = divmod(minor * num, den)
    return whole + (2 * rest > den or (2 * rest == den and whole % 2 == 1))


def step(minor: int, before: int, after: int, of: int) -> int:
    """`Money.step` on bare minor units."""
    return share(minor, after, of) - share(minor, before, of)


def allocate(minor: int, weights: Sequence[int]) -> list[int]:
    """`Money.allocate` on bare minor units; weights are not negative and not all zero."""
    total, size = sum(weights), abs(minor)
    assert total > 0
    assert min(weights) >= 0
    parts = [divmod(size * weight, total) for weight in weights]
    by_remainder = sorted(range(len(parts)), key=lambda line: -parts[line][1])
    topped_up = set(by_remainder[: size - sum(whole for whole, _ in parts)])
    sign = -1 if minor < 0 else 1
    return [sign * (whole + (line in topped_up)) for line, (whole, _) in enumerate(parts)]


def total(amounts: Iterable[Money], currency: Currency) -> Money:
    """The sum of amounts of one currency; zero of it if there are none."""
    return sum(amounts, start=Money(0, currency))
