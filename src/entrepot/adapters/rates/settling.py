"""The ECB's rates as settlement asks for them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from entrepot.adapters.rates.model import NoRate
from entrepot.adapters.rates.reader import Rates
from entrepot.contexts import settlement
from entrepot.kernel.money import Currency


@dataclass(frozen=True, slots=True)
class SettlementRates:
    """Implements `settlement.Rates`: smallest units to smallest units, of the last day before."""

    rates: Callable[[], Rates]  # Read when the first is asked for: most processes ask for none.

    def before(self, source: Currency, target: Currency, day: date) -> settlement.Rate | None:
        """None where the ECB has no rate: the payout then waits for the operator's table."""
        try:
            cross = self.rates().cross(source, target, day, strictly_before=True)
        except NoRate:
            return None
        return settlement.Rate(num=cross.num, den=cross.den, day_on=cross.day, source=cross.source)
