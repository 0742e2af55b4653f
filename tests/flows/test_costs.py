"""What cases cost beside their refunds: who bears a way back, and a refund of the platform's."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import text

from entrepot.contexts import aftersales, orders, settlement
from entrepot.contexts.aftersales import (
    Bearer,
    Case,
    CaseStep,
    Grade,
    Kind,
    Label,
    Role,
    State,
    Verb,
)
from entrepot.contexts.ledger import Purpose, fee_revenue
from entrepot.contexts.orders import OrderId
from entrepot.flows import returning
from entrepot.flows.returning import OpenCase
from entrepot.kernel.problems import BadInput, each, only
from tests import filling
from tests.living import Life

RULE = "aftersale_costs/us/2010-01-01@1"
FEE = 599  # Of a label in the United States.


@pytest.fixture
def order(life: Life, shop: filling.Shop) -> OrderId:
    """Two units at 100.00 in California, which arrived: 8.25 % tax on top, a fee of 6 %."""
    return arrived(life, shop)


def arrived(life: Life, shop: filling.Shop) -> OrderId:
    [id] = life.buy({shop.skus[0]: 2})
    life.on(1)
    life.deliver(life.hand_over(id))
    return id


def wish(order: OrderId, kind: Kind = Kind.REFUND, **more: object) -> OpenCase:
    """Nobody of the seller's is at fault."""
    reason = "goodwill" if kind is Kind.REFUND else "no_longer_wanted"
    given = OpenCase(order_id=order, kind=kind, role=Role.BUYER, reason=reason, units={1: 1})
    return replace(given, **more)  # type: ignore[arg-type]


def arbitrated(life: Life, case: Case, verb: Verb = Verb.GRANT) -> Case:
    life.step(case, Verb.REFUSE, Role.MERCHANT, reason="no_fault_found")
    life.step(case, Verb.ESCALATE, Role.BUYER)
    return life.step(case, verb, Role.OPERATOR)


def labelled(life: Life, *cases: Case, number: str = "L1") -> list[Case]:
    labels = [Label(case_id=case.id, carrier="usps", tracking_number=number) for case in cases]
    return life.do(lambda tx: each(returning.give_labels(tx, labels)))


def claims(life: Life, order: OrderId, kind: str) -> list[settlement.Claim]:
    found = life.do(lambda tx: settlement.claims_of_orders(tx, [order]))
    return [claim for claim in found if claim.kind == kind]


def test_the_platform_makes_up_for_a_refund_without_return_of_its_choice(
    life: Life, shop: filling.Shop, order: OrderId
) -> None:
    done = arbitrated(life, life.open_case(wish(order)))
    assert done.state is State.COMPLETED
    [claim] = claims(life, order, "compensation")
    [lost] = claims(life, order, "refund_sale")
    assert (claim.amount.minor, lost.amount.minor) == (9_400, -9_400)
    assert (claim.payee_id, claim.source_id, claim.rules[0]) == (
        shop.merchant_id,
        lost.source_id,
        RULE,
    )
    assert life.balance(Purpose.REFUND_EXPENSE) == 9_400
    assert life.balance(Purpose.ON_HOLD, shop.merchant_id) == -18_800
    life.check()
    life.explained([order])
    life.on(20)
    assert life.balance(Purpose.BANK) == -18_800
    life.check()
    life.explained([order])


def test_it_does_not_where_the_seller_was_at_fault(life: Life, order: OrderId) -> None:
    arbitrated(life, life.open_case(wish(order, reason="damaged")))
    assert claims(life, order, "compensation") == []
    assert life.balance(Purpose.REFUND_EXPENSE) == 0


def test_nor_where_the_merchant_gave_in_or_was_silent(life: Life, order: OrderId) -> None:
    life.step(life.open_case(wish(order)), Verb.GRANT, Role.MERCHANT)
    life.open_case(wish(order))
    life.on(2.5)
    life.pay_back()
    assert len(claims(life, order, "refund_sale")) == 2
    assert claims(life, order, "compensation") == []


def test_nor_where_the_goods_came_back(life: Life, order: OrderId) -> None:
    case = life.open_case(wish(order, Kind.RETURN_AND_REFUND))
    arbitrated(life, case, Verb.GRANT_RETURN)
    life.step(case, Verb.SEND_BACK, Role.BUYER, carrier="usps", tracking_number="R1")
    life.step(case, Verb.RECEIVE, Role.MERCHANT, grade=Grade.DAMAGED)
    assert claims(life, order, "compensation") == []


