"""Units that leave, arrive, are lost or come back, and how far they take their order."""

from datetime import timedelta

import pytest

from entrepot.contexts import orders
from entrepot.contexts.orders import (
    OrderId,
    OrderNotFound,
    State,
    TakeBack,
    TooManyUnits,
    Units,
    Verb,
)
from entrepot.contexts.orders.actions.goods import Bounced
from entrepot.kernel.problems import Problem, each
from entrepot.kernel.tx import Tx
from tests.contexts.orders import made
from tests.contexts.orders.made import Wanted

HOUR = timedelta(hours=1)


def of(order_id: OrderId, **counts: int) -> list[Units]:
    """`of(order, a=2, b=1)`: two units of the first line and one of the second."""
    return [
        Units(order_id=order_id, pos="abc".index(name) + 1, quantity=count)
        for name, count in counts.items()
    ]


def ship(tx: Tx, order_id: OrderId, **counts: int) -> State:
    done = orders.ship(made.later(tx), of(order_id, **counts), {order_id: tx.now})
    [(order, _)] = each(done.values())
    return order.state


def arrive(tx: Tx, order_id: OrderId, **counts: int) -> State:
    done = orders.arrive(made.later(tx), of(order_id, **counts), {order_id: tx.now})
    [(order, _)] = each(done.values())
    return order.state


def bounce(tx: Tx, order_id: OrderId, verb: Verb, **counts: int) -> Bounced:
    done = orders.bounce(made.later(tx), of(order_id, **counts), {order_id: tx.now}, verb)
    [found] = each(done.values())
    return found


def counted(tx: Tx, order_id: OrderId, pos: int = 1) -> tuple[int, int, int, int]:
    line = made.line(tx, order_id, pos)
    return line.cancelled, line.shipped, line.delivered, line.returned


def test_an_order_goes_as_far_as_its_units(tx: Tx) -> None:
    order_id = made.paid(tx, Wanted(2, 20_00), Wanted(1, 5_00))

    assert ship(tx, order_id, a=1) is State.PARTIALLY_SHIPPING
    assert ship(tx, order_id, b=1) is State.PARTIALLY_SHIPPING
    assert arrive(tx, order_id, a=1, b=1) is State.PARTIALLY_SHIPPING
    assert ship(tx, order_id, a=1) is State.IN_TRANSIT
    assert arrive(tx, order_id, a=1) is State.DELIVERED
    assert counted(tx, order_id) == (0, 2, 2, 0)
    assert [row.verb for row in orders.history(tx, order_id)] == [
        "pay",
        "release",
        "ship_part",
        "label",
        "collect",
        "deliver",
    ]


def test_instants_are_those_of_the_goods(tx: Tx) -> None:
    one, two = made.paid(tx), made.paid(tx)
    times = {one: tx.now - 2 * HOUR, two: tx.now - HOUR}

    orders.ship(made.later(tx), [*of(one, a=1), *of(two, a=1)], times)
    orders.arrive(made.later(tx), of(two, a=1), {two: tx.now})

    assert made.head(tx, one).dispatched_at == times[one]
    assert made.head(tx, two).dispatched_at == times[two]
    assert (made.head(tx, one).delivered_at, made.head(tx, two).delivered_at) == (None, tx.now)


def test_outcomes_are_whole_orders(tx: Tx) -> None:
    good, bad, unpaid, none = made.paid(tx), made.paid(tx), made.placed(tx), OrderId(1)
    wanted = [*of(good, a=1), *of(bad, a=2), *of(unpaid, a=1), *of(none, a=1)]

    outcomes = orders.ship(made.later(tx), wanted, dict.fromkeys((good, bad, unpaid, none), tx.now))

    assert not isinstance(outcomes[good], Problem)
    assert isinstance(outcomes[bad], TooManyUnits) and isinstance(outcomes[unpaid], TooManyUnits)
    assert isinstance(outcomes[none], OrderNotFound)
    assert counted(tx, good) == (0, 1, 0, 0)
    assert counted(tx, bad) == counted(tx, unpaid) == (0, 0, 0, 0)


