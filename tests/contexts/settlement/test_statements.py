"""Statements: one for each payee, shop and currency of a day; what is settled is settled once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.contexts import settlement
from entrepot.contexts.settlement import NO_SHOP, Hold, NewClaim, Statement
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import NotFound
from entrepot.kernel.tx import Tx
from tests.contexts.settlement.owed import (
    DAY,
    MERCHANT,
    OTHER_MERCHANT,
    OTHER_SHOP,
    SHOP,
    acting,
    booked,
    claim,
    close,
    correction,
    days_after,
    ids,
    settled,
    start_of,
)

RELEASED_ON = date(2024, 5, 1)  # 30 days after delivery on 2024-04-01.


def net(statements: list[Statement]) -> list[int]:
    return [statement.net_minor for statement in statements]


def test_a_statement_for_each_payee_shop_and_currency(tx: Tx) -> None:
    settlement.claim(
        tx,
        [
            claim(10_00),
            claim(5_00),
            claim(-2_00),
            claim(1_00, amount=Money(1_00, Currency.EUR)),
            claim(7_00, shop_id=OTHER_SHOP),
            claim(3_00, payee_id=OTHER_MERCHANT, shop_id=NO_SHOP),
        ],
    )

    statements = close(tx)

    assert [
        (each.payee_id, each.shop_id, each.currency, each.claims, each.net_minor)
        for each in statements
    ] == [
        (MERCHANT, SHOP, Currency.EUR, 1, 1_00),
        (MERCHANT, SHOP, Currency.USD, 3, 13_00),
        (MERCHANT, OTHER_SHOP, Currency.USD, 1, 7_00),
        (OTHER_MERCHANT, NO_SHOP, Currency.USD, 1, 3_00),
    ]
    assert {each.due_at for each in statements} == {start_of(DAY)}
    assert booked(tx, OTHER_MERCHANT) == {"on_hold": 3_00, "available": -3_00}


def test_a_claim_waits_for_its_day_and_is_settled_once(tx: Tx) -> None:
    settlement.claim(tx, [claim(10_00)])

    early = close(tx, days_after(DAY, -1))
    on_day = close(tx)
    again = close(tx)
    late = close(tx, days_after(DAY, 1))
    before = close(tx, days_after(DAY, -3))

    assert (early, net(on_day), again, late, before) == ([], [10_00], [], [], [])
    assert booked(tx) == {"on_hold": 10_00, "available": -10_00}
    [settled_claim] = settlement.claims_of_statement(tx, on_day[0].id)
    assert settled_claim.statement_id == on_day[0].id


def test_a_day_that_was_missed_is_settled_on_the_next_one_that_is_closed(tx: Tx) -> None:
    settlement.claim(tx, [claim(10_00), claim(4_00, started_at=tx.now + timedelta(days=3))])

    [statement] = close(tx, days_after(DAY, 10))

    assert (statement.claims, statement.net_minor) == (2, 14_00)


def test_the_next_day_is_the_first_on_which_something_is_due(tx: Tx) -> None:
    assert settlement.next_days(tx) == []
    settlement.claim(tx, [claim(), claim(started_at=tx.now + timedelta(days=9))])

    first = settlement.next_days(tx)
    close(tx)
    second = settlement.next_days(tx)
    close(tx, days_after(DAY, 9))

    assert first == [(start_of(DAY), "us", DAY)]
    assert second == [(start_of(days_after(DAY, 9)), "us", days_after(DAY, 9))]
    assert settlement.next_days(tx) == []


def test_an_open_case_keeps_claims_off(tx: Tx) -> None:
    held, free = claim(10_00), claim(5_00)
    settlement.claim(tx, [held, free])
    opened = Hold(order_id=held.source_id, reason="dispute", reference=1, at=tx.now)
    settlement.hold(tx, [opened])
    settlement.hold(tx, [opened])

    with_case = close(tx)
    closed_at = start_of(DAY) + timedelta(hours=5)
    settlement.let_go(
        tx, [Hold(order_id=held.source_id, reason="dispute", reference=1, at=closed_at)]
    )
    after = close(tx, days_after(DAY, 1))

    assert (net(with_case), net(after)) == ([5_00], [10_00])


def test_a_day_closed_late_does_not_know_what_came_later(tx: Tx) -> None:
    """A case that was opened after the day's first instant did not hold it, however late it is."""
    held = claim(10_00)
    settlement.claim(tx, [held])
    settlement.hold(
        tx,
        [
            Hold(
                order_id=held.source_id,
                reason="dispute",
                reference=1,
                at=start_of(DAY) + timedelta(hours=1),
            )
        ],
    )

    assert net(close(tx)) == [10_00]


