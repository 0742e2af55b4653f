"""Random lives of a payment: whatever providers answer, and in which order, the laws hold."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from entrepot.contexts import payments
from entrepot.contexts.payments import Answer, Beginning, IntentState, Kind, Outcome, Result
from entrepot.kernel.ids import Id
from entrepot.kernel.tx import Tx
from tests.contexts.payments.test_payments import names, opened

GROUP = Id(1)
UNDER_WAY = {payments.AttemptState.BEGUN, payments.AttemptState.UNKNOWN}
PAID = {IntentState.CAPTURED, IntentState.PARTIALLY_REFUNDED, IntentState.REFUNDED}
ANSWERS = st.sampled_from(
    [Result.AUTHORISED, Result.CAPTURED, Result.DECLINED, Result.NOTHING, Result.UNKNOWN]
)
STEPS = st.one_of(
    st.tuples(st.just("begin"), st.sampled_from([Kind.PAY, Kind.AUTHORISE, Kind.CAPTURE])),
    st.tuples(st.just("answer"), st.tuples(st.integers(0, 3), ANSWERS)),
    st.tuples(st.just("cancel"), st.none()),
    st.tuples(st.just("expire"), st.none()),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(STEPS, max_size=14))
def test_whatever_happens_money_is_told_once(tx: Tx, steps: list[tuple[str, Any]]) -> None:
    savepoint = tx.sql.begin_nested()
    opened(tx)
    calls: list[payments.Call] = []
    for step, given_ in steps:
        _take(tx, step, given_, calls)
    intent = payments.of_groups(tx, [GROUP])[GROUP]
    told = names(tx).count("payments.payment_captured")
    [attempts] = payments.attempts(tx, [intent])
    moves = tx.sql.execute(text("select before, after from payments.moves order by id")).all()
    savepoint.rollback()

    assert told == (intent.state in PAID)
    assert intent.captured_minor == (intent.amount.minor if told else 0)
    assert len({attempt.call.key for attempt in attempts}) == len(attempts)
    under_way = [attempt for attempt in attempts if attempt.state in UNDER_WAY]
    assert len(under_way) <= 1
    states = [IntentState.CREATED.value, *(move.after for move in moves)]
    assert [move.before for move in moves] == states[:-1]
    assert states[-1] == intent.state


def _take(tx: Tx, step: str, given_: Any, calls: list[payments.Call]) -> None:
    if step == "begin":
        [outcome] = payments.begin(tx, [Beginning(group_id=GROUP, kind=given_)])
        if isinstance(outcome, payments.Call):
            calls.append(outcome)
    elif step == "answer" and calls:
        which, result = given_
        answer = Answer(calls[which % len(calls)], Outcome(result=result, reference="r"))
        payments.record(tx, [answer])
    elif step == "cancel":
        payments.cancel(tx, [GROUP])
    elif step == "expire":
        payments.expire(tx, [GROUP])
