"""Finance through the SDK: what is to come, what was settled, how it was paid, and its books."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tiktok_shop_api.errors import TikTokShopError
from tiktok_shop_api.generated.models import (
    GetSellerFinancialTransactionsTypesItem as Type,
)
from tiktok_shop_api.generated.models import GetStatementsPaymentStatus as Status
from tiktok_shop_api.generated.models import GetStatementsSortOrder as Order

from entrepot.contexts import ledger, settlement
from entrepot.contexts.aftersales import Reason
from entrepot.contexts.ledger import Account, Entry, Posting, Purpose
from entrepot.contexts.orders import OrderId
from entrepot.flows.refunding import RefundWish
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.tx import Tx
from entrepot.surfaces.partner_api.scopes import Scope
from tests.living import Life
from tests.surfaces.partner_api.calling import refusal, sent
from tests.surfaces.partner_api.conftest import Partner

BY_STATEMENT, BY_ORDER, BY_PAYMENT = "statement_time", "order_create_time", "create_time"
START = datetime.fromisoformat("2024-11-04T17:00:00+00:00")


@pytest.fixture
def life(partner: Partner) -> Life:
    life = Life(partner.work)
    life.at(START)
    return life


def moment(tx: Tx) -> datetime:
    return tx.now


def bought(partner: Partner, life: Life, quantity: int = 1) -> OrderId:
    [id] = life.buy({partner.of.skus[0]: quantity})
    return id


def delivered(partner: Partner, life: Life, quantity: int = 1) -> OrderId:
    id = bought(partner, life, quantity)
    life.on(1)
    life.deliver(life.hand_over(id))
    return id


def total(amounts: Iterable[str]) -> Decimal:
    return sum((Decimal(one) for one in amounts), Decimal(0))


def flat(told: Any) -> dict[str, str]:
    """All amounts of a breakdown, whatever is nested in it; what the SDK left unset is left out."""
    found: dict[str, str] = {}
    for name, value in told.to_dict().items():
        found |= value if isinstance(value, dict) else {name: value}
    return found


def adds_up(row: Any) -> None:
    """Each sum is the sum of its parts, and the settlement the sum of the sums."""
    assert Decimal(row.revenue_amount) == total(flat(row.revenue_breakdown).values())
    assert Decimal(row.shipping_cost_amount) == total(flat(row.shipping_cost_breakdown).values())
    assert Decimal(row.fee_tax_amount) == total(flat(row.fee_tax_breakdown).values())
    assert Decimal(row.settlement_amount) == total(
        [row.revenue_amount, row.shipping_cost_amount, row.fee_tax_amount]
    )


def every_page(sdk: Any, list_: Any, of: str, **asked: Any) -> list[Any]:
    rows, token = [], ""
    while True:
        data = list_(page_size=2, page_token=token, **asked).data
        rows += getattr(data, of)
        token = data.next_page_token
        if not token:
            return rows


def test_an_order_is_unsettled_until_its_day_and_says_why(
    partner: Partner, sdk: Any, life: Life
) -> None:
    id = bought(partner, life)
    price = sdk.orders.get_order_price_details(order_id=str(int(id))).data

    data = sdk.finance.get_unsettled_transactions(sort_field=BY_ORDER).data
    [waiting] = data.transactions
    assert data.total_count == 1
    assert waiting.order_id == str(int(id)) and waiting.status == "UNSETTLED"
    assert "not been delivered" in waiting.unsettled_reason
    assert waiting.est_revenue_amount == price.sku_sale_price
    assert Decimal(waiting.est_settlement_amount) == total(
        [waiting.est_revenue_amount, waiting.est_shipping_cost_amount, waiting.est_fee_tax_amount]
    )
    assert data.sum_est_settlement_amount == waiting.est_settlement_amount

    life.on(1)
    life.deliver(life.hand_over(id))
    [arrived] = sdk.finance.get_unsettled_transactions(sort_field=BY_ORDER).data.transactions
    assert arrived.est_settlement_amount == waiting.est_settlement_amount  # The estimate held.
    assert "waits for the day" in arrived.unsettled_reason
    due = int(arrived.estimated_settlement)
    assert due > arrived.order_delivery_time
    market = ZoneInfo("America/Los_Angeles")
    days = [datetime.fromtimestamp(at, market).date() for at in (arrived.order_delivery_time, due)]
    assert waiting.estimated_settlement == f"Delivered + {(days[1] - days[0]).days} days"

    risk = settlement.Hold(order_id=int(id), reason="risk", reference=1, at=life.do(moment))
    life.do(lambda tx: settlement.hold(tx, [risk]))
    [held] = sdk.finance.get_unsettled_transactions(sort_field=BY_ORDER).data.transactions
    assert "case" in held.unsettled_reason
    life.do(lambda tx: settlement.let_go(tx, [risk]))

    life.at(datetime.fromtimestamp(due, START.tzinfo))
    assert sdk.finance.get_unsettled_transactions(sort_field=BY_ORDER).data.transactions == []
    [statement] = sdk.finance.get_statements(sort_field=BY_STATEMENT).data.statements
    assert statement.statement_time == due
    assert Decimal(statement.settlement_amount) == total(
        [arrived.est_settlement_amount, statement.adjustment_amount]
    )


def test_a_statement_reconciles_with_the_price_details_of_its_orders(
    partner: Partner, sdk: Any, life: Life
) -> None:
    ids = [delivered(partner, life, n) for n in (1, 2, 3)]
    life.on(60)

    statements = every_page(sdk, sdk.finance.get_statements, "statements", sort_field=BY_STATEMENT)
    sales = {}
    for statement in statements:
        page = sdk.finance.get_transactions_by_statement(
            statement_id=statement.id, sort_field=BY_ORDER, page_size=100
        ).data
        assert page.total_count == len(page.transactions)
        assert page.payable_amount == statement.settlement_amount
        assert Decimal(page.payable_amount) == total(
            [page.total_settlement_amount, page.total_reserve_amount]
        )
        orders = [row for row in page.transactions if row.type_ == "ORDER"]
        reserves = [row for row in page.transactions if row.type_ == "RESERVE"]
        assert total(row.settlement_amount for row in orders) == Decimal(
            page.total_settlement_amount
        )
        assert total(row.reserve_amount for row in reserves) == Decimal(page.total_reserve_amount)
        for row in orders:
            adds_up(row)
            sales[row.order_id] = row
    assert {*sales} == {str(int(id)) for id in ids}

    for id in ids:
        price = sdk.orders.get_order_price_details(order_id=str(int(id))).data
        sale = sales[str(int(id))]
        assert sale.revenue_amount == price.sku_sale_price
        assert sale.revenue_breakdown.subtotal_before_discount_amount == price.sku_list_price
        assert sale.shipping_cost_amount == price.shipping_sale_price
        assert sale.supplementary_component.customer_payment_amount == price.payment
        assert sale.supplementary_component.sales_tax_payment_amount == price.tax_amount
        fee = Decimal(sale.fee_tax_breakdown.fee.referral_fee_amount)
        assert fee < 0
        by_line = sdk.finance.get_transactions_by_order(order_id=str(int(id))).data
        assert by_line.settlement_amount == sale.settlement_amount
        assert by_line.total_count == len(by_line.sku_transactions) == 1
        for line in by_line.sku_transactions:
            adds_up(line)


def test_a_refund_after_settlement_is_a_row_that_takes_back(
    partner: Partner, sdk: Any, life: Life
) -> None:
    life.at(datetime.fromisoformat("2025-06-02T17:00:00+00:00"))  # Taking back has its fee by then.
    id = delivered(partner, life, 2)
    life.on(45)
    before = sdk.finance.get_transactions_by_order(order_id=str(int(id))).data
    [sold] = before.sku_transactions

    life.refund(RefundWish(order_id=id, pos=1, units=2, reason=Reason.DAMAGED))
    life.on(3)
    rows = sdk.finance.get_transactions_by_order(order_id=str(int(id))).data.sku_transactions
    [back] = [row for row in rows if row.statement_id != sold.statement_id]
    adds_up(back)
    taken, given = back.revenue_breakdown, sold.revenue_breakdown
    assert Decimal(taken.refund_subtotal_before_discount_amount) == -Decimal(
        given.subtotal_before_discount_amount
    )
    fee = back.fee_tax_breakdown.fee
    assert Decimal(fee.referral_fee_amount) == -Decimal(
        sold.fee_tax_breakdown.fee.referral_fee_amount
    )
    kept = Decimal(fee.refund_administration_fee_amount)
    assert kept < 0
    # All that remains of a sale that was taken back whole is the fee for taking it back.
    assert total(row.settlement_amount for row in rows) == kept


def test_payments_and_movements_are_the_payouts(partner: Partner, sdk: Any, life: Life) -> None:
    life.paid_to(partner.of.merchant_id)
    for _ in range(3):
        delivered(partner, life, 10)
    life.on(60)

    statements = every_page(sdk, sdk.finance.get_statements, "statements", sort_field=BY_STATEMENT)
    paid = [one for one in statements if one.payment_status == "PAID"]
    assert paid
    payments = every_page(sdk, sdk.finance.get_payments, "payments", sort_field=BY_PAYMENT)
    assert {one.payment_id for one in paid} == {one.id for one in payments}
    for payment in payments:
        assert payment.status == "PAID" and payment.paid_time >= payment.create_time
        assert payment.bank_account == "****1"
        covered = [one.settlement_amount for one in paid if one.payment_id == payment.id]
        assert total(covered) == Decimal(payment.settlement_amount.value)

    moves = every_page(
        sdk,
        sdk.finance.get_seller_financial_transactions,
        "withdrawals",
        types=[Type.WITHDRAW, Type.SETTLE],
    )
    assert {(one.id, one.amount) for one in moves if one.type_ == "WITHDRAW"} == {
        (one.id, one.amount.value) for one in payments
    }
    assert {one.id for one in moves if one.type_ == "SETTLE"} == {one.id for one in statements}


def test_what_is_paid_beside_the_shop_is_no_movement_of_it(
    partner: Partner, sdk: Any, life: Life
) -> None:
    """A merchant that also supplies the platform is paid for both at once."""
    life.paid_to(partner.of.merchant_id)
    delivered(partner, life, 10)
    life.do(lambda tx: supplied(tx, partner.of.merchant_id, 70_00))
    life.on(60)

    moves = every_page(
        sdk,
        sdk.finance.get_seller_financial_transactions,
        "withdrawals",
        types=[Type.WITHDRAW, Type.SETTLE],
    )
    sums = {
        kind: total(one.amount for one in moves if one.type_ == kind)
        for kind in ("SETTLE", "WITHDRAW")
    }

    paid = life.do(lambda tx: settlement.payout_page(tx, payee=partner.of.merchant_id))
    assert sums["SETTLE"] == sums["WITHDRAW"] > 0
    assert sums["WITHDRAW"] + 70 == Decimal(sum(one.amount.minor for one in paid)) / 100


def supplied(tx: Tx, payee: OrganisationId, minor: int) -> None:
    """Goods of a supplier have arrived with a buyer of the platform's."""
    amount = Money(minor, Currency.USD)
    cost, owed_to = Account(Purpose.COST_OF_GOODS), Account(Purpose.ON_HOLD, payee)
    postings = (Posting(cost, amount), Posting(owed_to, -amount))
    entry = Entry(kind="supplied", reference="1:1", occurred_at=tx.now, postings=postings)
    ledger.post(tx, [entry])
    owed = settlement.NewClaim(
        payee_id=payee,
        market="us",
        kind="supply",
        source_id=1,
        amount=amount,
        breakdown={"units": 1, "unit_minor": minor},
        basis="supply_price_on_sale",
        seller_type="cross_border",
        started_at=tx.now,
    )
    settlement.claim(tx, [owed])


