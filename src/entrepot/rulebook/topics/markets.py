"""Markets: currency, calendar and the countries they serve."""

from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from entrepot.kernel.money import Currency
from entrepot.rulebook.rows import RuleRow


def start_of(day: date, zone: str) -> datetime:
    """The first instant of a calendar day there, in UTC, also where clocks change at midnight."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def eligible_at(day: date, zone: str, days: int) -> datetime:
    """When what was delivered on a market day may settle: 00:00 of day + days there, in UTC."""
    return start_of(day + timedelta(days=days), zone)


class Market(RuleRow):
    """A place to sell in, with its own money and calendar."""

    topic: ClassVar[str] = "markets"

    name: str
    currency: Currency
    zone: str
    tax_regime: Literal["sales_tax", "vat"]  # On top of prices, or inside them.
    countries: tuple[str, ...]
    serves_rest: bool = False  # The one market for countries that no market names.
    weekend: tuple[int, ...] = (6, 7)  # ISO: Monday is 1.
    minimum_payout_minor: int
    holidays: dict[date, str] = Field(default_factory=dict)

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError) as error:
            raise ValueError(f"{zone} is no time zone such as Europe/London") from error
        return zone

    def day_of(self, at: datetime) -> date:
        """The market's calendar day at an instant."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def start_of(self, day: date) -> datetime:
        """The first instant of a market day, in UTC."""
        return start_of(day, self.zone)

    def end_of(self, day: date) -> datetime:
        """The first instant after a market day, in UTC."""
        return start_of(day + timedelta(days=1), self.zone)

    def is_business_day(self, day: date) -> bool:
        """Neither weekend nor public holiday."""
        return day.isoweekday() not in self.weekend and day not in self.holidays

    def business_day_after(self, day: date, days: int) -> date:
        """The n-th business day after a day, which itself does not count."""
        start, weekly = day, 7 - len(set(self.weekend))
        while days >= weekly > 0:  # Whole weeks at once: no more business days than are asked for.
            end = day + timedelta(weeks=days // weekly)
            days -= days // weekly * weekly - self._holidays_between(day, end)
            day = end
        while days > 0:
            day += timedelta(days=1)
            days -= self.is_business_day(day)
        while day > start and not self.is_business_day(day):  # The weeks ended in a weekend.
            day -= timedelta(days=1)
        return day

    def _holidays_between(self, after: date, until: date) -> int:
        """Holidays that would have been business days."""
        return sum(
            after < day <= until and day.isoweekday() not in self.weekend for day in self.holidays
        )
