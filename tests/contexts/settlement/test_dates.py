"""When a claim can be settled: market days, tiers, and the rule of the day of delivery."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from entrepot.contexts import settlement
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.settlement import NO_SHOP, Claim, Standing
from entrepot.kernel.problems import BadInput
from entrepot.kernel.tx import Tx
from tests.contexts.settlement.owed import MERCHANT, SHOP, claim, correction


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def written(tx: Tx, **given: Any) -> Claim:
    new = claim(**given)
    settlement.claim(tx, [new])
    [found] = settlement.claims_of_orders(tx, [new.source_id])
    return found


@pytest.mark.parametrize(
    ("delivered", "eligible", "rule"),
    [
        # The last evening of October in Los Angeles: the old rule, 15 days, standard time by then.
        (utc(2024, 11, 1, 6, 59), utc(2024, 11, 15, 8), "settlement/us/2023-01-01@1"),
        # A minute later it is November: the default tier of the new rule, 7+1 days.
        (utc(2024, 11, 1, 7), utc(2024, 11, 9, 8), "settlement/us/2024-11-01@1"),
        # Over the leap day, and over the change to summer time on 10 March.
        (utc(2024, 2, 29, 20), utc(2024, 3, 15, 7), "settlement/us/2023-01-01@1"),
        # The end of a month and of a year.
        (utc(2023, 12, 31, 20), utc(2024, 1, 15, 8), "settlement/us/2023-01-01@1"),
    ],
)
def test_days_are_the_markets(tx: Tx, delivered: datetime, eligible: datetime, rule: str) -> None:
    found = written(tx, started_at=delivered)

    assert (found.eligible_at, found.rules) == (eligible, (rule,))


@pytest.mark.parametrize(
    ("tier", "eligible"),
    [
        ("long", utc(2024, 12, 6, 8)),
        ("standard", utc(2024, 11, 13, 8)),
        ("accelerated", utc(2024, 11, 10, 8)),
        ("short", utc(2024, 11, 6, 8)),
    ],
)
def test_the_tier_of_the_month_of_delivery_decides(tx: Tx, tier: str, eligible: datetime) -> None:
    score = {"long": 0, "standard": 250, "accelerated": 350, "short": 400}[tier]
    month = date(2024, 11, 1)
    standing = Standing(
        shop_id=SHOP, month_on=month, score=score, shipped_orders=500, source="test"
    )
    settlement.set_standings(tx, [standing])
    settlement.decide_tiers(tx, month, {SHOP: ("us", "cross_border")}, utc(2024, 11, 1, 7))

    found = written(tx, started_at=utc(2024, 11, 5, 20))

    assert (found.tier, found.eligible_at) == (tier, eligible)
    assert written(tx, started_at=utc(2024, 12, 5, 20)).tier == "standard"  # No row: the default.


@pytest.mark.parametrize(
    ("given", "eligible"),
    [
        ({"basis": "supply_price_on_receipt"}, utc(2024, 5, 1, 7)),
        ({"basis": "supply_price_on_sale"}, utc(2024, 4, 22, 7)),
        ({"basis": "supply_price_on_sale", "days": 3}, utc(2024, 4, 4, 7)),
        ({"at_least_days": 20}, utc(2024, 4, 21, 7)),
        ({"at_least_days": 1}, utc(2024, 4, 16, 7)),
    ],
)
def test_agreements_and_other_bases(tx: Tx, given: dict[str, Any], eligible: datetime) -> None:
    found = written(tx, shop_id=NO_SHOP, tier_shop=NO_SHOP, **given)

    assert found.eligible_at == eligible


def test_a_correction_goes_with_what_it_corrects(tx: Tx) -> None:
    sale = claim()
    settlement.claim(tx, [sale])

    settlement.claim(
        tx,
        [
            correction(sale, -10_00, utc(2024, 4, 3)),
            correction(sale, -20_00, utc(2024, 6, 3)),
        ],
    )

    first, soon, late = settlement.claims_of_orders(tx, [sale.source_id])
    assert soon.eligible_at == first.eligible_at == utc(2024, 4, 16, 7)
    assert late.eligible_at == utc(2024, 6, 3)
    assert soon.rules == first.rules
    assert [each.reserve_bp for each in (first, soon, late)] == [0, 0, 0]


def test_a_correction_of_nothing_is_a_bug(tx: Tx) -> None:
    with pytest.raises(AssertionError, match="corrects no sale"):
        settlement.claim(tx, [correction(claim(), -1, utc(2024, 4, 3))])


def test_a_claim_is_written_once(tx: Tx) -> None:
    new = claim()

    settlement.claim(tx, [new])
    settlement.claim(tx, [new])

    assert len(settlement.claims_of_orders(tx, [new.source_id])) == 1


@pytest.mark.parametrize(
    ("level", "rate", "until"),
    [(1, 500, utc(2024, 4, 16, 7)), (2, 1_000, utc(2024, 5, 1, 7)), (3, 2_000, utc(2024, 5, 1, 7))],
)
def test_the_reserve_is_that_of_the_day_of_delivery(
    tx: Tx, level: int, rate: int, until: datetime
) -> None:
    settlement.set_reserve_level(tx, SHOP, level, "late")

    held = written(tx, started_at=tx.now)
    before = written(tx, started_at=utc(2024, 3, 31, 12))
    negative = written(tx, minor=-1, started_at=tx.now)
    foreign = written(tx, started_at=tx.now, shop_id=ShopId(99), tier_shop=ShopId(99))

    assert (held.reserve_bp, held.reserve_until) == (rate, until)
    assert [each.reserve_bp for each in (before, negative, foreign)] == [0, 0, 0]
    assert held.rules[1].startswith("reserve/")


def test_a_level_that_there_is_not(tx: Tx) -> None:
    with pytest.raises(BadInput):
        settlement.set_reserve_level(tx, SHOP, 4, "too high")


@pytest.mark.parametrize(
    ("score", "shipped", "tier"),
    [
        (None, 900, "standard"),
        (0, 0, "long"),
        (249, 900, "long"),
        (250, 0, "standard"),
        (350, 49, "standard"),
        (350, 50, "accelerated"),
        (400, 199, "accelerated"),
        (400, 200, "short"),
        (500, 200, "short"),
    ],
)
def test_a_tier_is_earned(tx: Tx, score: int | None, shipped: int, tier: str) -> None:
    """No score is the default tier; a score of zero is the longest one."""
    month = date(2024, 12, 1)
    settlement.set_standings(
        tx,
        [Standing(shop_id=SHOP, month_on=month, score=score, shipped_orders=shipped, source="op")],
    )

    at = utc(2024, 12, 1, 8)
    [once] = settlement.decide_tiers(tx, month, {SHOP: ("us", "cross_border")}, at)
    [twice] = settlement.decide_tiers(tx, month, {SHOP: ("us", "cross_border")}, at)

    assert once == twice
    assert (once.tier, once.rule) == (tier, "settlement/us/2024-11-01@1")
    assert settlement.tiers(tx, SHOP, MERCHANT) == [once]


def test_a_corrected_standing_decides_the_month_anew(tx: Tx) -> None:
    month, at = date(2024, 12, 1), utc(2024, 12, 1, 8)
    shops = {SHOP: ("us", "cross_border")}
    [first] = settlement.decide_tiers(tx, month, shops, at)

    settlement.set_standings(
        tx, [Standing(shop_id=SHOP, month_on=month, score=420, shipped_orders=300, source="op")]
    )
    [second] = settlement.decide_tiers(tx, month, shops, at)

    assert (first.tier, first.source, second.tier) == ("standard", "no score", "short")
    assert settlement.tiers(tx, SHOP, MERCHANT) == [second]


@pytest.mark.parametrize(("score", "day"), [(501, 1), (-1, 1), (100, 2)])
def test_standings_that_cannot_be(tx: Tx, score: int, day: int) -> None:
    bad = Standing(
        shop_id=SHOP, month_on=date(2024, 12, day), score=score, shipped_orders=0, source="op"
    )
    with pytest.raises(BadInput):
        settlement.set_standings(tx, [bad])
