"""What settlement needs of the outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from entrepot.kernel.money import Currency

from .model import Payout, PayoutAccount, Rate


class Rates(Protocol):
    """Where exchange rates come from."""

    def before(self, source: Currency, target: Currency, day: date) -> Rate | None:
        """The rate of the last day before `day`; none if one of the currencies has none."""


class Answer(StrEnum):
    """What a provider says of a payout. `UNKNOWN` is resolved by asking again, never by paying."""

    ACCEPTED = "accepted"
    PAID = "paid"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One attempt to pay, as a provider needs it."""

    payout: Payout
    account: PayoutAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A provider's answer to one attempt."""

    payout: Payout
    answer: Answer
    reference: str | None = None
    reason: str = ""


class PayoutProvider(Protocol):
    """A bank, a payment service, or a file that goes to one."""

    def send(self, batch: Sequence[Sending]) -> Sequence[Outcome]:
        """Pay each once for its key, however often it is asked. Never inside a unit of work."""

    def look_up(self, batch: Sequence[Sending]) -> Sequence[Outcome]:
        """What became of attempts whose outcome is not known."""