def test_an_empty_parcel_after_a_ruling_brought_nothing_back(life: Life, order: OrderId) -> None:
    case = life.open_case(wish(order, Kind.RETURN_AND_REFUND))
    arbitrated(life, case, Verb.GRANT_RETURN)
    life.step(case, Verb.SEND_BACK, Role.BUYER, carrier="usps", tracking_number="R1")
    life.step(case, Verb.RECEIVE, Role.MERCHANT, grade=Grade.MISSING)
    [claim] = claims(life, order, "compensation")
    assert claim.amount.minor == 9_400
    life.explained([order])


def test_what_an_operator_grants_in_the_merchants_place_is_the_platforms_choice(
    life: Life, order: OrderId
) -> None:
    life.step(life.open_case(wish(order)), Verb.GRANT, Role.OPERATOR)
    assert [claim.amount.minor for claim in claims(life, order, "compensation")] == [9_400]


def test_what_has_not_arrived_is_not_made_up_for(life: Life, shop: filling.Shop) -> None:
    [id] = life.buy({shop.skus[0]: 2})
    life.on(1)
    life.hand_over(id)
    arbitrated(life, life.open_case(wish(id)))
    assert claims(life, id, "compensation") == []
    life.check()


def test_a_buyer_without_a_fault_of_the_sellers_bears_the_label(
    life: Life, shop: filling.Shop, order: OrderId
) -> None:
    case = life.open_case(wish(order, Kind.RETURN_AND_REFUND))
    assert case.way_back_bearer is Bearer.BUYER
    life.step(case, Verb.GRANT_RETURN, Role.MERCHANT)
    [case] = labelled(life, case)
    assert (case.way_back_minor, case.amount.minor) == (FEE, 10_825)
    case = life.step(case, Verb.SEND_BACK, Role.BUYER, tracking_number="L1")
    assert case.amount.minor == 10_825 - FEE
    done = life.step(case, Verb.RECEIVE, Role.MERCHANT, grade=Grade.SELLABLE)
    assert done.state is State.COMPLETED
    [line] = life.do(lambda tx: orders.lines(tx, [order]))
    assert (line.refunded_minor, line.returned) == (10_825 - FEE, 1)
    assert claims(life, order, "return_shipping") == []  # What was not refunded stays sold.
    life.check()
    life.explained([order])


def test_a_buyer_who_sends_another_way_pays_for_no_label(life: Life, order: OrderId) -> None:
    case = life.open_case(wish(order, Kind.RETURN_AND_REFUND))
    life.step(case, Verb.GRANT_RETURN, Role.MERCHANT)
    labelled(life, case)
    sent = life.step(case, Verb.SEND_BACK, Role.BUYER, carrier="ups", tracking_number="R1")
    assert (sent.way_back_minor, sent.amount.minor) == (0, 10_825)


def test_a_seller_at_fault_bears_its_label_and_owes_nobody(life: Life, order: OrderId) -> None:
    case = returned(life, order, "damaged")
    assert case.way_back_bearer is Bearer.MERCHANT
    [line] = life.do(lambda tx: orders.lines(tx, [order]))
    assert line.refunded_minor == 10_825
    assert claims(life, order, "return_shipping") == []


def returned(life: Life, order: OrderId, reason: str) -> Case:
    case = life.open_case(wish(order, Kind.RETURN_AND_REFUND, reason=reason))
    life.step(case, Verb.GRANT_RETURN, Role.MERCHANT)
    labelled(life, case)
    life.step(case, Verb.SEND_BACK, Role.BUYER, tracking_number="L1")
    return life.step(case, Verb.RECEIVE, Role.MERCHANT, grade=Grade.SELLABLE)


def flagged(life: Life, **flags: str) -> None:
    """Orders that are placed from now on have other flags: as of a mode that has them."""
    change = text(
        "update orders.terms set content = jsonb_set(content, '{flags}',"
        " content -> 'flags' || cast(:flags as jsonb))"
    )
    life.do(lambda tx: tx.sql.execute(change, {"flags": json.dumps(flags)}))


