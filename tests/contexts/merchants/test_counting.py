"""Caps hold, under any load, and are lifted by what a shop has achieved."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from entrepot.contexts import merchants
from entrepot.contexts.merchants import (
    Decision,
    OrderCapReached,
    Restriction,
    ShopId,
    ShopNotFound,
    ShopNotSelling,
    ShopState,
    Standing,
)
from entrepot.kernel.access import platform
from entrepot.kernel.problems import Problem, only
from entrepot.kernel.tx import Tx
from tests.conftest import Installation
from tests.contexts.merchants.building import facts, merchant, rows, shop

DAY = date(2024, 4, 1)


def test_each_shop_has_its_own_outcome(tx: Tx) -> None:
    new, other, grown = shop(tx), shop(tx), shop(tx, stage=None)
    suspended = shop(tx)
    merchants.suspend(tx, [Decision(shop_id=suspended.id, reason="fraud")])
    tx.held.clear()  # Another unit of work, as far as locks are concerned.
    wanted = {new.id: 50, other.id: 51, grown.id: 10_000, suspended.id: 1, ShopId(7): 1}

    outcomes = merchants.count_orders(tx, wanted, DAY)

    assert outcomes[new.id] is None and outcomes[grown.id] is None
    refused = outcomes[other.id]
    assert isinstance(refused, OrderCapReached)
    assert (refused.members["cap"], refused.members["left"]) == (50, 50)
    assert isinstance(outcomes[suspended.id], ShopNotSelling)
    assert isinstance(outcomes[ShopId(7)], ShopNotFound)
    days = tx.sql.execute(text("select shop_id, day_on, orders from merchants.shop_days")).all()
    assert [tuple(day) for day in days] == [(new.id, DAY, 50)]


def test_the_last_place_is_taken_once_a_day(tx: Tx) -> None:
    one = shop(tx)

    def count(n: int, day: date = DAY) -> Problem | None:
        return merchants.count_orders(tx, {one.id: n}, day)[one.id]

    assert count(49) is None
    assert isinstance(count(2), OrderCapReached)
    assert count(1) is None
    refused = count(1)
    assert isinstance(refused, OrderCapReached) and refused.members["left"] == 0
    assert count(50, DAY + timedelta(days=1)) is None


def test_a_restriction_caps_a_grown_shop_and_a_wider_one_lifts_no_stage(tx: Tx) -> None:
    grown, new = shop(tx, stage=None), shop(tx)
    wishes = [
        Restriction(shop_id=grown.id, reason="late dispatch", order_cap=5, listing_cap=7),
        Restriction(shop_id=new.id, reason="late dispatch", order_cap=500, listing_cap=500),
    ]
    for outcome in merchants.restrict(tx, wishes):
        assert not isinstance(outcome, Problem)
    caps = merchants.order_caps(tx, [grown.id, new.id], DAY)
    assert caps == {grown.id: 5, new.id: 50}
    assert merchants.listing_caps(tx, [grown.id, new.id]) == {grown.id: 7, new.id: 100}
    assert merchants.room_for_orders(tx, {DAY: [grown.id, new.id]}) == {
        (DAY, grown.id): 5,
        (DAY, new.id): 50,
    }


def test_who_has_no_cap_is_neither_counted_nor_held(tx: Tx) -> None:
    grown = shop(tx, stage=None)
    assert merchants.count_orders(tx, {grown.id: 3}, DAY) == {grown.id: None}
    assert merchants.listing_caps(tx, [grown.id]) == {grown.id: None}
    assert merchants.room_for_orders(tx, {DAY: [grown.id]}) == {(DAY, grown.id): None}
    assert rows(tx, "shop_days") == 0
    assert tx.held == {}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(wishes=st.lists(st.integers(1, 30), min_size=1, max_size=12), cap=st.integers(0, 60))
def test_what_is_counted_is_what_fitted(tx: Tx, wishes: list[int], cap: int) -> None:
    with tx.sql.begin_nested() as point:
        one = shop(tx, merchant(tx), stage=None)
        only(merchants.restrict(tx, [Restriction(shop_id=one.id, reason="test", order_cap=cap)]))
        tx.held.clear()
        total = 0
        for n in wishes:
            outcome = merchants.count_orders(tx, {one.id: n}, DAY)[one.id]
            assert (outcome is None) == (total + n <= cap)
            total += n if outcome is None else 0
            assert merchants.room_for_orders(tx, {DAY: [one.id]}) == {(DAY, one.id): cap - total}
        tx.held.clear()
        point.rollback()


def test_no_cap_is_ever_exceeded(installation: Installation) -> None:
    """Eight threads take orders of five shops in mixed baskets; each shop ends exactly full."""
    who = lambda sql: platform("test")
    ids = installation.work.run(who, "open", lambda tx: [shop(tx).id for _ in range(5)])

    def take(n: int) -> list[tuple[ShopId, int]]:
        wanted = {id: 1 + (n + pos) % 3 for pos, id in enumerate(ids) if (n + pos) % 4}
        wanted = dict(sorted(wanted.items(), key=lambda _: n % 2, reverse=bool(n % 2)))
        outcomes = installation.work.run(
            who, "count", lambda tx: merchants.count_orders(tx, wanted, DAY)
        )
        return [(id, wanted[id]) for id, outcome in outcomes.items() if outcome is None]

    with ThreadPoolExecutor(8) as pool:
        taken = [one for batch in pool.map(take, range(160)) for one in batch]

    with installation.engine.connect() as sql:
        stored = sql.execute(text("select shop_id, orders from merchants.shop_days")).all()
    sums = {id: sum(n for shop_id, n in taken if shop_id == id) for id in ids}
    assert {ShopId(row.shop_id): row.orders for row in stored} == sums
    assert sums == dict.fromkeys(ids, 50)


def test_a_shop_graduates_by_what_it_has_achieved(tx: Tx) -> None:
    one = shop(tx)
    later = replace(tx, now=tx.now + timedelta(days=30))
    week = replace(tx, now=tx.now + timedelta(days=7))

    [same] = merchants.graduate(week, [Standing(shop_id=one.id, delivered_orders=9)])
    assert same == one
    [second] = merchants.graduate(week, [Standing(shop_id=one.id, delivered_orders=100)])
    assert second == replace(one, stage="standard")  # The days for more have not passed.
    [third] = merchants.graduate(later, [Standing(shop_id=one.id, delivered_orders=100)])
    assert third == replace(one, stage="premium")
    old = replace(tx, now=tx.now + timedelta(days=60))
    [last] = merchants.graduate(old, [Standing(shop_id=one.id, delivered_orders=300)])
    assert last == replace(one, stage="pro", state=ShopState.ACTIVE)
    assert facts(tx) == ["merchants.shop_opened", *["merchants.shop_moved"] * 3]
    assert merchants.shops(tx, [one.id])[one.id] == last


def test_stages_may_be_skipped_and_no_score_is_not_a_low_one(tx: Tx) -> None:
    old = replace(tx, now=tx.now + timedelta(days=700))
    one = shop(replace(tx, now=tx.now + timedelta(days=670)), market="th")
    done = Standing(
        shop_id=one.id,
        quiz_passed=True,
        live_listings=10,
        delivered_orders=100,
        buyers=10,
        violations=4,
        score=300,
    )
    [unscored, violating] = merchants.graduate(
        old, [replace(done, score=None), replace(done, violations=5)]
    )
    assert unscored == violating == one
    [after] = merchants.graduate(old, [done])
    assert not isinstance(after, Problem)
    assert (after.stage, after.state) == ("premium", ShopState.PROBATION)


def test_a_restricted_shop_does_not_graduate(tx: Tx) -> None:
    one = shop(tx)
    restricted = only(merchants.restrict(tx, [Restriction(shop_id=one.id, reason="late")]))
    old = replace(tx, now=tx.now + timedelta(days=60))
    assert merchants.graduate(old, [Standing(shop_id=one.id, delivered_orders=300)]) == [restricted]
    [none] = merchants.graduate(old, [Standing(shop_id=one.id)])
    assert none == restricted
