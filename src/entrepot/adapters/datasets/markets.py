"""Which market serves a buyer's country, as topic `markets` of the rulebook says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from entrepot.kernel.money import Currency
from entrepot.kernel.problems import Problem
from entrepot.rulebook import Market, Rulebook


class NoMarket(Problem):
    """No market serves this country, and none serves the rest of the world."""

    slug, title = "no-market", "No market serves that country"


@dataclass(frozen=True, slots=True)
class MarketPlace:
    """What a data set has to know of a market."""

    key: str
    currency: Currency
    countries: tuple[str, ...]
    serves_rest: bool

    @property
    def home(self) -> str:
        """The country of its local companies."""
        own = self.key.upper()
        return own if own in self.countries else self.countries[0]


def places_on(rules: Rulebook, day: date) -> tuple[MarketPlace, ...]:
    """The markets that are open on a day, by key."""
    rows = [(key, rules.on(Market, key, day).row({})) for key in rules.markets(day)]
    return tuple(
        MarketPlace(key, row.currency, row.countries, row.serves_rest) for key, row in rows
    )


def serving(markets: Sequence[MarketPlace], country: str) -> MarketPlace:
    """The market that names the country, else the one for the rest of the world."""
    for market in markets:
        if country in market.countries:
            return market
    for market in markets:
        if market.serves_rest:
            return market
    known = ", ".join(market.key for market in markets) or "none"
    raise NoMarket(f"no market serves {country}; open are: {known}", country=country)
