"""Cases from the buyer's wish to the money: each way that they can end, and what follows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from entrepot.contexts import aftersales, orders
from entrepot.contexts.aftersales import (
    Case,
    CaseStep,
    Grade,
    Kind,
    NotEligible,
    NotYourTurn,
    Role,
    Ruling,
    State,
    Verb,
)
from entrepot.contexts.ledger import Purpose
from entrepot.contexts.orders import OrderId
from entrepot.flows import refunding, returning
from entrepot.flows.returning import OpenCase
from entrepot.kernel.access import Actor, Grant, OrganisationId
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, Problem, only
from tests import filling
from tests.living import Life


@pytest.fixture
def order(life: Life, shop: filling.Shop) -> OrderId:
    """Two units at 100.00 in California, which arrived: 8.25 % tax on top, a fee of 6 %."""
    [id] = life.buy({shop.skus[0]: 2})
    life.on(1)
    life.deliver(life.hand_over(id))
    return id


def wish(order: OrderId, kind: Kind = Kind.REFUND, **more: object) -> OpenCase:
    given = OpenCase(order_id=order, kind=kind, role=Role.BUYER, reason="damaged", units={1: 1})
    return replace(given, **more)  # type: ignore[arg-type]


def line(life: Life, order: OrderId) -> orders.Line:
    [found] = life.do(lambda tx: orders.lines(tx, [order]))
    return found


def read(life: Life, case: Case) -> Case:
    return life.do(lambda tx: only(aftersales.cases(tx, [case.id])))


def verbs(life: Life, case: Case) -> list[tuple[str, Role]]:
    rows = life.do(lambda tx: aftersales.records(tx, case.id))
    return [(row.verb, row.role) for row in rows]


def test_a_granted_refund_goes_through_everybodys_shares(
    life: Life, shop: filling.Shop, order: OrderId
) -> None:
    case = life.open_case(wish(order))
    assert (case.state, case.asked.minor, case.lines[0].units) == (State.REQUESTED, 10_825, (0,))
    done = life.step(case, Verb.GRANT, Role.MERCHANT)
    assert done.state is State.COMPLETED
    assert line(life, order).refunded_minor == 10_825
    assert line(life, order).returned == 0  # Nothing came back.
    assert life.balance(Purpose.ON_HOLD, shop.merchant_id) == -(18_800 - 9_400)
    assert life.balance("fee_revenue:platform_commission") == -600
    life.check()
    life.explained([order])
    told = [("open", Role.BUYER), ("grant", Role.MERCHANT), ("complete", Role.SYSTEM)]
    assert verbs(life, case) == told


def test_an_open_case_keeps_the_claims_of_its_order_off_statements(
    life: Life, shop: filling.Shop, order: OrderId
) -> None:
    case = life.open_case(wish(order, Kind.RETURN_AND_REFUND))
    life.step(case, Verb.GRANT_RETURN, Role.MERCHANT)
    life.step(case, Verb.SEND_BACK, Role.BUYER, carrier="usps", tracking_number="R1")
    life.on(7.9)
    assert life.balance(Purpose.BANK) == 0
    life.on(8)  # The merchant did not judge what came back: it counts as received.
    life.pay_back()
    assert read(life, case).state is State.COMPLETED
    life.on(10)
    assert life.balance(Purpose.BANK) == -9_400
    life.check()
    life.explained([order])


def test_returned_goods_are_counted_and_shelved(
    life: Life, shop: filling.Shop, order: OrderId
) -> None:
    case = life.open_case(wish(order, Kind.RETURN_AND_REFUND, units={1: 2}))
    life.step(case, Verb.GRANT_RETURN, Role.MERCHANT)
    life.step(case, Verb.SEND_BACK, Role.BUYER, carrier="usps", tracking_number="R1")
    before = shelved(life)
    done = life.step(case, Verb.RECEIVE, Role.MERCHANT, grade=Grade.SELLABLE)
    assert done.state is State.COMPLETED
    assert shelved(life) == before + 2
    assert (line(life, order).returned, line(life, order).refunded_minor) == (2, 21_650)
    life.check()


def shelved(life: Life) -> int:
    query = text("select sum(on_hand) from inventory.positions")
    return int(life.do(lambda tx: tx.sql.execute(query).scalar_one()))


def test_silence_of_the_merchant_is_decided_for_the_buyer(life: Life, order: OrderId) -> None:
    refund = life.open_case(wish(order))
    back = life.open_case(wish(order, Kind.RETURN_AND_REFUND))
    opened_at = refund.opened_at
    life.on(2.5)
    life.pay_back()
    assert read(life, refund).state is State.COMPLETED
    waits = read(life, back)
    assert waits.state is State.AWAITING_GOODS
    assert waits.changed_at == opened_at + timedelta(hours=48)  # As of the hour it was due.
    assert waits.due_at == opened_at + timedelta(hours=48, days=5)
    life.on(5)
    closed = read(life, back)
    assert (closed.state, closed.changed_at) == (State.CLOSED, waits.due_at)
    assert line(life, order).refunded_minor == 10_825
    life.check()


def test_a_late_sweep_writes_what_a_timely_one_writes(life: Life, order: OrderId) -> None:
    case = life.open_case(wish(order))
    rows = text("select occurred_at, kind from ledger.entries order by id desc limit 1")
    life.on(30)
    posted = life.do(lambda tx: tx.sql.execute(rows).all())
    assert posted
    assert read(life, case).changed_at == case.opened_at + timedelta(hours=48)
    refunded = text("select refunded_at from aftersales.refunds")
    [at] = life.do(lambda tx: tx.sql.execute(refunded).scalars().all())
    assert at == case.opened_at + timedelta(hours=48)


def test_a_refused_wish_ends_unless_the_buyer_goes_to_the_operator(
    life: Life, shop: filling.Shop, order: OrderId
) -> None:
    case = life.open_case(wish(order))
    refused = life.step(case, Verb.REFUSE, Role.MERCHANT, reason="no_fault_found")
    assert refused.due_at == refused.changed_at + timedelta(hours=48)
    life.on(2.1)
    assert read(life, case).state is State.CLOSED
    assert line(life, order).refunded_minor == 0
    again = life.open_case(wish(order))  # The unit is free again.
    life.step(again, Verb.REFUSE, Role.MERCHANT, reason="no_fault_found")
    judged = life.step(again, Verb.ESCALATE, Role.BUYER)
    assert judged.evidence_until == judged.changed_at + timedelta(days=3)
    life.on(20)
    assert life.balance(Purpose.BANK) == 0  # It is held for as long as it takes.
    done = life.step(again, Verb.GRANT, Role.OPERATOR)
    assert (done.state, done.ruling) == (State.COMPLETED, Ruling.SUPPORT_BUYER)
    life.on(9)
    assert life.balance(Purpose.BANK) == -9_400
    life.check()
    life.explained([order])


def test_a_ruling_for_the_merchant_leaves_everything_as_it_was(
    life: Life, shop: filling.Shop, order: OrderId
) -> None:
    case = life.open_case(wish(order))
    life.step(case, Verb.REFUSE, Role.MERCHANT, reason="evidence_missing")
    life.step(case, Verb.ESCALATE, Role.BUYER)
    done = life.step(case, Verb.DENY, Role.OPERATOR)
    assert (done.state, done.ruling) == (State.CLOSED, Ruling.SUPPORT_MERCHANT)
    life.on(20)
    assert life.balance(Purpose.BANK) == -18_800
    life.check()


def test_after_a_ruling_for_a_return_nobody_refuses_any_more(life: Life, order: OrderId) -> None:
    case = life.open_case(wish(order, Kind.RETURN_AND_REFUND))
    life.step(case, Verb.REFUSE, Role.MERCHANT, reason="not_returnable")
    life.step(case, Verb.ESCALATE, Role.BUYER)
    life.step(case, Verb.GRANT_RETURN, Role.OPERATOR)
    life.step(case, Verb.SEND_BACK, Role.BUYER, carrier="usps", tracking_number="R1")
    with pytest.raises(NotYourTurn):
        life.step(case, Verb.REFUSE, Role.MERCHANT, reason="used_or_damaged")
    assert life.step(case, Verb.RECEIVE, Role.MERCHANT).state is State.COMPLETED


def test_an_offer_is_taken_or_declined_once(life: Life, order: OrderId) -> None:
    case = life.open_case(wish(order, units={1: 2}))
    with pytest.raises(BadInput):
        life.step(case, Verb.OFFER, Role.MERCHANT, minor=21_650)
    offered = life.step(case, Verb.OFFER, Role.MERCHANT, minor=5_000)
    assert (offered.state, offered.amount.minor) == (State.OFFERED, 5_000)
    declined = life.step(case, Verb.DECLINE, Role.BUYER)
    assert (declined.state, declined.amount.minor) == (State.REQUESTED, 21_650)
    with pytest.raises(NotYourTurn):
        life.step(case, Verb.OFFER, Role.MERCHANT, minor=6_000)
    life.step(case, Verb.WITHDRAW, Role.BUYER)
    second = life.open_case(wish(order, units={1: 2}))
    life.step(second, Verb.OFFER, Role.MERCHANT, minor=5_000)
    assert life.step(second, Verb.ACCEPT, Role.BUYER).state is State.COMPLETED
    assert line(life, order).refunded_minor == 5_000
    life.check()
    life.explained([order])


def test_what_the_merchant_opens_is_granted_at_once(life: Life, order: OrderId) -> None:
    case = life.open_case(wish(order, role=Role.MERCHANT, reason="goodwill", minor=1_234))
    life.pay_back()
    assert read(life, case).state is State.COMPLETED
    assert line(life, order).refunded_minor == 1_234
    back = life.open_case(wish(order, Kind.RETURN_AND_REFUND, role=Role.MERCHANT))
    assert back.state is State.AWAITING_GOODS
    assert back.asked.minor == 10_825  # What the other unit cost; 96.16 of the first is left.


def test_units_are_in_one_case(life: Life, order: OrderId) -> None:
    life.open_case(wish(order))
    second = life.open_case(wish(order, Kind.RETURN_AND_REFUND))
    assert second.lines[0].units == (1,)
    with pytest.raises(NotEligible) as refusal:
        life.open_case(wish(order))
    assert refusal.value.why == "no_units_left"


def test_what_was_refunded_without_a_case_is_not_refunded_again(life: Life, order: OrderId) -> None:
    case = life.open_case(wish(order, units={1: 2}))
    life.refund(
        refunding.RefundWish(order_id=order, pos=1, minor=20_000, reason=aftersales.Reason.GOODWILL)
    )
    done = life.step(case, Verb.GRANT, Role.MERCHANT)
    assert done.state is State.COMPLETED
    assert line(life, order).refunded_minor == 21_650
    life.check()


def test_the_window_closes(life: Life, order: OrderId) -> None:
    life.on(31.5)  # 30 market days in the US.
    with pytest.raises(NotEligible) as refusal:
        life.open_case(wish(order))
    assert refusal.value.why == "window_over"
    found = life.do(lambda tx: _eligible(tx, order, Role.OPERATOR))
    assert all(one.why is None for one in found)


def _eligible(tx: object, order: OrderId, role: Role) -> list[returning.Eligible]:
    return returning.eligible(tx, only(orders.by_ids(tx, [order])), role)  # type: ignore[arg-type]


def test_what_is_not_sent_yet_is_cancelled_not_returned(life: Life, shop: filling.Shop) -> None:
    [id] = life.buy({shop.skus[0]: 1})
    with pytest.raises(NotEligible) as refusal:
        life.open_case(wish(id))
    assert refusal.value.why == "not_handed_over"


def test_a_parcel_that_does_not_arrive_is_refunded_out_of_what_waits(
    life: Life, shop: filling.Shop
) -> None:
    [id] = life.buy({shop.skus[0]: 2})
    life.on(1)
    life.hand_over(id)
    with pytest.raises(NotEligible) as refusal:
        life.open_case(wish(id, Kind.RETURN_AND_REFUND))
    assert refusal.value.why == "not_delivered"
    case = life.open_case(wish(id, reason="not_received", units={1: 2}))
    done = life.step(case, Verb.GRANT, Role.MERCHANT)
    assert done.state is State.COMPLETED
    assert life.balance(Purpose.PENDING, shop.merchant_id) == 0
    life.check()


def test_a_replacement_is_an_order_without_a_price(life: Life, shop: filling.Shop) -> None:
    [order] = life.buy({shop.skus[0]: 2})
    life.on(1)
    life.deliver(life.hand_over(order))
    case = life.open_case(wish(order, Kind.REPLACEMENT))
    done = life.step(case, Verb.GRANT, Role.MERCHANT)
    assert done.state is State.COMPLETED
    id = done.replacement_id
    assert id is not None
    new = life.do(lambda tx: only(orders.by_ids(tx, [id])))
    assert (new.total.minor, new.state, new.replaces_id) == (
        0,
        orders.State.ON_HOLD,
        order,
    )
    life.on(0.1)  # Released without an hour of waiting.
    life.deliver(life.hand_over(new.id))
    life.check()
    life.on(20)
    assert life.balance(Purpose.BANK) == -18_800
    life.check()
    life.explained([order])


def test_a_replacement_that_is_sold_out_ends_in_money(life: Life) -> None:
    shop = filling.shop(life.work, price_minor=10_000, stock=2)
    [order] = life.buy({shop.skus[0]: 2})
    life.on(1)
    life.deliver(life.hand_over(order))
    case = life.open_case(wish(order, Kind.REPLACEMENT))
    done = life.step(case, Verb.GRANT, Role.MERCHANT)
    assert (done.state, done.refunds, done.replacement_id) == (State.COMPLETED, True, None)
    assert line(life, order).refunded_minor == 10_825
    life.check()


def test_sides_and_strangers(life: Life, shop: filling.Shop, order: OrderId) -> None:
    case = life.open_case(wish(order))
    stranger = Actor("person:1", {Grant("refund:approve", OrganisationId(1))})
    reader = Actor("person:2", {Grant("refund:read", shop.merchant_id)})
    merchant = Actor(
        "person:3",
        {Grant(one, shop.merchant_id) for one in ("refund:read", "refund:approve", "order:read")},
    )
    buyer = Actor("guest", signed=frozenset({case.group_id}))

    def tried(who: Actor, verb: Verb, role: Role) -> type[Problem]:
        step = CaseStep(case_id=case.id, verb=verb, role=role, reason="no_fault_found")
        [outcome] = life.work.run(lambda _: who, "t", lambda tx: returning.step(tx, [step]))
        assert isinstance(outcome, Problem)
        return type(outcome)

    assert tried(stranger, Verb.GRANT, Role.MERCHANT) is aftersales.CaseNotFound
    assert tried(reader, Verb.GRANT, Role.MERCHANT) is Forbidden
    assert tried(buyer, Verb.GRANT, Role.MERCHANT) is Forbidden
    assert tried(buyer, Verb.GRANT, Role.BUYER) is NotYourTurn
    assert tried(merchant, Verb.WITHDRAW, Role.BUYER) is Forbidden
    assert tried(merchant, Verb.GRANT, Role.OPERATOR) is Forbidden
    assert tried(merchant, Verb.GRANT, Role.SYSTEM) is Forbidden
    assert read(life, case) == case
    assert issubclass(aftersales.CaseNotFound, NotFound)


def test_a_wish_to_cancel_that_nobody_answers_is_granted(life: Life, shop: filling.Shop) -> None:
    [id] = life.buy({shop.skus[0]: 2})
    life.on(0.5)
    ask = orders.Cancellation(
        order_id=id, by=orders.Side.BUYER, reason=orders.CancelReason.BUYER_ASKED
    )
    life.cancel(ask)
    [asked] = life.do(lambda tx: orders.cancellations(tx, orders.CancellationFilter()))
    assert asked.state is orders.Consent.REQUESTED
    assert asked.due_at == asked.asked_at + timedelta(hours=48)
    life.on(2.1)
    [done] = life.do(lambda tx: orders.cancellations(tx, orders.CancellationFilter()))
    assert (done.id, done.state, done.decided_at) == (
        asked.id,
        orders.Consent.ACCEPTED,
        asked.due_at,
    )
    assert (done.units, done.refunds) == ({1: (0, 1)}, {1: 21_650})
    assert life.do(lambda tx: only(orders.by_ids(tx, [id]))).state is orders.State.CANCELLED
    life.check()


def test_a_wish_to_cancel_what_was_sent_meanwhile_is_refused(
    life: Life, shop: filling.Shop
) -> None:
    [id] = life.buy({shop.skus[0]: 1})
    life.on(0.5)
    ask = orders.Cancellation(
        order_id=id, by=orders.Side.BUYER, reason=orders.CancelReason.BUYER_ASKED
    )
    life.cancel(ask)
    life.hand_over(id)
    life.on(2.1)
    [done] = life.do(lambda tx: orders.cancellations(tx, orders.CancellationFilter()))
    assert done.state is orders.Consent.REJECTED
    life.check()
