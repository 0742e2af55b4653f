"""One order in each operating mode, from quote to paid-out statement."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from entrepot.contexts import inventory, orders, promotions, settlement
from entrepot.contexts.aftersales import Reason
from entrepot.contexts.ledger import Purpose
from entrepot.contexts.orders import CancelReason, Side, State
from entrepot.flows import receiving, refunding, shipping
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx
from tests import filling
from tests.conftest import Installation
from tests.living import Life


def state(life: Life, order: orders.OrderId) -> State:
    return life.do(lambda tx: only(orders.by_ids(tx, [order]))).state


def test_a_self_operated_order_in_the_us(life: Life) -> None:
    shop = filling.shop(life.work, "self-operated", price_minor=10_000)
    life.paid_to(shop.merchant_id)
    [order] = life.buy({shop.skus[0]: 2})
    assert state(life, order) is State.ON_HOLD
    life.on(1)
    assert state(life, order) is State.AWAITING_SHIPMENT
    parcel = life.hand_over(order)
    life.on(3)
    life.deliver(parcel)
    life.check()
    # 2 x $100, California 8.25 % on top; fee 6 % of 200.00 without the tax.
    assert life.balance(Purpose.ON_HOLD, shop.merchant_id) == -(20_000 - 1_200)
    assert life.balance("fee_revenue:platform_commission") == -1_200
    life.on(14)
    assert life.balance(Purpose.AVAILABLE, shop.merchant_id) == 0
    life.on(2)
    assert life.balance(Purpose.BANK) == -18_800
    assert life.balance(Purpose.ON_HOLD, shop.merchant_id) == 0
    life.check()
    life.explained([order])


@pytest.mark.parametrize(
    ("mode", "owed"),
    [
        ("full-managed-direct-purchase", 0),
        ("full-managed-consignment", 8_000),
        ("semi-managed", 20_000 - 1_600),
        ("semi-managed-temu-like", 8_000),
        ("semi-managed-aliexpress-like", 20_000 - 1_600),
    ],
)
def test_the_other_modes(life: Life, mode: str, owed: int) -> None:
    shop = filling.shop(life.work, mode, price_minor=10_000, stock=10)
    life.paid_to(shop.supplier_id)
    if shop.merchant_id != shop.supplier_id:
        life.paid_to(shop.merchant_id)
    [order] = life.buy({shop.skus[0]: 2})
    life.on(1)
    life.deliver(life.hand_over(order))
    life.check()
    payee = shop.supplier_id
    bought = 10 * filling.UNIT_COST if mode == "full-managed-direct-purchase" else 0
    assert life.balance(Purpose.ON_HOLD, payee) == -(owed + bought)
    life.on(60)
    assert life.balance(Purpose.BANK) == -(owed + bought)
    life.check()
    life.explained([order])


def test_a_refund_after_payout_becomes_a_negative_row(life: Life) -> None:
    shop = filling.shop(life.work, price_minor=10_000)
    life.paid_to(shop.merchant_id)
    [order] = life.buy({shop.skus[0]: 2})
    life.on(1)
    life.deliver(life.hand_over(order))
    life.on(20)
    assert life.balance(Purpose.BANK) == -18_800
    life.refund(
        refunding.RefundWish(order_id=order, pos=1, units=1, reason=Reason.DAMAGED, restock=True)
    )
    life.check()
    # Half of everything goes back: 94.00 of the merchant, 6.00 of the fee, 8.25 of the tax.
    assert life.balance(Purpose.ON_HOLD, shop.merchant_id) == 9_400
    assert life.balance("fee_revenue:platform_commission") == -600
    life.on(2)
    assert life.balance(Purpose.AVAILABLE, shop.merchant_id) == 9_400
    [again] = life.buy({shop.skus[0]: 1})
    life.on(1)
    life.deliver(life.hand_over(again))
    life.on(20)
    assert life.balance(Purpose.BANK) == -18_800  # 94.00 owed, 94.00 earned: nothing to pay.
    assert life.balance(Purpose.AVAILABLE, shop.merchant_id) == 0
    life.check()
    life.explained([order, again])


def test_cancelled_before_dispatch(life: Life) -> None:
    shop = filling.shop(life.work, price_minor=10_000, stock=2)
    [order] = life.buy({shop.skus[0]: 2})
    life.cancel(orders.Cancellation(order_id=order, by=Side.BUYER, reason=CancelReason.BUYER_ASKED))
    assert state(life, order) is State.CANCELLED
    assert life.balance(Purpose.PENDING, shop.merchant_id) == 0
    assert life.balance(Purpose.PSP_RECEIVABLE) == 0
    life.check()
    assert life.buy({shop.skus[0]: 2})  # Its stock is free again.


def test_paid_after_the_stock_was_free_again(life: Life) -> None:
    shop = filling.shop(life.work, price_minor=10_000, stock=2)
    [late] = life.buy({shop.skus[0]: 2}, paid=False)
    life.on(0.1)  # The reservation ends after half an hour, the order waits for two days.
    assert state(life, late) is State.UNPAID
    [quick] = life.buy({shop.skus[0]: 2})
    [found] = life.do(lambda tx: orders.by_ids(tx, [late]))
    assert isinstance(found, orders.Order)
    life.pay(found.group_id)
    life.pay_back()
    assert state(life, late) is State.CANCELLED
    assert state(life, quick) is State.ON_HOLD
    assert life.balance(Purpose.PSP_RECEIVABLE) == 20_000 + 1_650
    life.check()


def test_a_coupon_counts_again_when_a_late_payment_finds_nothing_left(life: Life) -> None:
    shop = filling.shop(life.work, price_minor=10_000, stock=2)
    life.do(lambda tx: _coupon(tx, shop, total=1))
    [late] = life.buy({shop.skus[0]: 2}, paid=False, coupon_codes=("TEN",))
    life.on(0.1)
    life.buy({shop.skus[0]: 2})
    [found] = life.do(lambda tx: orders.by_ids(tx, [late]))
    assert isinstance(found, orders.Order) and found.total.minor == 18_000 * 1.0825
    life.pay(found.group_id)
    life.pay_back()
    assert state(life, late) is State.CANCELLED
    life.do(lambda tx: _restock(tx, shop, 1))
    [again] = life.buy({shop.skus[0]: 1}, coupon_codes=("TEN",))
    assert state(life, again) is State.ON_HOLD
    life.check()
    life.explained([late, again])


def _coupon(tx: Tx, shop: filling.Shop, total: int) -> None:
    offer = promotions.NewPromotion(
        owner_id=shop.merchant_id,
        shop_id=shop.shop.id,
        market="us",
        layer=promotions.Layer.SELLER_COUPON,
        title="Ten per cent",
        currency=Currency.USD,
        starts_at=tx.now - timedelta(days=1),
        ends_at=tx.now + timedelta(days=90),
        code="TEN",
        rate_bp=1_000,
        limits=promotions.Limits(total=total),
    )
    only(promotions.create(tx, [offer]))


def _restock(tx: Tx, shop: filling.Shop, units: int) -> None:
    receipt = inventory.NewReceipt(
        sku_id=shop.skus[0],
        location_id=shop.location.id,
        owner_id=shop.merchant_id,
        accepted=units,
    )
    only(receiving.receive(tx, [receiving.Arrival(receipt=receipt, market="us")]))


def test_lost_on_the_way(life: Life) -> None:
    shop = filling.shop(life.work, price_minor=10_000)
    [order] = life.buy({shop.skus[0]: 2})
    life.on(1)
    parcel = life.hand_over(order)
    arrival = shipping.Arrival(parcel_id=parcel.id)
    life.do(lambda tx: only(shipping.lose(tx, [arrival])))
    life.pay_back()
    assert state(life, order) is State.LOST
    assert life.balance(Purpose.PENDING, shop.merchant_id) == 0
    assert life.balance(Purpose.PSP_RECEIVABLE) == 0
    life.check()


def test_one_changed_unit_is_told(installation: Installation, life: Life) -> None:
    shop = filling.shop(life.work, price_minor=10_000)
    [order] = life.buy({shop.skus[0]: 2})
    life.explained([order])
    change = text("update orders.lines set payment_minor = payment_minor + 1")
    life.do(lambda tx: tx.sql.execute(change))
    with pytest.raises(AssertionError, match="paid by the buyer"):
        life.explained([order])


def test_the_day_before_and_after_a_rule_changes(life: Life) -> None:
    shop = filling.shop(life.work, price_minor=10_000)
    life.at(datetime.fromisoformat("2024-10-25T12:00:00-07:00").astimezone(UTC))
    bought = [life.buy({shop.skus[0]: 1})[0] for _ in range(2)]
    life.on(0.1)
    parcels = [life.hand_over(order) for order in bought]
    for parcel, day in zip(
        parcels, ("2024-10-31T23:59:59-07:00", "2024-11-01T00:00:00-07:00"), strict=True
    ):
        life.at(datetime.fromisoformat(day).astimezone(UTC))
        life.deliver(parcel)
    claims = life.do(lambda tx: settlement.claims_of_orders(tx, bought))
    assert [(claim.rules[0], claim.eligible_at) for claim in claims] == [
        ("settlement/us/2023-01-01@1", datetime(2024, 11, 15, 8, tzinfo=UTC)),
        ("settlement/us/2024-11-01@1", datetime(2024, 11, 9, 8, tzinfo=UTC)),
    ]


def test_what_cost_its_buyer_nothing_is_taken_back_by_units(life: Life) -> None:
    shop = filling.shop(life.work, price_minor=10_000)
    life.do(_gift)
    [order] = life.buy({shop.skus[0]: 4}, paid=False, coupon_codes=("GIFT",))
    life.listen()
    life.on(1)
    life.cancel(
        orders.Cancellation(
            order_id=order, by=Side.MERCHANT, reason=CancelReason.OUT_OF_STOCK, units={1: 2}
        )
    )
    life.deliver(life.hand_over(order))
    # Two of four units: the platform pays for 200.00, less 6 % of what it funded.
    assert life.balance(Purpose.ON_HOLD, shop.merchant_id) == -(20_000 - 1_200)
    life.refund(refunding.RefundWish(order_id=order, pos=1, units=1, reason=Reason.DAMAGED))
    assert life.balance(Purpose.ON_HOLD, shop.merchant_id) == -(10_000 - 600)
    life.check()
    life.explained([order])


def _gift(tx: Tx) -> None:
    offer = promotions.NewPromotion(
        owner_id=OrganisationId(0),
        market="us",
        layer=promotions.Layer.PLATFORM_COUPON,
        title="Everything off",
        currency=Currency.USD,
        starts_at=tx.now - timedelta(days=1),
        ends_at=tx.now + timedelta(days=90),
        code="GIFT",
        rate_bp=10_000,
        seller_share_bp=0,
    )
    only(promotions.create(tx, [offer]))
