"""All versions of all rules, and which of them is in force."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol, TypeVar, cast

from .problems import MarketNotOpen, UnknownRule
from .rows import RuleRow
from .topics import ALL, Market, Mode, Role
from .versions import REMEMBERED, Version

R = TypeVar("R", bound=RuleRow)

ANY = "any"  # The folder for markets that have no file of their own in force.


@dataclass(frozen=True)
class Rulebook:
    """What was true on a day stays true of that day."""

    versions: Mapping[tuple[str, str], Sequence[Version[Any]]]  # By topic and market, rising.

    @classmethod
    def of_versions(cls, versions: Iterable[Version[Any]]) -> "Rulebook":
        """A book of versions in any order."""
        book: dict[tuple[str, str], list[Version[Any]]] = {}
        for version in sorted(versions, key=lambda version: version.id):
            book.setdefault((version.topic, version.market), []).append(version)
        return cls(book)

    def on(self, row: type[R], market: str, day: date) -> Version[R]:
        """The version in force on the market's calendar day."""
        asked = (row.topic, market, day)
        found = self._remembered.get(asked)
        if found is None:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            found = self._remembered[asked] = self._found(row, market, day)
        return cast(Version[R], found)

    @cached_property
    def _remembered(self) -> dict[tuple[str, str, date], Version[Any]]:
        """What was asked before: a basket asks a dozen times, always for today."""
        return {}

    def _found(self, row: type[R], market: str, day: date) -> Version[Any]:
        found = self._in_force(row.topic, market, day)
        if found is None and self._is_open(market, day):
            found = self._in_force(row.topic, ANY, day)
        if found is None:
            raise MarketNotOpen(
                f"market {market} has no rule for {row.topic} on {day}",
                market=market,
                topic=row.topic,
                day=day.isoformat(),
            )
        return found

    def all(self) -> list[Version[Any]]:
        """Every version, by topic, market and first day."""
        return [version for key in sorted(self.versions) for version in self.versions[key]]

    def by_ref(self, ref: str) -> Version[Any]:
        """The version that a reference such as `fees/us/2024-04-01@1` names."""
        found = self._by_ref.get(ref)
        if found is None:
            raise UnknownRule(f"no rule is called {ref}", rule=ref)
        return found

    @cached_property
    def _by_ref(self) -> dict[str, Version[Any]]:
        every = self.all()
        return {version.id: version for version in every} | {v.ref: v for v in every}

    def markets(self, day: date) -> list[str]:
        """The markets that exist on a day, by name."""
        names = {market for topic, market in self.versions if topic == Market.topic}
        return sorted(name for name in names if self._is_open(name, day))

    def market_of(self, country: str, day: date) -> str:
        """The market that serves a country (ISO 3166, two letters) on a day."""
        open_ones = {name: self.on(Market, name, day).row({}) for name in self.markets(day)}
        for name, market in open_ones.items():
            if country in market.countries:
                return name
        for name, market in open_ones.items():
            if market.serves_rest:
                return name
        raise MarketNotOpen(
            f"no market serves {country} on {day}",
            country=country,
            topic=Market.topic,
            day=day.isoformat(),
        )

    def missing(self, market: str, mode: str, day: date) -> list[str]:
        """The topics that have no rule for a mode yet; listing is refused while there are any."""
        try:
            modes = self.on(Mode, market, day).rows
        except MarketNotOpen:
            return [row.topic for row in ALL if row is not Role]
        flags = next((row for row in modes if row.mode == mode), None)
        if flags is None:
            return [Mode.topic]
        known = {
            "mode": mode,
            "fee_scheme": flags.fee_scheme,
            "basis": flags.settlement_basis,
        }
        # A mode without a fee scheme sells for the platform itself: there is nobody to charge.
        asked = [row for row in ALL if row.topic != "fees" or flags.fee_scheme != "none"]
        return [row.topic for row in asked if not self._has_rule(row, market, day, known)]

    def _has_rule(
        self, row: type[RuleRow], market: str, day: date, known: Mapping[str, str]
    ) -> bool:
        try:
            rows = self.on(row, market, day).rows
        except MarketNotOpen:
            return False
        return any(each.may_serve(known) for each in rows)

    def _is_open(self, market: str, day: date) -> bool:
        return market == ANY or self._in_force(Market.topic, market, day) is not None

    def _in_force(self, topic: str, market: str, day: date) -> Version[Any] | None:
        versions = self.versions.get((topic, market), ())
        found = bisect_right(versions, day, key=lambda version: version.first_day)
        return versions[found - 1] if found else None


class CarriesRules(Protocol):
    """A unit of work, as far as rules are concerned."""

    @property
    def rules(self) -> object:
        """The rulebook that the process started with."""


def of(tx: CarriesRules) -> Rulebook:
    """The rulebook that a unit of work decides by."""
    assert isinstance(tx.rules, Rulebook), "this unit of work was started without a rulebook"
    return tx.rules
