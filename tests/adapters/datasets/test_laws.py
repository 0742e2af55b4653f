"""Laws: nothing is lost when carriage is spread, wall times survive, returns never exceed."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from entrepot.adapters.datasets.carriage import spread
from entrepot.adapters.datasets.delays import drawn, quantiles
from entrepot.adapters.datasets.local_time import instant, shifted
from entrepot.adapters.datasets.online_retail_files import InvoiceLine
from entrepot.adapters.datasets.returns import Buyer, Sold, match


def local(year: int) -> datetime:
    """Noon of a New Year's Day by the clock on the wall: local times have no zone here."""
    return datetime.combine(date(year, 1, 1), time(12))


LINES = st.lists(st.tuples(st.integers(1, 5_000), st.integers(0, 10**7)), min_size=1, max_size=30)


@given(minor=st.integers(0, 10**9), lines=LINES)
def test_carriage_loses_nothing(minor: int, lines: list[tuple[int, int]]) -> None:
    units, rest = spread(minor, lines)

    assert sum(
        unit * quantity for unit, (quantity, _) in zip(units, lines, strict=True)
    ) + rest == (minor)
    assert min(units) >= 0
    assert 0 <= rest < min(quantity for quantity, _ in lines)


ZONES = st.sampled_from(["Europe/London", "America/Sao_Paulo", "UTC"]).map(ZoneInfo)
LOCAL = st.datetimes(local(2009), local(2019))


@given(local=LOCAL, weeks=st.integers(0, 1_000), zone=ZONES)
def test_a_shift_keeps_the_wall_time(local: datetime, weeks: int, zone: ZoneInfo) -> None:
    moved = shifted(local, weeks)
    at, odd = instant(moved, zone)

    assert moved.weekday() == local.weekday()
    assert moved.time() == local.time()
    assert at.tzinfo is UTC
    shown = at.astimezone(zone).replace(tzinfo=None)
    assert shown == moved or (odd and shown - moved == timedelta(hours=1))


@given(one=LOCAL, other=LOCAL, weeks=st.integers(0, 1_000))
def test_a_shift_keeps_the_order(one: datetime, other: datetime, weeks: int) -> None:
    assert (one < other) == (shifted(one, weeks) < shifted(other, weeks))


BUYERS = st.sampled_from([("1", "GB", "A"), ("1", "GB", "B"), ("2", "GB", "A"), ("", "GB", "A")])
NOON = local(2011)
DAYS = st.integers(0, 30).map(lambda days: NOON + timedelta(days=days))


@st.composite
def sold(draw: st.DrawFn) -> list[tuple[Buyer, Sold]]:
    found = draw(st.lists(st.tuples(BUYERS, DAYS, st.integers(1, 9)), max_size=12))
    return [
        (buyer, Sold(f"I{number}", 0, at, quantity))
        for number, (buyer, at, quantity) in enumerate(found)
    ]


@st.composite
def credits(draw: st.DrawFn) -> list[InvoiceLine]:
    found = draw(st.lists(st.tuples(BUYERS, DAYS, st.integers(1, 12)), max_size=12))
    return [
        InvoiceLine(
            line, f"C{line}", buyer[2], "", -quantity, at, 100, -quantity * 100, buyer[0], buyer[1]
        )
        for line, (buyer, at, quantity) in enumerate(found)
    ]


@given(sales=sold(), rows=credits())
def test_returns_never_exceed_purchases(
    sales: list[tuple[Buyer, Sold]], rows: list[InvoiceLine]
) -> None:
    matches = match(sales, rows)
    bought = {line.invoice: (buyer, line) for buyer, line in sales}
    taken = [(invoice, each) for invoice, all in matches.by_invoice.items() for each in all]
    back = Counter[str]()
    for invoice, each in taken:
        buyer, line = bought[invoice]
        assert buyer == (each.row.customer, each.row.country, each.row.article)
        assert buyer[0]
        assert line.at <= each.row.at
        back[invoice] += each.quantity
    assert all(units <= bought[invoice][1].quantity for invoice, units in back.items())
    credited = sum(each.credited for _, each in taken)
    assert credited - sum(row.amount_minor for row in matches.skipped) == -sum(
        row.amount for row in rows
    )


@given(key=st.text(max_size=20))
def test_the_same_key_draws_the_same_delays(key: str) -> None:
    delay = drawn(key)

    assert delay == drawn(key)
    assert timedelta() <= delay.to_hand_over <= timedelta(days=26)
    assert timedelta(hours=14) <= delay.to_delivery <= timedelta(days=63)


def test_the_table_of_delays() -> None:
    table = quantiles()

    assert len(table.to_hand_over) == len(table.to_delivery) == 200
    assert [*table.to_hand_over] == sorted(table.to_hand_over)
    assert [*table.to_delivery] == sorted(table.to_delivery)
    assert (table.to_hand_over[0], table.to_hand_over[-1]) == (0, 36_583)
