"""What cases cost beside refunds, through the SDK: ways back, one parcel, reimbursements."""

from typing import Any

import pytest
from sqlalchemy import text
from tiktok_shop_api.generated import models
from tiktok_shop_api.generated.types import UNSET

from entrepot.contexts.aftersales import Case, Kind, Role, Verb
from entrepot.contexts.orders import OrderId
from entrepot.flows.returning import OpenCase
from tests.living import Life
from tests.surfaces.partner_api.conftest import Partner


@pytest.fixture
def life(partner: Partner) -> Life:
    made = Life(partner.work)
    made.paid_to(partner.of.merchant_id)
    return made


def arrived(partner: Partner, life: Life) -> OrderId:
    [id] = life.buy({partner.of.skus[0]: 1})
    life.on(1)
    life.deliver(life.hand_over(id))
    return id


def unwanted(life: Life, order: OrderId) -> Case:
    """Nobody of the seller's is at fault: the goods are to come back."""
    wish = OpenCase(
        order_id=order, kind=Kind.RETURN_AND_REFUND, role=Role.BUYER, reason="no_longer_wanted"
    )
    return life.step(life.open_case(wish), Verb.GRANT_RETURN, Role.MERCHANT)


def found(sdk: Any, case: Case) -> Any:
    asked = models.SearchReturnsRequest(return_ids=[str(int(case.id))])
    [told] = sdk.return_and_refund.search_returns(body=asked).data.return_orders
    return told


def test_two_returns_in_one_parcel_share_the_label(partner: Partner, life: Life, sdk: Any) -> None:
    cases = [unwanted(life, arrived(partner, life)) for _ in range(2)]
    one_buyer = text("update aftersales.cases set buyer_id = 7")
    life.do(lambda tx: tx.sql.execute(one_buyer))
    body = models.UploadReturnShippingInformationRequest(
        tracking_number="L1", return_provider_id="usps"
    )
    ids = [str(int(case.id)) for case in cases]
    assert not found(sdk, cases[0]).is_combined_return

    sdk.return_and_refund.upload_return_shipping_information(body=body, return_ids=ids)

    told = [found(sdk, case) for case in cases]
    assert [one.is_combined_return for one in told] == [True, True]
    assert [one.combined_return_id for one in told] == [ids[0], ids[0]]
    assert [one.return_method for one in told] == ["SELLER_SHIPPED"] * 2
    fees = [one.shipping_fee_amount[0] for one in told]
    assert [fee.buyer_paid_return_shipping_fee for fee in fees] == ["3.00", "2.99"]
    assert [fee.seller_paid_return_shipping_fee for fee in fees] == ["0.00", "0.00"]


def test_what_the_buyer_bears_is_not_refunded(partner: Partner, life: Life, sdk: Any) -> None:
    case = unwanted(life, arrived(partner, life))
    body = models.UploadReturnShippingInformationRequest(
        tracking_number="L1", return_provider_id="usps"
    )
    id = str(int(case.id))
    sdk.return_and_refund.upload_return_shipping_information(body=body, return_ids=[id])
    life.step(case, Verb.SEND_BACK, Role.BUYER, tracking_number="L1")
    assert found(sdk, case).refund_amount.refund_total == "102.26"  # Of 108.25.


def test_a_refund_of_the_platforms_choice_is_reimbursed(
    partner: Partner, life: Life, sdk: Any
) -> None:
    order = arrived(partner, life)
    wish = OpenCase(order_id=order, kind=Kind.REFUND, role=Role.BUYER, reason="goodwill")
    case = life.open_case(wish)
    life.step(case, Verb.REFUSE, Role.MERCHANT, reason="no_fault_found")
    life.step(case, Verb.ESCALATE, Role.BUYER)
    life.step(case, Verb.GRANT, Role.OPERATOR)

    coming = sdk.finance.get_unsettled_transactions(sort_field="order_create_time").data
    assert coming.total_count == 2
    assert coming.sum_est_settlement_amount == "94.00"
    assert coming.sum_est_adjustment_amount == "94.00"
    waiting = {one.type_: one for one in coming.transactions}
    assert waiting["ORDER"].est_settlement_amount == "0.00"
    reimbursed = waiting["PLATFORM_REIMBURSEMENT"]
    assert reimbursed.est_settlement_amount == reimbursed.est_adjustment_amount == "94.00"
    assert reimbursed.adjustment_order_id == str(int(order))
    assert reimbursed.estimated_settlement == waiting["ORDER"].estimated_settlement

    life.on(20)
    left = sdk.finance.get_unsettled_transactions(sort_field="order_create_time").data
    assert (left.total_count, left.sum_est_adjustment_amount) == (0, "0.00")
    listed = sdk.finance.get_statements(sort_field="statement_time").data.statements
    assert [one.settlement_amount for one in listed] == ["94.00"]
    assert [one.adjustment_amount for one in listed] == ["94.00"]
    told = sdk.finance.get_transactions_by_statement(
        statement_id=listed[0].id, sort_field="order_create_time"
    ).data

    assert told.total_settlement_amount == "94.00"
    assert told.total_settlement_breakdown.total_adjustment_amount == "94.00"
    assert told.total_count == 2
    by_type = {one.type_: one for one in told.transactions}
    assert {*by_type} == {"ORDER", "PLATFORM_REIMBURSEMENT"}
    assert by_type["ORDER"].settlement_amount == "0.00"
    made_up = by_type["PLATFORM_REIMBURSEMENT"]
    assert (made_up.adjustment_amount, made_up.adjustment_order_id) == ("94.00", str(int(order)))


def test_an_order_that_replaces_goods_says_whose(partner: Partner, life: Life, sdk: Any) -> None:
    order = arrived(partner, life)
    wish = OpenCase(order_id=order, kind=Kind.REPLACEMENT, role=Role.BUYER, reason="damaged")
    case = life.step(life.open_case(wish), Verb.GRANT, Role.MERCHANT)

    ids = [str(int(order)), str(case.replacement_id)]
    first, again = sdk.orders.get_order_detail(ids=ids).data.orders

    assert (first.is_replacement_order, again.is_replacement_order) == (False, True)
    assert again.replaced_order_id == str(int(order))
    assert first.replaced_order_id is UNSET