def test_a_refund_after_the_statement_is_a_row_of_a_later_one(tx: Tx) -> None:
    sale = claim(10_00)
    settlement.claim(tx, [sale])
    [first] = close(tx)
    settlement.claim(tx, [correction(sale, -4_00, start_of(DAY) + timedelta(hours=1))])

    [second] = close(tx, days_after(DAY, 1))

    assert (first.net_minor, second.net_minor) == (10_00, -4_00)
    assert settlement.statements(tx, [first.id]) == [first]
    assert booked(tx) == {"on_hold": 6_00, "available": -6_00}


# Reserves: level 2 holds a tenth until 30 days after delivery.


def reserved(tx: Tx, *minors: int) -> list[NewClaim]:
    settlement.set_reserve_level(tx, SHOP, 2, "late")
    sales = [claim(minor) for minor in minors]
    settlement.claim(tx, sales)
    return sales


def test_a_reserve_is_held_and_released(tx: Tx) -> None:
    reserved(tx, 100_00, 50_05)

    [first] = close(tx)
    assert (first.minor, first.reserved_minor, first.net_minor) == (150_05, 15_00, 135_05)
    assert booked(tx) == {"on_hold": 150_05, "reserve": -15_00, "available": -135_05}
    assert settlement.next_days(tx) == [(start_of(RELEASED_ON), "us", RELEASED_ON)]

    [second] = close(tx, RELEASED_ON)
    assert (second.claims, second.released_minor, second.net_minor) == (0, 15_00, 15_00)
    assert booked(tx) == {"on_hold": 150_05, "available": -150_05}
    assert settlement.next_days(tx) == []


def test_a_refund_takes_its_own_reserve_first(tx: Tx) -> None:
    sale, _ = reserved(tx, 100_00, 50_00)
    close(tx)

    settlement.claim(tx, [correction(sale, -4_00, start_of(DAY) + timedelta(hours=1))])
    [part] = close(tx, days_after(DAY, 1))
    settlement.claim(tx, [correction(sale, -30_00, start_of(DAY) + timedelta(days=1, hours=1))])
    [rest] = close(tx, days_after(DAY, 2))
    [last] = close(tx, RELEASED_ON)

    assert (part.consumed_minor, part.net_minor) == (4_00, 0)
    assert (rest.consumed_minor, rest.net_minor) == (6_00, -24_00)
    assert (last.released_minor, last.net_minor) == (5_00, 5_00)
    assert booked(tx) == {"on_hold": 116_00, "available": -116_00}


def test_a_reserve_that_is_used_up_asks_for_no_more_days(tx: Tx) -> None:
    [sale] = reserved(tx, 100_00)
    close(tx)
    settlement.claim(tx, [correction(sale, -100_00, start_of(DAY) + timedelta(hours=1))])
    close(tx, days_after(DAY, 1))

    assert settlement.next_days(tx) == []
    assert close(tx, RELEASED_ON) == []
    assert booked(tx) == {}


