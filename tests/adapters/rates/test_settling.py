"""Settlement's port, served by the ECB's rates."""

from datetime import date
from fractions import Fraction

from entrepot.adapters.rates.reader import parse
from entrepot.adapters.rates.settling import SettlementRates
from entrepot.contexts import settlement
from entrepot.kernel.money import Currency

TABLE = parse("Date,USD,JPY\n2024-04-02,1.0749,163.01\n2024-04-03,1.0783,163.66\n")
RATES: settlement.Rates = SettlementRates(lambda: TABLE)


def test_a_payout_gets_the_day_before() -> None:
    rate = RATES.before(Currency.USD, Currency.JPY, date(2024, 4, 3))

    assert rate
    assert (rate.day_on, rate.source) == (date(2024, 4, 2), "European Central Bank (ECB)")
    assert Fraction(rate.num, rate.den) == Fraction("163.01") / Fraction("1.0749") / 100


def test_without_a_rate_the_payout_waits() -> None:
    assert RATES.before(Currency.USD, Currency.VND, date(2024, 4, 3)) is None
