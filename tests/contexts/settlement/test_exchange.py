"""Rates: the outside's, then the operator's own over the euro; always of a day before."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from entrepot.contexts import settlement
from entrepot.contexts.settlement import OwnRate, Rate
from entrepot.contexts.settlement.exchange import Exchange
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import BadInput, Forbidden
from entrepot.kernel.tx import Tx
from tests.contexts.settlement.owed import (
    DAY,
    MERCHANT,
    NO_RATES,
    Table,
    account,
    acting,
    claim,
    settled,
    start_of,
)

EUR, USD, GBP, VND, SAR = Currency.EUR, Currency.USD, Currency.GBP, Currency.VND, Currency.SAR
EVE = DAY - timedelta(days=1)
QUOTED = Rate(num=107, den=100, day_on=EVE, source="ECB")
OUTSIDE = Table((EUR, USD, QUOTED))


def own(currency: Currency = VND, day: date = EVE, per_euro: str = "27000") -> OwnRate:
    return OwnRate(currency=currency, day_on=day, per_euro=Decimal(per_euro), source="our bank")


def between(source: Currency, target: Currency) -> tuple[Fraction, str] | None:
    found = Exchange(OUTSIDE, {VND: own(), SAR: own(SAR, date(2024, 1, 1), "4.05")}).before(
        source, target, DAY
    )
    return None if found is None else (Fraction(found.num, found.den), found.source)


def test_what_is_quoted_outside_is_taken_from_there() -> None:
    assert between(EUR, USD) == (Fraction(107, 100), "ECB")


def test_what_is_not_goes_over_the_euro() -> None:
    """Smallest units: a cent is 270 dong, for the dong has none."""
    assert between(EUR, VND) == (Fraction(270), "our bank")
    assert between(VND, EUR) == (Fraction(1, 270), "our bank")
    assert between(USD, VND) == (270 / Fraction(107, 100), "ECB, our bank")
    assert between(SAR, VND) == (270 / Fraction(405, 100), "our bank")
    assert between(USD, GBP) is None
    assert between(GBP, VND) is None


def test_a_cross_rate_is_as_old_as_its_older_leg() -> None:
    exchange = Exchange(OUTSIDE, {SAR: own(SAR, date(2024, 1, 1), "4.05")})

    found = exchange.before(USD, SAR, DAY)

    assert found is not None and found.day_on == date(2024, 1, 1)


@given(st.decimals("0.0001", "1000000", places=4))
def test_there_and_back_is_no_change(per_euro: Decimal) -> None:
    exchange = Exchange(OUTSIDE, {VND: own(per_euro=str(per_euro))})

    there, back = exchange.before(USD, VND, DAY), exchange.before(VND, USD, DAY)

    assert there is not None and back is not None
    assert there.num * back.num == there.den * back.den


def test_payouts_take_the_operators_rate_of_the_day_before(tx: Tx) -> None:
    boss = acting(tx, "person:9", "settlement:run")
    rates = [
        own(day=EVE - timedelta(days=1), per_euro="1"),
        own(),
        own(day=DAY, per_euro="2"),
    ]
    assert settlement.set_rates(boss, rates) == rates
    account(tx, currency=VND)
    settled(tx, 107_00)

    [payout] = settlement.make_payouts(tx, start_of(DAY), OUTSIDE)

    assert payout.payout == Money(2_700_000, VND)
    assert payout.rate is not None
    assert (payout.rate.day_on, payout.rate.source) == (EVE, "ECB, our bank")


def test_a_rate_can_be_corrected(tx: Tx) -> None:
    settlement.set_rates(tx, [own(), own(per_euro="26000")])
    settlement.set_rates(tx, [own(per_euro="27000.5")])

    rows = tx.sql.execute(text("select currency, day_on, per_euro from settlement.rates")).all()
    assert [tuple(row) for row in rows] == [("VND", EVE, Decimal("27000.5"))]


def test_which_rates_are_refused(tx: Tx) -> None:
    boss = acting(tx, "person:9", "settlement:run")
    nameless = OwnRate(currency=VND, day_on=EVE, per_euro=Decimal(1), source="")

    outcomes = settlement.set_rates(
        boss,
        [own(per_euro="0"), own(per_euro="-1"), own(per_euro="NaN"), own(EUR), nameless],
    )
    [forbidden] = settlement.set_rates(acting(tx, "person:1", "payout:read"), [own()])

    assert [type(outcome) for outcome in outcomes] == [BadInput] * 5
    assert isinstance(forbidden, Forbidden)
    assert tx.sql.scalar(text("select count(*) from settlement.rates")) == 0


@pytest.mark.parametrize(
    ("market", "due_at"),
    [
        ("gb", datetime(2024, 4, 15, 23, tzinfo=UTC)),  # Midnight in London, in summer.
        ("th", datetime(2024, 4, 15, 17, tzinfo=UTC)),  # Midnight in Bangkok.
    ],
)
def test_the_day_is_the_markets(tx: Tx, market: str, due_at: datetime) -> None:
    account(tx, currency=EUR)
    amount = Money(500_00, Currency.GBP if market == "gb" else Currency.THB)
    long_ago = datetime(2024, 1, 1, 12, tzinfo=UTC)
    settlement.claim(tx, [claim(market=market, amount=amount, started_at=long_ago)])
    settlement.close_day(tx, market, date(2024, 4, 16))
    rate = Rate(num=1, den=1, day_on=EVE, source="ECB")
    table = Table((amount.currency, EUR, rate))

    [payout] = settlement.make_payouts(tx, due_at, table)

    assert payout.payee_id == MERCHANT
    assert table.asked == [date(2024, 4, 16)]


def test_nobody_knows_a_rate(tx: Tx) -> None:
    account(tx, currency=VND)
    settled(tx, 100_00)

    assert settlement.make_payouts(tx, start_of(DAY), NO_RATES) == []