def test_the_platform_owes_the_label_that_it_bears(
    life: Life, shop: filling.Shop, order: OrderId
) -> None:
    flagged(life, return_cost_bearer="platform")
    assert returned(life, order, "damaged").way_back_bearer is Bearer.PLATFORM
    [claim] = claims(life, order, "return_shipping")
    assert (claim.amount.minor, claim.payee_id, claim.rules[0]) == (FEE, shop.merchant_id, RULE)
    assert life.balance(Purpose.REFUND_EXPENSE) == FEE
    life.check()
    life.explained([order])


def test_a_supplier_owes_the_label_of_the_platform_that_it_bears(
    life: Life, shop: filling.Shop, order: OrderId
) -> None:
    flagged(life, merchant_of_record="platform")
    returned(life, order, "damaged")
    [claim] = claims(life, order, "return_shipping")
    assert (claim.amount.minor, claim.shop_id) == (-FEE, 0)
    assert life.balance(fee_revenue("return_shipping")) == -FEE
    life.check()


def returning_two(life: Life, shop: filling.Shop) -> list[Case]:
    wishes = [wish(arrived(life, shop), Kind.RETURN_AND_REFUND, units=None) for _ in range(2)]
    cases = [life.open_case(one) for one in wishes]
    return [life.step(case, Verb.GRANT_RETURN, Role.MERCHANT) for case in cases]


def test_cases_in_one_parcel_share_its_cost(life: Life, shop: filling.Shop) -> None:
    cases = returning_two(life, shop)
    labels = [Label(case_id=case.id, carrier="usps", tracking_number="L1") for case in cases]
    strangers = life.do(lambda tx: returning.give_labels(tx, labels))
    assert [type(one) for one in strangers] == [BadInput, BadInput]  # Two guests.
    same = text("update aftersales.cases set buyer_id = 7")
    life.do(lambda tx: tx.sql.execute(same))
    given = labelled(life, *cases)
    assert [case.combined_id for case in given] == [cases[0].id, cases[0].id]
    assert [case.way_back_minor for case in given] == [300, 299]
    steps = [
        CaseStep(case_id=case.id, verb=Verb.SEND_BACK, role=Role.BUYER, tracking_number="L1")
        for case in given
    ]
    life.do(lambda tx: each(returning.step(tx, steps)))
    for case in given:
        life.step(case, Verb.RECEIVE, Role.MERCHANT, grade=Grade.SELLABLE)
    lines = life.do(lambda tx: orders.lines(tx, [case.order_id for case in cases]))
    assert sum(line.refunded_minor for line in lines) == 4 * 10_825 - FEE
    life.check()


def test_one_parcel_gets_another_label_as_a_whole(life: Life, shop: filling.Shop) -> None:
    cases = returning_two(life, shop)
    life.do(lambda tx: tx.sql.execute(text("update aftersales.cases set buyer_id = 7")))
    labelled(life, *cases)
    part = [Label(case_id=cases[1].id, carrier="usps", tracking_number="L2")]
    [torn] = life.do(lambda tx: returning.give_labels(tx, part))
    assert isinstance(torn, BadInput)
    assert str([int(case.id) for case in cases]) in str(torn)
    kept = life.do(lambda tx: each(aftersales.cases(tx, [case.id for case in cases])))
    assert [case.tracking_number for case in kept] == ["L1", "L1"]
    again = labelled(life, *cases, number="L2")
    assert [case.tracking_number for case in again] == ["L2", "L2"]
    assert [case.way_back_minor for case in again] == [300, 299]


def test_whoever_is_left_of_one_parcel_gets_a_label_alone(life: Life, shop: filling.Shop) -> None:
    cases = returning_two(life, shop)
    life.do(lambda tx: tx.sql.execute(text("update aftersales.cases set buyer_id = 7")))
    labelled(life, *cases)
    life.step(cases[0], Verb.SEND_BACK, Role.BUYER, tracking_number="own")
    [left] = labelled(life, cases[1], number="L2")
    assert (left.combined_id, left.way_back_minor) == (None, FEE)


def test_a_label_for_one_parcel_alone_is_no_combination(life: Life, order: OrderId) -> None:
    case = life.open_case(wish(order, Kind.RETURN_AND_REFUND))
    life.step(case, Verb.GRANT_RETURN, Role.MERCHANT)
    [given] = labelled(life, case)
    assert given.combined_id is None
    read = life.do(lambda tx: only(aftersales.cases(tx, [case.id])))
    assert read.way_back_minor == FEE
