"""Plans, their rates through time, and what a click brings."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from entrepot import rulebook
from entrepot.contexts import affiliates, identity
from entrepot.contexts.affiliates import (
    Asked,
    Click,
    NewClick,
    NewPlan,
    NoPlan,
    Permission,
    Plan,
    PlanEnded,
    PlanNotFound,
    RateChange,
)
from entrepot.contexts.catalog import ProductId
from entrepot.contexts.identity import Kind, NewOrganisation
from entrepot.contexts.merchants import NotYourDecision, Shop, ShopNotFound
from entrepot.kernel.access import Actor, Grant, OrganisationId
from entrepot.kernel.problems import BadInput, only
from entrepot.kernel.tx import Tx
from tests import filling
from tests.conftest import NOON
from tests.contexts.merchants.building import shop as opened_shop

PRODUCT, OTHER_PRODUCT = ProductId(31), ProductId(32)
DAY = timedelta(days=1)


def creator(tx: Tx) -> OrganisationId:
    wish = NewOrganisation(kind=Kind.CREATOR, name="Mei", country="US")
    return only(identity.found(tx, [wish])).id


@pytest.fixture
def shop(tx: Tx) -> Shop:
    return opened_shop(tx, stage=None)


@pytest.fixture
def mei(tx: Tx) -> OrganisationId:
    return creator(tx)


def made(tx: Tx, shop: Shop, rate_bp: int = 1000, **more: Any) -> Plan:
    return only(affiliates.make(tx, [NewPlan(shop_id=shop.id, rate_bp=rate_bp, **more)]))


def clicked(tx: Tx, shop: Shop, who: OrganisationId, product: ProductId = PRODUCT) -> Click:
    wish = NewClick(content="video:7", creator_id=who, product_id=product, shop_id=shop.id)
    return only(affiliates.click(tx, [wish]))


def rate(tx: Tx, shop: Shop, click: Click | None, at: datetime = NOON) -> tuple[int, int] | None:
    asked = Asked(click=click, product_id=PRODUCT, shop_id=shop.id)
    [found] = affiliates.rates(tx, [asked], at)
    return None if found is None else (found.plan_id, found.rate_bp)


def later(tx: Tx, by: timedelta) -> Tx:
    return replace(tx, now=tx.now + by)


def test_a_plan_is_kept_as_it_was_made(tx: Tx, shop: Shop, mei: OrganisationId) -> None:
    plan = made(tx, shop, 1500, product_id=PRODUCT, creator_id=mei, ends_at=NOON + DAY)

    assert plan == Plan(
        id=plan.id,
        merchant_id=shop.merchant_id,
        shop_id=shop.id,
        market="us",
        product_id=PRODUCT,
        creator_id=mei,
        starts_at=NOON,
        ends_at=NOON + DAY,
        rate_bp=1500,
    )
    assert affiliates.by_ids(tx, [plan.id]) == affiliates.page(tx) == [plan]
    assert affiliates.history(tx, plan) == [(NOON, 1500)]


@pytest.mark.parametrize(
    ("mode", "payer"), [("self-operated", "merchant"), ("full-managed-consignment", "platform")]
)
def test_who_pays_the_commission_promises_it(tx: Tx, mode: str, payer: str) -> None:
    shop = filling.opened_shop(tx, mode, "us")
    sides = {
        "merchant": Actor("person:1", {Grant(Permission.EDIT, shop.merchant_id)}),
        "platform": Actor("person:2", {Grant(Permission.EDIT)}),
    }
    theirs = replace(tx, actor=sides.pop(payer))
    [other] = sides.values()
    others = replace(tx, actor=other)

    [refused] = affiliates.make(others, [NewPlan(shop_id=shop.id, rate_bp=2_000)])
    assert isinstance(refused, NotYourDecision)
    assert refused.members["flag"] == "commission_payer"
    assert refused.members["decided_by"] == payer

    plan = made(theirs, shop)
    change = RateChange(plan_id=plan.id, rate_bp=2_000)
    assert isinstance(affiliates.set_rates(others, [change])[0], NotYourDecision)
    assert affiliates.history(tx, plan) == [(NOON, 1_000)]
    assert only(affiliates.set_rates(theirs, [change])).rate_bp == 2_000
    assert only(affiliates.end(others, [plan.id])).ends_at == NOON


def test_a_click_brings_the_rate_of_our_tables(tx: Tx, shop: Shop, mei: OrganisationId) -> None:
    plan = made(tx, shop, 1500)
    click = clicked(tx, shop, mei)

    [found] = affiliates.rates(tx, [Asked(click=click, product_id=PRODUCT, shop_id=shop.id)], NOON)

    assert found == affiliates.Commission(
        creator_id=mei,
        plan_id=plan.id,
        content="video:7",
        rate_bp=1500,
        base=("customer_payment", "-shipping", "shipping_discount", "-tax"),
        rule="commission/any/2023-01-01@1",
    )


def test_target_beats_open_and_product_beats_shop(tx: Tx, shop: Shop, mei: OrganisationId) -> None:
    other = creator(tx)
    whole = made(tx, shop, 500)
    click, foreign = clicked(tx, shop, mei), clicked(tx, shop, other)
    assert rate(tx, shop, click) == (whole.id, 500)

    product = made(tx, shop, 800, product_id=PRODUCT)
    assert rate(tx, shop, click) == (product.id, 800)

    target = made(tx, shop, 300, creator_id=mei)
    assert rate(tx, shop, click) == (target.id, 300)

    both = made(tx, shop, 200, creator_id=mei, product_id=PRODUCT)
    assert rate(tx, shop, click) == (both.id, 200)
    assert rate(tx, shop, foreign) == (product.id, 800)
    made(tx, shop, 2000, product_id=OTHER_PRODUCT)
    assert rate(tx, shop, click) == (both.id, 200)


def test_a_batch_keeps_its_order(tx: Tx, shop: Shop, mei: OrganisationId) -> None:
    plan = made(tx, shop, 500, product_id=PRODUCT)
    click = clicked(tx, shop, mei)
    asked = [
        Asked(click=None, product_id=PRODUCT, shop_id=shop.id),
        Asked(click=click, product_id=OTHER_PRODUCT, shop_id=shop.id),
        Asked(click=click, product_id=PRODUCT, shop_id=shop.id),
        Asked(click=click, product_id=PRODUCT, shop_id=type(shop.id)(1)),
    ]

    found = affiliates.rates(tx, asked, NOON)

    assert [each and each.plan_id for each in found] == [None, None, plan.id, None]


@pytest.mark.parametrize(
    ("after", "counts"),
    [
        (timedelta(0), True),
        (14 * DAY - timedelta(microseconds=1), True),
        (14 * DAY, False),
        (-timedelta(seconds=1), False),
    ],
)
def test_a_click_counts_for_fourteen_days(
    tx: Tx, shop: Shop, mei: OrganisationId, after: timedelta, counts: bool
) -> None:
    made(tx, shop)
    click = replace(clicked(tx, shop, mei), at=NOON + DAY)

    assert (rate(tx, shop, click, NOON + DAY + after) is not None) is counts


def test_a_rise_is_at_once_and_a_cut_after_thirty_days(
    tx: Tx, shop: Shop, mei: OrganisationId
) -> None:
    plan = made(tx, shop, 1000)
    tomorrow = later(tx, DAY)

    [raised] = affiliates.set_rates(tomorrow, [RateChange(plan_id=plan.id, rate_bp=1200)])
    [kept] = affiliates.set_rates(later(tx, 2 * DAY), [RateChange(plan_id=plan.id, rate_bp=700)])

    assert isinstance(raised, Plan) and isinstance(kept, Plan)
    assert (raised.rate_bp, kept.rate_bp) == (1200, 1200)
    assert affiliates.history(tx, plan) == [
        (NOON, 1000),
        (NOON + DAY, 1200),
        (NOON + 32 * DAY, 700),
    ]
    click = clicked(later(tx, 31 * DAY), shop, mei)
    cut = NOON + 32 * DAY
    assert rate(tx, shop, click, cut - timedelta(microseconds=1)) == (plan.id, 1200)
    assert rate(tx, shop, click, cut) == (plan.id, 700)


def test_a_new_rate_makes_an_announced_one_void(tx: Tx, shop: Shop) -> None:
    plan = made(tx, shop, 1000)
    affiliates.set_rates(tx, [RateChange(plan_id=plan.id, rate_bp=700)])

    affiliates.set_rates(later(tx, DAY), [RateChange(plan_id=plan.id, rate_bp=1100)])

    assert affiliates.history(tx, plan) == [(NOON, 1000), (NOON + DAY, 1100)]


def test_an_ended_plan_promises_nothing(tx: Tx, shop: Shop, mei: OrganisationId) -> None:
    plan = made(tx, shop)
    click = clicked(tx, shop, mei)
    tomorrow = later(tx, DAY)

    [ended] = affiliates.end(tomorrow, [plan.id])

    assert isinstance(ended, Plan)
    assert ended.ends_at == NOON + DAY
    assert rate(tx, shop, click, NOON + DAY - timedelta(microseconds=1)) is not None
    assert rate(tx, shop, click, NOON + DAY) is None
    assert isinstance(affiliates.end(tomorrow, [plan.id])[0], PlanEnded)
    change = RateChange(plan_id=plan.id, rate_bp=1100)
    assert isinstance(affiliates.set_rates(tomorrow, [change])[0], PlanEnded)
    assert affiliates.history(tx, plan) == [(NOON, 1000)]


def test_what_is_not_promoted_is_not_clicked(tx: Tx, shop: Shop, mei: OrganisationId) -> None:
    made(tx, shop, product_id=PRODUCT, starts_at=NOON + DAY)
    wish = NewClick(content="v", creator_id=mei, product_id=PRODUCT, shop_id=shop.id)

    [early], [stranger] = (
        affiliates.click(tx, [wish]),
        affiliates.click(later(tx, DAY), [replace(wish, creator_id=shop.merchant_id)]),
    )

    assert isinstance(early, NoPlan) and isinstance(stranger, NoPlan)
    assert isinstance(affiliates.click(later(tx, DAY), [wish])[0], Click)


BAD: list[tuple[str, Callable[[NewPlan], NewPlan]]] = [
    ("rate_bp", lambda plan: replace(plan, rate_bp=99)),
    ("rate_bp", lambda plan: replace(plan, rate_bp=2001)),
    ("ends_at", lambda plan: replace(plan, ends_at=NOON)),
    ("creator_id", lambda plan: replace(plan, creator_id=OrganisationId(1))),
]


@pytest.mark.parametrize(("field", "change"), BAD)
def test_what_is_not_as_it_must_be_is_refused(
    tx: Tx, shop: Shop, field: str, change: Callable[[NewPlan], NewPlan]
) -> None:
    [refusal] = affiliates.make(tx, [change(NewPlan(shop_id=shop.id, rate_bp=1000))])

    assert isinstance(refusal, BadInput)
    assert refusal.members["field"] == field
    assert affiliates.page(tx) == []


def test_the_bounds_are_those_of_the_day(tx: Tx, shop: Shop) -> None:
    plan = made(tx, shop, 8000, starts_at=datetime(2025, 1, 2, tzinfo=NOON.tzinfo))

    assert plan.rate_bp == 8000
    query = text("select rule from affiliates.rates")
    assert list(tx.sql.scalars(query)) == ["commission/any/2025-01-01@1"]


def test_a_foreign_shop_and_its_plans_are_not_there(tx: Tx, shop: Shop) -> None:
    theirs = opened_shop(tx, stage=None)
    plan = made(tx, theirs)
    mine = replace(tx, actor=Actor("person:1", {Grant(Permission.EDIT, shop.merchant_id)}))

    wishes = [NewPlan(shop_id=each.id, rate_bp=1000) for each in (theirs, shop)]
    refused, own = affiliates.make(mine, wishes)

    assert isinstance(refused, ShopNotFound)
    assert isinstance(own, Plan)
    assert affiliates.page(mine) == [own]
    assert isinstance(affiliates.by_ids(mine, [plan.id])[0], PlanNotFound)
    assert isinstance(affiliates.end(mine, [plan.id])[0], PlanNotFound)
    change = RateChange(plan_id=plan.id, rate_bp=1100)
    assert isinstance(affiliates.set_rates(mine, [change])[0], PlanNotFound)
    assert affiliates.by_ids(tx, [plan.id]) == [plan]


def test_the_base_of_commission() -> None:
    rule = rulebook.Commission(
        base=("customer_payment", "-shipping", "shipping_discount", "-tax"),
        min_rate_bp=100,
        max_rate_bp=2000,
        click_window_days=14,
        days=15,
        refund_after_payout="keep",
    )
    components = {"customer_payment": 98_00, "shipping": 5_00, "shipping_discount": 0, "tax": 8_00}

    assert affiliates.commission_base(components, rule) == 85_00
    assert affiliates.commission_base(components | {"tax": 200_00}, rule) == 0