def test_statements_are_listed_by_time_status_and_page(
    partner: Partner, sdk: Any, life: Life
) -> None:
    for _ in range(3):
        delivered(partner, life)
    life.on(60)
    rising = every_page(
        sdk,
        sdk.finance.get_statements,
        "statements",
        sort_field=BY_STATEMENT,
        sort_order=Order.ASC,
    )
    falling = every_page(sdk, sdk.finance.get_statements, "statements", sort_field=BY_STATEMENT)
    assert [one.id for one in rising] == [one.id for one in falling][::-1]
    assert len(rising) >= 3

    second = rising[1].statement_time
    between = sdk.finance.get_statements(
        sort_field=BY_STATEMENT, statement_time_ge=second, statement_time_lt=second + 1
    ).data.statements
    assert [one.id for one in between] == [rising[1].id]
    none = sdk.finance.get_statements(sort_field=BY_STATEMENT, payment_status=Status.PAID).data
    assert none.statements == []  # Nobody has told where to pay.


def test_what_is_another_sellers_is_not_found(partner: Partner, sdk: Any, life: Life) -> None:
    id = delivered(partner, life)
    life.on(60)
    [*_, statement] = sdk.finance.get_statements(sort_field=BY_STATEMENT).data.statements
    other = partner.other_seller()
    with other.client() as foreign:
        assert foreign.finance.get_statements(sort_field=BY_STATEMENT).data.statements == []
        with pytest.raises(TikTokShopError):
            foreign.finance.get_transactions_by_statement(
                statement_id=statement.id, sort_field=BY_ORDER
            )
        with pytest.raises(TikTokShopError):
            foreign.finance.get_transactions_by_order(order_id=str(int(id)))
        data = foreign.finance.get_unsettled_transactions(sort_field=BY_ORDER).data
        assert data.transactions == [] and data.sum_est_settlement_amount == "0.00"


def test_without_the_scope_or_with_a_wrong_word_nothing_is_told(partner: Partner) -> None:
    path = "/finance/202309/withdrawals"
    assert refusal(sent(partner, "GET", path, query={"types": "GOLD"}))[0] == 400
    with partner.with_scopes(Scope.ORDER_READ).client() as narrow, pytest.raises(TikTokShopError):
        narrow.finance.get_statements(sort_field=BY_STATEMENT)


def test_the_estimate_agrees_for_every_pending_order_at_once(
    partner: Partner, sdk: Any, life: Life
) -> None:
    for n in (1, 2, 3):
        bought(partner, life, n)
        life.at(life.do(moment) + timedelta(hours=1))
    rows = every_page(
        sdk, sdk.finance.get_unsettled_transactions, "transactions", sort_field=BY_ORDER
    )
    data = sdk.finance.get_unsettled_transactions(sort_field=BY_ORDER, page_size=1).data
    assert data.total_count == len(rows) == 3
    assert total(row.est_settlement_amount for row in rows) == Decimal(
        data.sum_est_settlement_amount
    )