@pytest.mark.parametrize("count", [0, -1, 3])
def test_no_more_units_than_there_are(tx: Tx, count: int) -> None:
    order_id = made.sent(tx, Wanted(2, 20_00))

    [outcome] = orders.arrive(made.later(tx), of(order_id, a=count), {order_id: tx.now}).values()

    assert isinstance(outcome, TooManyUnits)
    assert counted(tx, order_id) == (0, 2, 0, 0)


@pytest.mark.parametrize(
    ("verb", "after"), [(Verb.LOSE, State.LOST), (Verb.RETURN, State.RETURNED_TO_SENDER)]
)
def test_an_order_of_which_nothing_arrives(tx: Tx, verb: Verb, after: State) -> None:
    order_id = made.sent(tx, Wanted(3, 10_00), Wanted(1, 1_00))

    first = bounce(tx, order_id, verb, a=1)
    rest = bounce(tx, order_id, verb, a=2, b=1)

    assert (first.order.state, rest.order.state) == (State.IN_TRANSIT, after)
    assert first.refund_minor == {1: 3_33}
    assert rest.refund_minor == {1: 6_67, 2: 1_00}
    order = made.head(tx, order_id)
    assert (order.refunded_minor, order.closed_at) == (11_00, tx.now)
    assert counted(tx, order_id) == (3, 0, 0, 0)


def test_the_rest_of_an_order_arrives(tx: Tx) -> None:
    order_id = made.sent(tx, Wanted(2, 20_00))
    arrive(tx, order_id, a=1)

    found = bounce(tx, order_id, Verb.LOSE, a=1)

    assert found.order.state is State.DELIVERED
    assert made.head(tx, order_id).refunded_minor == 10_00
    assert made.line(tx, order_id).arrived


def test_only_what_is_in_transit_is_lost(tx: Tx) -> None:
    order_id = made.sent(tx, Wanted(2, 20_00))
    arrive(tx, order_id, a=1)

    [outcome] = orders.bounce(
        made.later(tx), of(order_id, a=2), {order_id: tx.now}, Verb.LOSE
    ).values()

    assert isinstance(outcome, TooManyUnits)
    assert made.head(tx, order_id).refunded_minor == 0


def test_units_come_back(tx: Tx) -> None:
    order_id = made.delivered(tx, Wanted(2, 20_00))

    orders.return_units(made.later(tx), of(order_id, a=1), {order_id: tx.now})
    [again] = orders.return_units(made.later(tx), of(order_id, a=2), {order_id: tx.now}).values()

    assert isinstance(again, TooManyUnits)
    assert counted(tx, order_id) == (0, 2, 2, 1)


def test_refunds_never_pass_the_payment(tx: Tx) -> None:
    one, two = made.delivered(tx, Wanted(2, 20_00)), made.delivered(tx)

    first, gone, none = orders.take_back(
        made.later(tx),
        [
            TakeBack(order_id=one, pos=1, minor=15_00, returned=1),
            TakeBack(order_id=two, pos=2, minor=1),
            TakeBack(order_id=OrderId(1), pos=1, minor=1),
        ],
    )
    more, units = (
        orders.take_back(made.later(tx), [wish])[0]
        for wish in (
            TakeBack(order_id=one, pos=1, minor=5_01),
            TakeBack(order_id=one, pos=1, minor=0, returned=2),
        )
    )

    assert not isinstance(first, Problem)
    assert first[1].refunded_minor == 0  # As it was before.
    assert isinstance(gone, TooManyUnits) and isinstance(none, OrderNotFound)
    assert isinstance(more, TooManyUnits) and isinstance(units, TooManyUnits)
    assert made.head(tx, one).refunded_minor == made.line(tx, one).refunded_minor == 15_00
    assert counted(tx, one) == (0, 2, 2, 1)
