"""What the shipped rules say, on the days on which they change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, pairwise
from typing import Any

import pytest

from entrepot import rulebook
from entrepot.rulebook import (
    Admission,
    Commission,
    Fee,
    Market,
    MarketNotOpen,
    Mode,
    OrderTimers,
    Probation,
    Promotions,
    ReserveLevel,
    Role,
    Rulebook,
    SettlementTier,
    Tax,
    earned,
)

BOOK = rulebook.load()
MARKETS = ["br", "de", "gb", "th", "us"]
MODES = [
    "full-managed-direct-purchase",
    "full-managed-consignment",
    "semi-managed",
    "self-operated",
    "semi-managed-temu-like",
    "semi-managed-aliexpress-like",
]
RETAIL = {"basis": "retail_sale"}
# List 100, seller discount 10, platform discount 5, tax 8 on top: the buyer pays 93.
US_LINE = {"list": 10000, "seller_discount": 1000, "platform_discount": 500, "tax": 800}
US_LINE |= {"customer_payment": 9300, "shipping": 0, "shipping_discount": 0}
# Goods 80 and shipping 5 paid by the buyer, platform discount 10, VAT inside.
GB_LINE = {"customer_payment": 8500, "platform_discount": 1000}


def platform_fee(market: str, day: date, **case: str | int | tuple[str, ...]) -> Fee:
    asked = {"kind": "platform_commission", "on": "sale", "fee_scheme": "referral", **case}
    return BOOK.on(Fee, market, day).row(asked)


def days(market: str, day: date, **case: str) -> dict[str | None, int]:
    tiers = BOOK.on(SettlementTier, market, day).each({**RETAIL, **case}, by="tier")
    return {tier.tier: tier.days for tier in tiers}


@pytest.mark.parametrize(
    ("day", "fee", "per_order"),
    [(date(2023, 1, 1), 180, 30), (date(2024, 3, 31), 180, 30), (date(2024, 4, 1), 540, 0)],
)
def test_the_us_example(day: date, fee: int, per_order: int) -> None:
    row = platform_fee("us", day)

    assert (row.of(US_LINE), row.per_order_minor) == (fee, per_order)


@pytest.mark.parametrize(("day", "fee"), [(date(2024, 9, 1), 475), (date(2024, 9, 2), 855)])
def test_the_british_example(day: date, fee: int) -> None:
    assert platform_fee("gb", day).of(GB_LINE) == fee


def test_a_british_shop_pays_nothing_for_ninety_days() -> None:
    day = date(2025, 1, 1)

    assert platform_fee("gb", day, shop_age_days=89).of(GB_LINE) == 0
    assert platform_fee("gb", day, shop_age_days=90).of(GB_LINE) == 855


@pytest.mark.parametrize(
    ("case", "fee"),
    [
        ({"category": ("el-2", "el"), "shop_score": 400}, 475),
        ({"category": ("ae-2-2-3", "ae-2-2", "ae-2", "ae"), "shop_score": 500}, 475),
        ({"category": ("el-2", "el"), "shop_score": 399}, 855),
        ({"category": ("el-2", "el")}, 855),  # No score is no good one, …
        ({"category": ("el-2", "el"), "shop_score": 0}, 855),  # … and no bad one either.
        ({"category": ("ae-2", "ae"), "shop_score": 400}, 855),
        ({"category": ("el-2", "el"), "shop_score": 400, "shop_age_days": 89}, 0),
        ({"category": ("el-2", "el"), "shop_score": 400, "shop_age_days": 90}, 475),
    ],
)
def test_british_electronics_cost_less_where_the_shop_stands_well(
    case: dict[str, Any], fee: int
) -> None:
    aged = {"shop_age_days": 400, **case}

    assert platform_fee("gb", date(2024, 9, 2), **aged).of(GB_LINE) == fee
    assert platform_fee("gb", date(2024, 9, 1), **aged).of(GB_LINE) in {0, 475}


def test_american_jewellery_costs_less_and_german_rates_rose() -> None:
    rings = ("aa-6-9", "aa-6", "aa")

    assert platform_fee("us", date(2024, 3, 31), category=rings).rate_bp == 200
    assert platform_fee("us", date(2024, 4, 1), category=rings).of(US_LINE) == 450
    assert platform_fee("de", date(2026, 1, 7)).rate_bp == 500
    assert platform_fee("de", date(2026, 1, 8)).rate_bp == 900


def test_refunds_cost_a_fifth_of_the_fee_up_to_five_dollars() -> None:
    case = {"on": "refund", "fee_scheme": "referral"}

    assert BOOK.on(Fee, "us", date(2025, 5, 14)).each(case, by="kind") == []
    [fee] = BOOK.on(Fee, "us", date(2025, 5, 15)).each(case, by="kind")
    assert fee.kind == "refund_administration_fee"
    assert fee.of({"fee:platform_commission": 540}) == 108
    assert fee.of({"fee:platform_commission": 25_00}) == 5_00
    assert fee.of({"fee:platform_commission": 25_03}) == 5_00


def test_a_flash_sale_costs_one_per_cent_more() -> None:
    case = {"on": "sale", "fee_scheme": "referral", "campaign": "flash_sale"}
    version = BOOK.on(Fee, "us", date(2025, 6, 1))

    fees = {fee.kind: fee.of(US_LINE) for fee in version.each(case, by="kind")}

    assert fees == {"platform_commission": 540, "campaign_surcharge": 90}


def test_each_mode_pays_its_own_commission() -> None:
    version = BOOK.on(Fee, "us", date(2025, 6, 1))
    kinds = {
        mode.mode: [
            fee.kind
            for fee in version.each({"on": "sale", "fee_scheme": mode.fee_scheme}, by="kind")
        ]
        for mode in BOOK.on(Mode, "us", date(2025, 6, 1)).rows
    }

    assert kinds == {
        "full-managed-direct-purchase": [],
        "full-managed-consignment": [],
        "semi-managed": ["semi_managed_commission"],
        "self-operated": ["platform_commission"],
        "semi-managed-temu-like": [],
        "semi-managed-aliexpress-like": ["semi_managed_commission"],
    }


def test_cross_border_tiers_began_in_november_2024() -> None:
    case = {"seller_type": "cross_border"}
    tiers = {"long": 31, "standard": 8, "accelerated": 5, "short": 1}

    assert days("us", date(2024, 10, 31), **case) == {"standard": 15}
    assert days("us", date(2024, 11, 1), **case) == tiers


def test_other_shops_have_other_tiers() -> None:
    local = {"introductory": 15, "extended": 31, "standard": 7, "accelerated": 4, "express": 1}

    assert days("us", date(2024, 11, 1), seller_type="local") == local
    assert days("th", date(2024, 1, 1)) == {"extended": 15, "standard": 7, "express": 3}
    for market in ("gb", "de", "br"):
        assert [*days(market, date(2024, 1, 1)).values()] == [31, 8, 5, 1]


@pytest.mark.parametrize(
    ("score", "orders", "tier"),
    [
        (None, 1000, "standard"),
        (0, 1000, "long"),
        (249, 1000, "long"),
        (250, 0, "standard"),
        (350, 49, "standard"),
        (350, 50, "accelerated"),
        (400, 199, "accelerated"),
        (400, 200, "short"),
    ],
)
def test_a_standing_earns_a_tier(score: int | None, orders: int, tier: str) -> None:
    version = BOOK.on(SettlementTier, "us", date(2024, 11, 1))
    tiers = version.each({**RETAIL, "seller_type": "cross_border"}, by="tier")

    assert earned(tiers, score, orders).tier == tier


@pytest.mark.parametrize("market", MARKETS)
def test_every_group_of_tiers_takes_every_standing(market: str) -> None:
    for version in BOOK.versions[("settlement", market)]:
        for seller_type in ("local", "cross_border"):
            tiers = version.each({**RETAIL, "seller_type": seller_type}, by="tier")
            assert earned(tiers, None, 0).is_default
            assert earned(tiers, 0, 0).days == max(tier.days for tier in tiers)
            assert earned(tiers, 500, 10_000).days == min(tier.days for tier in tiers)
        for basis, wait in {"supply_price_on_receipt": 30, "supply_price_on_sale": 21}.items():
            assert version.row({"basis": basis}).days == wait


def test_reserve_levels() -> None:
    version = BOOK.on(ReserveLevel, "us", date(2024, 1, 1))

    levels = {level: version.row({"level": level}) for level in range(4)}

    assert [row.rate_bp for row in levels.values()] == [0, 500, 1000, 2000]
    assert [row.days for row in levels.values()] == [0, 15, 30, 30]


def test_timers() -> None:
    def timers(market: str, day: date) -> OrderTimers:
        return BOOK.on(OrderTimers, market, day).row({})

    assert timers("de", date(2024, 1, 1)).unpaid_h == 48
    assert timers("gb", date(2024, 1, 1)).unpaid_h == 24
    assert timers("gb", date(2024, 11, 3)).dispatched_by == "carrier_scan"
    assert timers("gb", date(2024, 11, 4)).dispatched_by == "ready_to_ship"
    assert timers("us", date(2025, 10, 22)).dispatch_business_days == 3
    assert timers("us", date(2025, 10, 23)).dispatch_business_days == 2
    assert timers("us", date(2025, 10, 23)).auto_cancel_business_days == 7


def test_probation_opens_stage_by_stage() -> None:
    caps: dict[str, list[tuple[int | None, int | None]]] = {}
    for market in ("us", "th"):
        stages = BOOK.on(Probation, market, date(2026, 1, 30)).each({}, by="stage")
        caps[market] = [(stage.orders_per_day, stage.listings) for stage in stages]
        for stage, following in pairwise(stages):
            assert stage.next is not None and stage.next.stage == following.stage
        assert stages[-1].next is None and stages[-1].channel_accounts == 4
        assert [stage.is_first for stage in stages] == [True, False, False, False]
    assert caps["us"] == [(50, 100), (100, 200), (200, 1000), (None, None)]
    assert caps["th"] == [(100, 1000), (200, 2000), (300, 3000), (None, None)]


def test_who_may_open_a_self_operated_shop_in_the_us() -> None:
    version = BOOK.on(Admission, "us", date(2024, 1, 1))
    rule = version.row({"kind": "shop", "mode": "self-operated"})

    assert rule.admits("CN", {}) and rule.admits("HK", {})
    assert rule.admits("US", {"CN": 2501})
    assert rule.admits("US", {"CN": 1300, "HK": 1300})
    assert not rule.admits("US", {"CN": 2500})
    assert not rule.admits("DE", {"CN": 9000})
    assert version.row({"kind": "shop", "mode": "semi-managed"}).admits("DE", {})


def test_categories_are_open_by_form_or_by_invitation() -> None:
    version = BOOK.on(Admission, "th", date(2024, 1, 1))

    def access(*chain: str) -> str:
        return version.row({"kind": "category", "category": chain}).access

    assert access("aa-1-13", "aa-1", "aa") == "open"
    assert access("aa-6-9", "aa-6", "aa") == "apply"
    assert access("bi-1", "bi") == "apply"
    assert access("ma") == "invite_only"


def test_american_tax_comes_on_top_by_state() -> None:
    version = BOOK.on(Tax, "us", date(2024, 1, 1))
    minnesota = version.row({"country": "US", "region": "MN"})

    assert (minnesota.jurisdiction, minnesota.rate_ppm) == ("US-MN", 68_750)
    assert minnesota.facilitator and not minnesota.included
    assert minnesota.of(100_00) == 6_88  # 6.875 dollars: half to even.
    assert version.row({"country": "US", "region": "OR"}).of(100_00) == 0
    assert version.row({"country": "MX", "region": "JAL"}).jurisdiction == "export"


def test_british_tax_is_in_the_price() -> None:
    version = BOOK.on(Tax, "gb", date(2024, 1, 1))
    britain = version.row({"country": "GB"})

    assert britain.of(120_00) == 20_00
    assert (britain.deemed_limit_minor, britain.deemed_limit_currency) == (135_00, "GBP")
    assert version.row({"country": "AU"}).of(120_00) == 0


def test_every_member_state_has_its_rate_of_the_day() -> None:
    union = set(BOOK.on(Market, "de", date(2024, 1, 1)).row({}).countries)

    def percent(country: str, day: date) -> float:
        return BOOK.on(Tax, "de", day).row({"country": country}).rate_ppm / 10_000

    for version in BOOK.versions[("tax", "de")]:
        assert {row.country for row in version.rows} == union
        assert all(row.included and row.deemed_limit_minor == 150_00 for row in version.rows)
    assert len(union) == 27
    assert [percent("EE", date(year, 7, 1)) for year in (2023, 2024, 2025)] == [20, 22, 24]
    assert [percent("FI", date(2024, month, 1)) for month in (8, 9)] == [24, 25.5]
    assert [percent("RO", date(2025, month, 1)) for month in (7, 8)] == [19, 21]
    assert percent("DE", date(2023, 1, 1)) == 19


def test_commission_and_promotions() -> None:
    commission = BOOK.on(Commission, "us", date(2025, 1, 1)).row({})

    assert BOOK.on(Commission, "us", date(2024, 12, 31)).row({}).max_rate_bp == 2000
    assert (commission.min_rate_bp, commission.max_rate_bp) == (100, 8000)
    assert commission.base_of(US_LINE) == 8500
    before = BOOK.on(Promotions, "us", date(2025, 9, 29)).row({})
    after = BOOK.on(Promotions, "us", date(2025, 9, 30)).row({})
    assert (before.flash_min_bp, before.flash_max_bp) == (500, 9900)
    assert (after.flash_min_bp, after.flash_max_bp) == (1000, 9000)
    assert after.new_customer_max_bp == 3000


def test_nobody_both_runs_settlement_and_releases_money() -> None:
    version = BOOK.on(Role, "any", date(2024, 1, 1))
    may = {row.role: set(row.permissions) for row in version.rows}

    assert len(may) == 15
    for permissions in may.values():
        assert not {"settlement:run", "payout:approve"} <= permissions
        assert not {"payout-account:edit", "payout:approve"} <= permissions
    assert "payout:approve" in may["operator-finance-approver"]
    assert "price:set" not in may["provider-staff"]


@pytest.mark.parametrize("market", MARKETS)
def test_a_market_opens_on_its_first_day_for_every_mode(market: str) -> None:
    for mode in MODES:
        assert BOOK.missing(market, mode, date(2023, 1, 1)) == []
        assert "markets" in BOOK.missing(market, mode, date(2022, 12, 31))
    assert BOOK.missing(market, "barter", date(2024, 1, 1)) == ["modes"]
    with pytest.raises(MarketNotOpen) as closed:
        BOOK.on(Fee, market, date(2022, 12, 31))
    assert closed.value.slug == "market-not-open"
    members = {"market": market, "topic": "fees", "day": "2022-12-31"}
    assert closed.value.members == members


def test_a_market_that_nobody_opened_has_no_rules_at_all() -> None:
    for row in (Mode, ReserveLevel, Fee):
        with pytest.raises(MarketNotOpen):
            BOOK.on(row, "fr", date(2024, 1, 1))


def test_a_topic_without_a_fitting_row_is_missing() -> None:
    book = Rulebook(
        {key: versions for key, versions in BOOK.versions.items() if key != ("fees", "us")}
    )

    assert book.missing("us", "self-operated", date(2024, 1, 1)) == ["fees"]
    assert book.missing("us", "full-managed-consignment", date(2024, 1, 1)) == []


def test_every_country_has_one_market() -> None:
    markets = [BOOK.on(Market, name, date(2024, 1, 1)).row({}) for name in MARKETS]

    for one, other in combinations(markets, 2):
        assert not set(one.countries) & set(other.countries)
    assert [market.name for market in markets if market.serves_rest] == ["United Kingdom"]
    assert {"US", "CA", "MX"} <= set(markets[-1].countries)


def test_every_country_finds_its_market() -> None:
    day = date(2024, 1, 1)
    served = {"US": "us", "CA": "us", "BR": "br", "TH": "th", "DE": "de", "IE": "de"}
    served |= {"GB": "gb", "AU": "gb", "NO": "gb", "ZA": "gb", "JP": "gb"}

    assert {country: BOOK.market_of(country, day) for country in served} == served
    with pytest.raises(MarketNotOpen, match="no market serves US on 2022-12-31"):
        BOOK.market_of("US", date(2022, 12, 31))


def test_known_holidays() -> None:
    def off(market: str, *days: str) -> bool:
        calendar = BOOK.on(Market, market, date(2024, 1, 1)).row({})
        return all(not calendar.is_business_day(date.fromisoformat(day)) for day in days)

    assert off("us", "2023-11-10", "2024-11-28", "2025-01-20", "2026-07-03")
    assert off("gb", "2023-01-02", "2023-05-08", "2024-03-29", "2026-12-28")
    assert off("de", "2023-05-18", "2024-05-20", "2025-10-03", "2026-04-03")
    assert off("br", "2024-11-20", "2025-04-18") and not off("br", "2023-11-20")
    assert off("th", "2024-02-26", "2024-04-15", "2025-05-12")


def test_business_days_pass_over_weekend_and_holiday() -> None:
    calendar = BOOK.on(Market, "us", date(2024, 11, 27)).row({})
    timers = BOOK.on(OrderTimers, "us", date(2025, 10, 23)).row({})
    wednesday = datetime(2024, 11, 27, 20, tzinfo=UTC)  # Noon in Los Angeles, before Thanksgiving.
    late = datetime(2024, 11, 28, 7, 59, tzinfo=UTC)  # Still Wednesday, 23:59.

    assert timers.dispatch_on(calendar, wednesday) == date(2024, 12, 2)
    assert timers.dispatch_on(calendar, late) == date(2024, 12, 2)
    assert timers.dispatch_on(calendar, late + timedelta(minutes=1)) == date(2024, 12, 2)
    assert timers.auto_cancel_on(calendar, wednesday) == date(2024, 12, 9)


def test_what_comes_after_the_cutoff_counts_as_of_the_next_day() -> None:
    calendar = BOOK.on(Market, "th", date(2024, 6, 10)).row({})
    timers = BOOK.on(OrderTimers, "th", date(2024, 6, 10)).row({})
    early = timers.model_copy(update={"cutoff_time": time(14)})
    two = datetime(2024, 6, 10, 7, tzinfo=UTC)  # Monday, 14:00 in Bangkok.

    assert early.dispatch_on(calendar, two) == date(2024, 6, 13)
    assert early.dispatch_on(calendar, two + timedelta(minutes=1)) == date(2024, 6, 14)
