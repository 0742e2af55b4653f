"""Laws of exact amounts, in two languages."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from entrepot.kernel.money import Currency, Money, allocate, share, step, total
from entrepot.kernel.tx import Tx

EUR, USD = Currency.EUR, Currency.USD
BIG = st.integers(-(10**40), 10**40)  # 64 bits end before 10**19.
WEIGHTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=30).filter(any)


@given(minor=BIG, num=st.integers(-(10**22), 10**22), den=st.integers(1, 10**22))
@example(minor=-5, num=1, den=10)
@example(minor=15, num=1, den=10)
@example(minor=25, num=-1, den=10)
@example(minor=2**63 + 1, num=1, den=2)
@example(minor=-(2**64) - 1, num=3, den=2)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None
)
def test_share_says_the_same_in_two_languages(tx: Tx, minor: int, num: int, den: int) -> None:
    in_sql = text("select kernel.share(:minor, :num, :den)")
    told = tx.sql.scalar(in_sql, {"minor": minor, "num": num, "den": den})

    assert share(minor, num, den) == told
    assert told == round(Fraction(minor * num, den))  # Python rounds half to even.


@pytest.mark.parametrize(
    ("minor", "part"), [(5, 0), (15, 2), (25, 2), (35, 4), (-5, 0), (-15, -2), (-25, -2), (26, 3)]
)
def test_a_half_goes_to_the_even_neighbour(minor: int, part: int) -> None:
    assert Money(minor, EUR).share(1, 10) == Money(part, EUR)


def test_a_share_needs_something_to_share() -> None:
    with pytest.raises(AssertionError):
        share(100, 1, 0)


@given(minor=BIG, weights=WEIGHTS)
def test_allocation_loses_nothing_and_cheats_no_one(minor: int, weights: list[int]) -> None:
    parts = allocate(minor, weights)

    assert sum(parts) == minor
    assert [-part for part in parts] == allocate(-minor, weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(minor * weight, sum(weights))) < 1
        assert weight or not part


@pytest.mark.parametrize(
    ("minor", "weights", "parts"),
    [
        (5, [1, 1, 1], [2, 2, 1]),
        (-5, [1, 1, 1], [-2, -2, -1]),
        (100, [1, 2, 3], [17, 33, 50]),  # 16 2/3, 33 1/3: the larger remainder is topped up.
        (1, [1, 3], [0, 1]),
        (2, [3, 0, 3], [1, 0, 1]),
        (0, [4, 7], [0, 0]),
    ],
)
def test_the_larger_remainder_then_the_lower_line(
    minor: int, weights: list[int], parts: list[int]
) -> None:
    assert allocate(minor, weights) == parts
    assert Money(minor, EUR).allocate(weights) == [Money(part, EUR) for part in parts]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_nobody_to_allocate_to_is_a_bug(weights: list[int]) -> None:
    with pytest.raises((AssertionError, ValueError)):
        allocate(5, weights)


@given(whole=BIG, cuts=st.lists(st.integers(0, 1_000), max_size=12))
def test_what_goes_back_in_parts_adds_up_to_all(whole: int, cuts: list[int]) -> None:
    marks = [0, *sorted(cuts), 1_000]
    parts = [step(whole, before, after, 1_000) for before, after in pairwise(marks)]

    assert sum(parts) == whole
    assert [Money(whole, EUR).step(a, b, 1_000).minor for a, b in pairwise(marks)] == parts


def test_currencies_do_not_mix() -> None:
    assert Money(3, EUR) - Money(5, EUR) == Money(-2, EUR)
    assert total([Money(3, EUR), Money(4, EUR)], EUR) == Money(7, EUR)
    assert total([], USD) == Money(0, USD)
    with pytest.raises(AssertionError, match="USD and EUR"):
        Money(1, USD) + Money(1, EUR)


def test_yen_and_dong_have_no_digits_behind_the_point() -> None:
    assert {currency for currency in Currency if not currency.decimals} == {
        Currency.JPY,
        Currency.VND,
    }
