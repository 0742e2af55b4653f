"""Amounts are written by the server as the dialect writes them in Python."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Tx
from entrepot.surfaces.partner_api import money
from entrepot.surfaces.partner_api.order_words import rate
from entrepot.views.sold import CURRENCIES

UNITS = dict(zip(CURRENCIES["currencies"], CURRENCIES["units"], strict=True))
AMOUNT = text("select cast(cast(:minor as bigint) * cast(:unit as numeric) as text)")
RATE = text("select cast(trim_scale(cast(:ppm as numeric) / 1000000) as text)")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # It only reads.
@given(minor=st.integers(-(2**53), 2**53), currency=st.sampled_from(Currency))
def test_amounts_are_written_alike(tx: Tx, minor: int, currency: Currency) -> None:
    told = tx.sql.execute(AMOUNT, {"minor": minor, "unit": UNITS[currency]}).scalar_one()

    assert told == money.amount(minor, currency)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # It only reads.
@given(ppm=st.integers(0, 10**7))
def test_rates_are_written_alike(tx: Tx, ppm: int) -> None:
    assert tx.sql.execute(RATE, {"ppm": ppm}).scalar_one() == rate(ppm)