def test_of_what_went_back_before_its_statement_nothing_is_held(tx: Tx) -> None:
    whole, half = reserved(tx, 100_00, 60_00)
    settlement.claim(
        tx,
        [
            correction(whole, -100_00, tx.now + timedelta(days=2)),
            correction(half, -2_00, tx.now + timedelta(days=2)),
        ],
    )

    [first] = close(tx)
    [last] = close(tx, RELEASED_ON)

    assert (first.minor, first.net_minor) == (58_00, 54_00)
    assert first.reserved_minor - first.consumed_minor == 4_00
    assert (last.released_minor, last.net_minor) == (4_00, 4_00)
    assert booked(tx) == {"on_hold": 58_00, "available": -58_00}


def test_a_reserve_whose_time_is_over_is_not_held(tx: Tx) -> None:
    reserved(tx, 100_00)

    [late] = close(tx, RELEASED_ON)

    assert (late.reserved_minor, late.net_minor) == (0, 100_00)


AMOUNTS = st.lists(st.integers(1, 10**9), min_size=1, max_size=5)
REFUNDS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 100)), max_size=2)
DAYS = st.dictionaries(st.integers(-10, 20), REFUNDS, max_size=4)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(amounts=AMOUNTS, days=DAYS)
def test_open_reserves_are_the_ledgers_and_end_at_zero(
    tx: Tx, amounts: list[int], days: dict[int, list[tuple[int, int]]]
) -> None:
    """Refunds of some per cent of what is left of some sale, on any days before or after."""
    with tx.sql.begin_nested() as kept:
        sales, left = reserved(tx, *amounts), [*amounts]
        held = net_sum = 0
        for offset, refunds in [*sorted(days.items()), (60, [])]:
            day = days_after(DAY, offset)
            for number, per_cent in refunds:
                n = number % len(sales)
                back = left[n] * per_cent // 100
                left[n] -= back
                at = max(start_of(day) - timedelta(hours=1), tx.now)
                settlement.claim(tx, [correction(sales[n], -back, at)])
            for statement in close(tx, day):
                held += statement.reserved_minor
                held -= statement.consumed_minor + statement.released_minor
                net_sum += statement.net_minor
            stands = booked(tx)
            assert -stands.get("reserve", 0) == held >= 0
            assert -stands.get("available", 0) == net_sum
        assert held == 0
        assert net_sum == sum(left)
        kept.rollback()


def test_who_sees_a_statement(tx: Tx) -> None:
    statement = settled(tx, 10_00)
    reader = acting(tx, "person:1", "statement:read")
    nobody = acting(tx, "person:2", "payout:read")

    assert settlement.statements(reader, [statement.id]) == [statement]
    assert ids(settlement.statement_page(reader, payee=MERCHANT, shop=SHOP)) == [statement.id]
    assert settlement.statement_page(reader, shop=OTHER_SHOP) == []
    [hidden] = settlement.statements(nobody, [statement.id])
    assert isinstance(hidden, NotFound)
    assert settlement.statement_page(nobody) == []


def test_pages_of_statements_and_claims(tx: Tx) -> None:
    settlement.claim(
        tx, [claim(n, started_at=datetime(2024, 4, n, 12, tzinfo=UTC)) for n in (1, 2, 3)]
    )
    made = [close(tx, days_after(DAY, n))[0] for n in range(3)]
    more = settled(tx, 1, 2, 3, started_at=datetime(2024, 4, 9, tzinfo=UTC), day=date(2024, 5, 9))

    first = settlement.statement_page(tx, limit=2)
    rest = settlement.statement_page(tx, after=(first[-1].due_at, first[-1].id))
    page = settlement.claims_of_statement(tx, more.id, limit=2)
    last = settlement.claims_of_statement(tx, more.id, after=page[-1].id)

    assert ids([*first, *rest]) == [more.id, *ids(made)[::-1]]
    assert [each.amount.minor for each in [*page, *last]] == [1, 2, 3]


@pytest.mark.parametrize("minors", [(0,), (5, -5)])
def test_a_statement_over_nothing_posts_nothing(tx: Tx, minors: tuple[int, ...]) -> None:
    assert settled(tx, *minors).net_minor == 0
    assert booked(tx) == {}
