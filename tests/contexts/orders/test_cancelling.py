"""Cancelling: free, by consent, by the seller's fault, whole and in parts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from entrepot.contexts import orders
from entrepot.contexts.orders import (
    Cancellation,
    Cancelled,
    CancelReason,
    CannotCancel,
    OrderId,
    OrderNotFound,
    Side,
    State,
    Step,
    TooManyUnits,
    Units,
    Verb,
    Verdict,
)
from entrepot.kernel.access import Actor, Grant, PersonId
from entrepot.kernel.problems import Forbidden, NotFound, Problem, only
from entrepot.kernel.tx import Tx
from tests.contexts.orders import made
from tests.contexts.orders.made import Wanted

AGREED, REFUSED = Verdict(consents=True), Verdict(consents=False, because="packed_already")


def wish(
    order_id: OrderId,
    by: Side = Side.BUYER,
    reason: CancelReason = CancelReason.BUYER_ASKED,
    units: dict[int, int] | None = None,
) -> Cancellation:
    return Cancellation(order_id=order_id, by=by, reason=reason, units=units)


def seller(order_id: OrderId, **units: int) -> Cancellation:
    named = {"abc".index(name) + 1: count for name, count in units.items()} or None
    return wish(order_id, Side.MERCHANT, CancelReason.OUT_OF_STOCK, named)


def cancelled(tx: Tx, one: Cancellation) -> Cancelled:
    return only(orders.cancel(made.later(tx), [one]))


def told(tx: Tx) -> list[tuple[str, bool | None]]:
    rows = tx.sql.execute(
        text("select name, payload from events.fresh where name like 'orders.%cancel%'")
    )
    return [(row.name, row.payload.get("whole")) for row in rows]


def held_on(tx: Tx, *wanted: Wanted) -> OrderId:
    order_id = made.placed(tx, *wanted)
    only(orders.move(made.later(tx), [Step(order_id=order_id, verb=Verb.PAY)]))
    return order_id


def test_what_is_not_paid_is_cancelled_without_refund(tx: Tx) -> None:
    order_id = made.placed(tx, Wanted(2, 20_00))

    done = cancelled(tx, wish(order_id))

    assert (done.order.state, done.was_paid, done.refund_minor) == (State.CANCELLED, False, {1: 0})
    assert made.head(tx, order_id).closed_at == tx.now
    assert told(tx) == [("orders.order_cancelled", True)]


def test_a_buyer_is_free_while_it_is_on_hold(tx: Tx) -> None:
    order_id = held_on(tx, Wanted(3, 10_00), Wanted(1, 5_00))

    part = cancelled(tx, wish(order_id, units={1: 1}))
    rest = cancelled(tx, wish(order_id))

    assert (part.refund_minor, part.order.state) == ({1: 3_33}, State.ON_HOLD)
    assert (rest.refund_minor, rest.order.state) == ({1: 6_67, 2: 5_00}, State.CANCELLED)
    order = made.head(tx, order_id)
    assert (order.refunded_minor, order.seller_fault) == (15_00, False)
    assert told(tx) == [("orders.order_cancelled", False), ("orders.order_cancelled", True)]


def test_later_the_merchant_has_to_consent(tx: Tx) -> None:
    order_id = made.paid(tx)

    asked = cancelled(tx, wish(order_id))
    [again] = orders.cancel(made.later(tx), [wish(order_id)])
    assert (asked.asked, made.head(tx, order_id).state) == (True, State.AWAITING_SHIPMENT)
    assert isinstance(again, CannotCancel)

    agreed = only(orders.decide(made.later(tx), {order_id: AGREED}))

    assert (agreed.asked, agreed.order.state) == (False, State.CANCELLED)
    assert agreed.refund_minor == {1: 10_00}
    assert made.head(tx, order_id).seller_fault is False


def test_the_merchant_may_refuse_and_the_buyer_ask_again(tx: Tx) -> None:
    order_id = made.paid(tx)
    cancelled(tx, wish(order_id))

    refused = only(orders.decide(made.later(tx), {order_id: REFUSED}))
    [none] = orders.decide(made.later(tx), {order_id: AGREED})

    assert refused.asked
    assert isinstance(none, NotFound)
    assert cancelled(tx, wish(order_id)).asked
    assert made.head(tx, order_id).state is State.AWAITING_SHIPMENT


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        (CancelReason.OUT_OF_STOCK, True),
        (CancelReason.NOT_SHIPPED_IN_TIME, True),
        (CancelReason.RISK, False),
    ],
)
def test_whose_fault_it_is(tx: Tx, reason: CancelReason, fault: bool) -> None:
    order_id = made.paid(tx)

    cancelled(tx, wish(order_id, Side.PLATFORM, reason))

    assert made.head(tx, order_id).seller_fault is fault


@pytest.mark.parametrize("state", ["in_transit", "delivered", "cancelled"])
def test_what_is_on_its_way_or_ended_is_not_cancelled(tx: Tx, state: str) -> None:
    order_id = {"in_transit": made.sent, "delivered": made.delivered}.get(state, made.placed)(tx)
    if state == "cancelled":
        cancelled(tx, wish(order_id))
    before = made.head(tx, order_id)

    [outcome] = orders.cancel(made.later(tx), [seller(order_id)])

    assert isinstance(outcome, CannotCancel)
    assert made.head(tx, order_id) == before


def test_each_wish_has_its_own_outcome(tx: Tx) -> None:
    good, many, unpaid = made.paid(tx), made.paid(tx), made.placed(tx, Wanted(2, 2_00))

    done, too_many, part, none = orders.cancel(
        made.later(tx),
        [
            seller(good),
            seller(many, a=2),
            wish(unpaid, units={1: 1}),
            seller(OrderId(1)),
        ],
    )

    assert isinstance(done, Cancelled) and isinstance(too_many, TooManyUnits)
    assert isinstance(part, CannotCancel) and isinstance(none, OrderNotFound)
    assert made.head(tx, many).state is State.AWAITING_SHIPMENT
    assert made.head(tx, unpaid).state is State.UNPAID


def test_who_may_cancel(tx: Tx) -> None:
    anna = PersonId(1)
    ids = [made.placed(tx, buyer=anna) for _ in range(4)]
    actors = [
        Actor("person:1", person=anna),
        Actor("person:2", person=PersonId(2)),
        Actor("person:3", {Grant("order:read", made.MERCHANT)}),
        Actor("guest", signed=frozenset({made.head(tx, ids[3]).group_id})),
    ]

    outcomes: list[Cancelled | Problem] = [
        orders.cancel(replace(made.later(tx), actor=actor), [wish(id)])[0]
        for actor, id in zip(actors, ids, strict=True)
    ]

    assert [type(outcome) for outcome in outcomes] == [
        Cancelled,
        OrderNotFound,
        Forbidden,
        Cancelled,
    ]


def test_a_sweep_cancels_as_of_the_instant_at_which_it_fell_due(tx: Tx) -> None:
    order_id, at = made.placed(tx), tx.now - timedelta(days=3)

    done = cancelled(
        tx,
        Cancellation(
            order_id=order_id, by=Side.PLATFORM, reason=CancelReason.NOT_PAID_IN_TIME, due_at=at
        ),
    )

    assert done.at == at == made.head(tx, order_id).closed_at


# What is left of an order that was shipped in parts.


def shipped_in_part(tx: Tx) -> OrderId:
    order_id = made.paid(tx, Wanted(2, 20_00))
    orders.ship(made.later(tx), [Units(order_id=order_id, pos=1, quantity=1)], {order_id: tx.now})
    return order_id


def test_with_the_rest_cancelled_what_was_shipped_is_in_transit(tx: Tx) -> None:
    order_id = shipped_in_part(tx)

    done = cancelled(tx, seller(order_id))

    assert done.refund_minor == {1: 10_00}
    assert done.order.state is made.head(tx, order_id).state is State.IN_TRANSIT
    assert told(tx) == [("orders.order_cancelled", False)]


def test_with_the_rest_cancelled_what_has_arrived_is_all(tx: Tx) -> None:
    order_id = shipped_in_part(tx)
    units = [Units(order_id=order_id, pos=1, quantity=1)]
    orders.arrive(made.later(tx), units, {order_id: tx.now})

    done = cancelled(tx, seller(order_id))

    assert done.order.state is made.head(tx, order_id).state is State.DELIVERED
    assert made.line(tx, order_id).arrived


@pytest.mark.parametrize("first", ["cancelled", "lost"])
def test_one_part_cancelled_and_the_other_lost(tx: Tx, first: str) -> None:
    order_id = shipped_in_part(tx)

    def lose() -> None:
        units = [Units(order_id=order_id, pos=1, quantity=1)]
        orders.bounce(made.later(tx), units, {order_id: tx.now}, Verb.LOSE)

    if first == "lost":
        lose()
    cancelled(tx, seller(order_id))
    if first == "cancelled":
        lose()

    order = made.head(tx, order_id)
    assert order.state is (State.CANCELLED if first == "lost" else State.LOST)
    assert order.refunded_minor == 20_00
