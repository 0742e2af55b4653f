"""Explanations as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Tx
from entrepot.rulebook import version


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The rule that decided an amount or a date."""

    ref: str
    first_day: date
    source: str
    mark: str

    @classmethod
    def of(cls, tx: Tx, ref: str) -> "Rule":
        """The rule of a reference, from the text that was kept when it was used."""
        found = version(tx, ref)
        return cls(
            ref=found.ref,
            first_day=found.first_day,
            source=found.head.source,
            mark=found.head.mark,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One amount or date: what is stored, what the formula gives, and why."""

    what: str
    stored: str
    recomputed: str
    formula: str
    rule: Rule | None = None

    @property
    def agrees(self) -> bool:
        return self.stored == self.recomputed


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All steps of one order, statement or payout."""

    subject: str
    steps: tuple[Step, ...]

    @property
    def differences(self) -> Sequence[Step]:
        """The steps whose stored and recomputed values differ: there must be none."""
        return [step for step in self.steps if not step.agrees]


def amount(minor: int, currency: Currency) -> str:
    """An amount as people read it, exact."""
    sign, digits = "-" if minor < 0 else "", currency.decimals
    whole, rest = divmod(abs(minor), 10**digits)
    return f"{sign}{whole}.{rest:0{digits}d} {currency}" if digits else f"{sign}{whole} {currency}"


def percent(ppm: int) -> str:
    """A rate in parts per million as a percentage, without rounding."""
    whole, rest = divmod(ppm, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") + " %"
