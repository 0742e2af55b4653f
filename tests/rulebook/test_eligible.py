"""Delivered on a market day, eligible at midnight there, whatever clocks and months do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.rulebook import eligible_at, start_of

WEST, LONDON, BERLIN = "America/Los_Angeles", "Europe/London", "Europe/Berlin"
SAO_PAULO, BANGKOK = "America/Sao_Paulo", "Asia/Bangkok"


@pytest.mark.parametrize(
    ("day", "zone", "days", "at"),
    [
        ("2024-10-31", WEST, 15, "2024-11-15T08:00"),  # Out of summer time on the way.
        ("2024-11-01", WEST, 8, "2024-11-09T08:00"),
        ("2024-11-02", WEST, 1, "2024-11-03T07:00"),  # Clocks change two hours later.
        ("2024-11-03", WEST, 1, "2024-11-04T08:00"),
        ("2024-03-09", WEST, 1, "2024-03-10T08:00"),
        ("2024-03-10", WEST, 1, "2024-03-11T07:00"),
        ("2024-01-31", BANGKOK, 31, "2024-03-01T17:00"),  # Over the leap day.
        ("2024-02-28", BANGKOK, 1, "2024-02-28T17:00"),
        ("2023-02-28", BANGKOK, 1, "2023-02-28T17:00"),
        ("2024-02-29", LONDON, 8, "2024-03-08T00:00"),
        ("2024-03-30", LONDON, 1, "2024-03-31T00:00"),
        ("2024-03-31", LONDON, 1, "2024-03-31T23:00"),
        ("2024-12-31", BERLIN, 1, "2024-12-31T23:00"),
        ("2024-12-24", BERLIN, 8, "2024-12-31T23:00"),
        ("2017-10-14", SAO_PAULO, 1, "2017-10-15T03:00"),  # That day begins at one o'clock.
        ("2018-02-17", SAO_PAULO, 1, "2018-02-18T03:00"),  # An hour before came twice.
    ],
)
def test_eligible_at(day: str, zone: str, days: int, at: str) -> None:
    expected = datetime.fromisoformat(at).replace(tzinfo=UTC)

    assert eligible_at(date.fromisoformat(day), zone, days) == expected


@given(
    day=st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    zone=st.sampled_from([WEST, LONDON, BERLIN, SAO_PAULO, BANGKOK]),
    days=st.integers(0, 45),
)
def test_it_is_the_first_instant_of_its_day(day: date, zone: str, days: int) -> None:
    at = eligible_at(day, zone, days)

    assert at.astimezone(ZoneInfo(zone)).date() == day + timedelta(days=days)
    before = at - timedelta(microseconds=1)
    assert before.astimezone(ZoneInfo(zone)).date() == day + timedelta(days=days - 1)
    assert at == start_of(day + timedelta(days=days), zone)
