"""Rates are exact, of the right day, and refused with a reason where there is none."""

import gzip
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.adapters.rates import NoRate, shipped
from entrepot.adapters.rates.extract import TARGET, extract
from entrepot.adapters.rates.reader import parse
from entrepot.kernel.money import Currency, Money

ECB = Path(__file__).parents[4] / "shared" / "data" / "fx_ecb" / "eurofxref_hist.csv.gz"
SMALL = parse(
    "Date,USD,JPY,GBP\n"
    "2024-03-28,1.0811,163.45,0.8551\n"
    "2024-04-02,1.0749,163.01,\n"
    "2024-04-03,1.0783,163.66,0.8570\n"
)


def test_a_rate_of_a_banking_day() -> None:
    rate = shipped().on(Currency.GBP, date(2010, 12, 1))

    assert (rate.day, Fraction(rate.num, rate.den)) == (date(2010, 12, 1), Fraction("0.8393"))
    assert rate.source == "European Central Bank (ECB)"


@pytest.mark.parametrize("day", [date(2010, 12, 3), date(2010, 12, 4), date(2010, 12, 5)])
def test_a_weekend_takes_friday(day: date) -> None:
    assert shipped().on(Currency.USD, day).day == date(2010, 12, 3)


def test_a_payout_takes_the_last_day_before_it() -> None:
    monday = date(2010, 12, 6)

    assert shipped().on(Currency.USD, monday).day == monday
    assert shipped().on(Currency.USD, monday, strictly_before=True).day == date(2010, 12, 3)


def test_pounds_in_dollars() -> None:
    cross = shipped().cross(Currency.GBP, Currency.USD, date(2010, 12, 1))

    assert Fraction(cross.num, cross.den) == Fraction("1.3115") / Fraction("0.8393")
    assert cross.of(Money(2_55, Currency.GBP)) == Money(3_98, Currency.USD)


def test_yen_have_no_cents() -> None:
    cross = SMALL.cross(Currency.USD, Currency.JPY, date(2024, 4, 3))

    assert cross.of(Money(100_00, Currency.USD)) == Money(15178, Currency.JPY)


def test_both_legs_are_of_one_day() -> None:
    assert SMALL.cross(Currency.USD, Currency.GBP, date(2024, 4, 2)).day == date(2024, 3, 28)


def test_the_euro_is_one() -> None:
    cross = SMALL.cross(Currency.EUR, Currency.USD, date(2024, 3, 28))

    assert Fraction(cross.num, cross.den) == Fraction("1.0811")
    assert SMALL.on(Currency.EUR, date(2024, 4, 1)).day == date(2024, 3, 28)


@pytest.mark.parametrize("currency", [Currency.VND, Currency.SAR])
def test_what_the_bank_does_not_quote_is_refused(currency: Currency) -> None:
    with pytest.raises(NoRate, match="operator's rate table") as refusal:
        shipped().on(currency, date(2024, 1, 2))

    assert refusal.value.members == {"currency": currency, "day": "2024-01-02"}


def test_before_the_first_day_there_is_none() -> None:
    with pytest.raises(NoRate, match="first day for it is 2009-01-02"):
        shipped().on(Currency.USD, date(2009, 1, 1))


def test_after_the_last_day_there_is_none() -> None:
    with pytest.raises(NoRate, match="the last day before it with one is 2024-04-03"):
        SMALL.on(Currency.USD, date(2024, 4, 14))
    assert SMALL.on(Currency.USD, date(2024, 4, 13)).day == date(2024, 4, 3)


def test_a_table_without_days_has_no_rate() -> None:
    with pytest.raises(NoRate, match="first day for it is none"):
        parse("Date,USD\n").on(Currency.USD, date(2024, 1, 2))


CURRENCIES = st.sampled_from(
    [each for each in Currency if each not in {Currency.VND, Currency.SAR}]
)
DAYS = st.integers(0, 5_800).map(lambda days: date(2009, 1, 12) + timedelta(days=days))


@given(sold=CURRENCIES, bought=CURRENCIES, day=DAYS)
def test_there_and_back_is_one(sold: Currency, bought: Currency, day: date) -> None:
    there = shipped().cross(sold, bought, day)
    back = shipped().cross(bought, sold, day)

    assert there.day == back.day <= day
    assert there.num * back.num == there.den * back.den


def test_the_extract_is_what_its_maker_makes() -> None:
    if not ECB.exists():
        pytest.skip("the ECB's whole history is not beside the repository")

    assert extract(gzip.decompress(ECB.read_bytes()).decode()) == TARGET.read_bytes()
