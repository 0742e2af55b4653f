"""Every state and every verb, by the door."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from entrepot.contexts import orders
from entrepot.contexts.orders import ORDER, Order, OrderId, OrderNotFound, State, Step, Verb
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx
from tests.contexts.orders import made

PATHS: dict[State, list[Verb]] = {ORDER.initial: []}
while unseen := [
    (state, verb, after)
    for state, path in PATHS.items()
    for verb, after in ORDER.moves[state].items()
    if after not in PATHS
]:
    start, last, end = unseen[0]
    PATHS[end] = [*PATHS[start], last]


def brought(tx: Tx, state: State) -> OrderId:
    """An order in a state, by moves that are allowed."""
    order_id = made.placed(tx)
    for verb in PATHS[state]:
        only(orders.move(made.later(tx), [Step(order_id=order_id, verb=verb)]))
    return order_id


def test_every_state_can_be_reached() -> None:
    assert set(PATHS) == set(State) == set(ORDER.moves)


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("state", State)
def test_every_state_and_verb(tx: Tx, state: State, verb: Verb) -> None:
    order_id = brought(tx, state)
    steps = len(orders.history(tx, order_id))

    [outcome] = orders.move(made.later(tx), [Step(order_id=order_id, verb=verb, reason="why")])

    happened = orders.history(tx, order_id)
    if verb in ORDER.moves[state]:
        assert isinstance(outcome, Order)
        assert outcome.state is ORDER.moves[state][verb] is made.head(tx, order_id).state
        assert [(row.verb, row.before, row.after, row.reason) for row in happened[steps:]] == [
            (verb, state, outcome.state, "why")
        ]
    else:
        assert isinstance(outcome, IllegalMove)
        assert made.head(tx, order_id).state is state
        assert len(happened) == steps


def test_each_step_has_its_own_outcome_and_fact(tx: Tx) -> None:
    one, two = made.placed(tx), made.placed(tx)
    at = tx.now - timedelta(minutes=5)

    first, second, none = orders.move(
        made.later(tx),
        [
            Step(order_id=one, verb=Verb.PAY, at=at),
            Step(order_id=two, verb=Verb.SHIP_PART),
            Step(order_id=OrderId(1), verb=Verb.PAY),
        ],
    )

    assert isinstance(first, Order) and first.changed_at == at
    assert isinstance(second, IllegalMove) and isinstance(none, OrderNotFound)
    assert made.head(tx, one).paid_at == at
    facts = tx.sql.execute(
        text("select subject, occurred_at from events.fresh where name = 'orders.order_moved'")
    ).all()
    assert [(fact.subject, fact.occurred_at) for fact in facts] == [(one, at)]


def test_timers_follow_the_rule_that_held_when_it_was_placed(tx: Tx) -> None:
    """US: 60 minutes on hold, 7 business days to ship, 14 days to complete, Pacific time."""
    order_id = made.placed(tx)

    def due(verb: Verb, at: datetime) -> datetime | None:
        step = Step(order_id=order_id, verb=verb, at=at)
        return only(orders.move(made.later(tx), [step])).due_at

    assert due(Verb.PAY, datetime(2024, 4, 1, 12, tzinfo=UTC)) == datetime(
        2024, 4, 1, 13, tzinfo=UTC
    )
    assert due(Verb.RELEASE, datetime(2024, 4, 1, 13, tzinfo=UTC)) == datetime(
        2024, 4, 11, 7, tzinfo=UTC
    )
    assert due(Verb.LABEL, datetime(2024, 4, 2, 13, tzinfo=UTC)) == datetime(
        2024, 4, 11, 7, tzinfo=UTC
    )
    assert due(Verb.COLLECT, datetime(2024, 4, 2, 14, tzinfo=UTC)) is None
    assert due(Verb.DELIVER, datetime(2024, 4, 6, 3, tzinfo=UTC)) == datetime(
        2024, 4, 20, 7, tzinfo=UTC
    )
    assert due(Verb.COMPLETE, datetime(2024, 4, 20, 7, tzinfo=UTC)) is None
    assert orders.next_due_at(tx) is None


def test_sweeps_find_what_is_due(tx: Tx) -> None:
    early = made.placed(tx)
    late = made.placed(made.later(tx, timedelta(minutes=1)))
    first = made.head(tx, early).due_at

    assert first is not None
    assert first == orders.next_due_at(tx)
    assert orders.due(tx, first - timedelta(seconds=1)) == []
    assert orders.due(tx, first) == [early]
    assert orders.due(tx, first + timedelta(minutes=1)) == [early, late]
    assert orders.due(tx, first + timedelta(minutes=1), at_most=1) == [early]
