"""What is promised beside the price: campaigns, creators, caps, zero-fee windows."""

from datetime import UTC, date, datetime, timedelta

import pytest

from entrepot.contexts import affiliates, merchants, orders, promotions, settlement
from entrepot.contexts.aftersales import Reason
from entrepot.contexts.catalog import CategoryId
from entrepot.contexts.ledger import Purpose
from entrepot.contexts.merchants import OrderCapReached
from entrepot.flows import refunding
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx
from tests import filling
from tests.living import Life


def clicked(life: Life, shop: filling.Shop, plan: affiliates.Plan) -> affiliates.Click:
    creator = filling.person(life.work, "creator").organisation_id
    return affiliates.Click(
        content="video:1",
        creator_id=creator,
        plan_id=plan.id,
        product_id=shop.products[0].id,
        at=life.do(lambda tx: tx.now),
    )


def test_a_creators_share_is_ours_to_say(life: Life) -> None:
    shop = filling.shop(life.work, price_minor=10_000)
    plan = filling.plan(life.work, shop, rate_bp=500)
    click = clicked(life, shop, plan)
    life.paid_to(click.creator_id)
    [order] = life.buy({shop.skus[0]: 2}, click=click)
    raised = affiliates.RateChange(plan_id=plan.id, rate_bp=2_000)
    life.do(lambda tx: only(affiliates.set_rates(tx, [raised])))
    life.on(1)
    life.deliver(life.hand_over(order))
    # 5 % of 200.00, as it was when it was quoted; the merchant bears it.
    assert life.balance(Purpose.ON_HOLD, click.creator_id) == -1_000
    assert life.balance(Purpose.ON_HOLD, shop.merchant_id) == -(20_000 - 1_200 - 1_000)
    life.on(40)
    assert life.balance(Purpose.BANK) == -1_000
    life.check()
    life.explained([order])


def test_commission_that_was_settled_is_the_sellers_loss_or_taken_back(life: Life) -> None:
    shop = filling.shop(life.work, price_minor=10_000)
    click = clicked(life, shop, filling.plan(life.work, shop, rate_bp=1_000))
    [early] = life.buy({shop.skus[0]: 1}, click=click)
    [late] = life.buy({shop.skus[0]: 1}, click=click)
    life.on(1)
    for order in (early, late):
        life.deliver(life.hand_over(order))
    life.refund(refunding.RefundWish(order_id=early, pos=1, reason=Reason.DAMAGED))
    assert life.balance(Purpose.ON_HOLD, click.creator_id) == -1_000  # Of the other one.
    life.on(40)
    rule = life.do(lambda tx: orders.lines(tx, [late]))[0].inputs["commission"]["rule"]
    assert rule.startswith("commission/")
    life.refund(refunding.RefundWish(order_id=late, pos=1, reason=Reason.DAMAGED))
    life.check()
    life.explained([early, late])
    claims = life.do(lambda tx: settlement.claims_of_orders(tx, [late]))
    taken_back = [claim for claim in claims if claim.kind == "refund_commission"]
    kept = life.balance(Purpose.ON_HOLD, click.creator_id) == 0
    assert kept is not bool(taken_back)


def test_a_flash_sale_costs_one_per_cent_more(life: Life) -> None:
    life.at(datetime(2025, 6, 2, 12, tzinfo=UTC))
    shop = filling.shop(life.work, price_minor=10_000)
    life.do(lambda tx: _flash(tx, shop, seller_share_bp=5_000))
    [order] = life.buy({shop.skus[0]: 2})
    [line] = life.do(lambda tx: orders.lines(tx, [order]))
    parts = {part.kind: part.minor for part in line.parts}
    # 20 % off 200.00, half of it the platform's: 6 % and 1 % of 180.00.
    assert (parts["platform_commission"], parts["campaign_surcharge"]) == (1_080, 180)
    assert parts["net"] == 18_000 - 1_080 - 180
    life.explained([order])


def test_a_shops_own_flash_deal_is_no_campaign(life: Life) -> None:
    life.at(datetime(2025, 6, 2, 12, tzinfo=UTC))
    shop = filling.shop(life.work, price_minor=10_000)
    life.do(lambda tx: _flash(tx, shop))
    [order] = life.buy({shop.skus[0]: 2})
    [line] = life.do(lambda tx: orders.lines(tx, [order]))
    parts = {part.kind: part.minor for part in line.parts}
    # 20 % off 200.00, all of it the shop's: 6 % of 160.00.
    assert (parts["platform_commission"], parts.get("campaign_surcharge")) == (960, None)
    assert parts["net"] == 16_000 - 960
    life.explained([order])


def _flash(tx: Tx, shop: filling.Shop, seller_share_bp: int = 10_000) -> None:
    offer = promotions.NewPromotion(
        owner_id=shop.merchant_id,
        shop_id=shop.shop.id,
        market="us",
        layer=promotions.Layer.FLASH_DEAL,
        title="Flash",
        currency=Currency.USD,
        starts_at=tx.now - timedelta(hours=1),
        ends_at=tx.now + timedelta(hours=20),
        rate_bp=2_000,
        seller_share_bp=seller_share_bp,
    )
    only(promotions.create(tx, [offer]))


def test_a_shop_in_probation_takes_so_many_orders_a_day(life: Life) -> None:
    shop = filling.shop(life.work, price_minor=1_000, stock=100, stage="beginner")
    for _ in range(50):
        life.buy({shop.skus[0]: 1}, paid=False)
    with pytest.raises(OrderCapReached):
        life.buy({shop.skus[0]: 1}, paid=False)
    life.on(1)
    assert life.buy({shop.skus[0]: 1}, paid=False)


def test_an_order_stays_under_the_mode_that_it_was_placed_in(life: Life) -> None:
    shop = filling.shop(life.work, "self-operated", price_minor=10_000)
    [before] = life.buy({shop.skus[0]: 1})

    def change(tx: Tx) -> None:
        wish = merchants.ModeChange(
            shop_id=shop.shop.id, mode="semi-managed", from_on=tx.now.date() + timedelta(days=1)
        )
        contract = only(merchants.propose_modes(tx, [wish]))
        only(merchants.agree_modes(tx, [contract.id]))

    life.do(change)
    life.on(1)
    [after] = life.buy({shop.skus[0]: 1})
    life.on(1)
    for order in (before, after):
        life.deliver(life.hand_over(order))
    found = life.do(lambda tx: orders.lines(tx, [before, after]))
    fees = [[part.kind for part in line.parts if part.rate_ppm] for line in found]
    assert fees == [
        ["tax:US-CA", "platform_commission"],
        ["tax:US-CA", "semi_managed_commission"],
    ]
    life.check()
    life.explained([before, after])
    assert OrganisationId(0) not in {line.stock_owner for line in found}


def test_a_shop_that_stands_well_pays_less_for_collectibles(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In GB from 2024-09-02, past the free start, by the score of the order's own month."""
    cards = CategoryId("ae-2-2-3")
    monkeypatch.setattr(
        filling,
        "NAMES",
        {"ae": "Arts", "ae-2": "Hobbies", "ae-2-2": "Collectibles", cards: "Cards"},
    )
    monkeypatch.setattr(filling, "OPEN_CATEGORY", cards)
    good, fair, unknown = (
        filling.shop(life.work, market="gb", price_minor=95_00) for _ in range(3)
    )
    life.at(datetime(2024, 10, 31, 12, tzinfo=UTC))
    standings = [
        settlement.Standing(
            shop_id=of.shop.id,
            month_on=date(2024, month, 1),
            score=score,
            shipped_orders=500,
            source="test",
        )
        for of, month, score in [
            (good, 10, 400),
            (fair, 10, 399),
            (unknown, 10, None),
            (fair, 11, 400),
        ]
    ]
    life.do(lambda tx: settlement.set_standings(tx, standings))
    bought = [life.buy({of.skus[0]: 1}, market="gb") for of in (good, fair, unknown)]
    life.at(datetime(2024, 11, 1, 12, tzinfo=UTC))
    bought += [life.buy({of.skus[0]: 1}, market="gb") for of in (good, fair)]

    fees = [
        life.do(
            lambda tx, ids=ids: [  # type: ignore[misc]
                part.minor
                for line in orders.lines(tx, ids)
                for part in line.parts
                if part.kind == "platform_commission"
            ]
        )
        for ids in bought
    ]
    assert fees == [[4_75], [8_55], [8_55], [8_55], [4_75]]
    life.explained([id for ids in bought for id in ids])
