"""What providers tell by themselves: late, twice, too early, or not theirs."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from entrepot.adapters.payments.sandbox import HEADER, Method
from entrepot.contexts import payments
from entrepot.contexts.payments import IntentState, Outcome, Result, Webhook
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx
from tests.contexts.payments.test_payments import (
    SANDBOX,
    begun,
    names,
    opened,
    paid,
    recorded,
    refund,
    state,
)


def told(tx: Tx, webhooks: list[Webhook]) -> list[int]:
    return [payments.receive(tx, [SANDBOX.verify(webhook)]) for webhook in webhooks]


def states(tx: Tx) -> list[str]:
    query = text("select state from payments.provider_events order by serial")
    return list(tx.sql.scalars(query))


def test_a_late_message_completes_what_a_timeout_left(tx: Tx) -> None:
    opened(tx, Method.LATE_WEBHOOK)
    call = begun(tx)
    assert recorded(tx, call, *SANDBOX.carry_out([call])).state is IntentState.UNKNOWN
    assert recorded(tx, call, *SANDBOX.lookup([call])).state is IntentState.UNKNOWN

    assert told(tx, SANDBOX.webhooks([call])) == [1]
    assert state(tx) is IntentState.UNKNOWN
    assert payments.apply(tx) == 1

    assert (state(tx), states(tx)) == (IntentState.CAPTURED, ["applied"])
    assert names(tx) == ["payments.payment_captured"]


def test_the_same_message_twice_is_one(tx: Tx) -> None:
    opened(tx, Method.DUPLICATE_WEBHOOK)
    call = begun(tx)

    assert told(tx, SANDBOX.webhooks([call])) == [1, 0]
    assert payments.apply(tx) == 1
    assert payments.apply(tx) == 0

    assert (state(tx), states(tx)) == (IntentState.CAPTURED, ["applied"])
    assert recorded(tx, call, *SANDBOX.carry_out([call])).state is IntentState.CAPTURED
    assert names(tx) == ["payments.payment_captured"]


def test_a_message_before_the_answer_is_the_answer(tx: Tx) -> None:
    paid(tx)
    call = only(payments.begin_refunds(tx, [refund(tx, 93_00, "r1").id]))
    told(tx, SANDBOX.webhooks([call]))
    payments.apply(tx)

    assert recorded(tx, call, *SANDBOX.carry_out([call])).state is IntentState.REFUNDED
    assert names(tx) == ["payments.payment_captured", "payments.refund_succeeded"]


def test_a_message_about_a_call_that_is_not_known_yet_waits(tx: Tx) -> None:
    opened(tx)
    call = begun(tx)
    event = SANDBOX.verify(SANDBOX.webhooks([call])[0])
    tx.sql.execute(text("update payments.attempts set key = 'not-yet'"))
    payments.receive(tx, [event])
    assert payments.apply(tx) == 1
    assert (payments.apply(tx), states(tx)) == (0, ["waiting"])

    tx.sql.execute(text("update payments.attempts set key = :key"), {"key": call.key})

    assert payments.apply(tx) == 1
    assert (state(tx), states(tx)) == (IntentState.CAPTURED, ["applied"])


def test_another_amount_is_left_for_people(tx: Tx) -> None:
    opened(tx)
    event = SANDBOX.verify(SANDBOX.webhooks([begun(tx)])[0])

    payments.receive(tx, [replace(event, amount_minor=1)])
    payments.apply(tx)

    assert (state(tx), states(tx)) == (IntentState.CREATED, ["conflict"])


def test_a_second_capture_is_left_for_people(tx: Tx) -> None:
    paid(tx, Method.DECLINE)
    intent = payments.of_groups(tx, [begun(tx, method=Method.OK).group_id])
    [first, second] = payments.attempts(tx, [*intent.values()])[0]
    captured = Outcome(result=Result.CAPTURED, reference="sb_2")
    recorded(tx, second.call, captured)

    event = SANDBOX.verify(SANDBOX.webhooks([replace(second.call, key=first.call.key)])[0])
    payments.receive(tx, [event])
    payments.apply(tx)

    assert (state(tx), states(tx)) == (IntentState.CAPTURED, ["conflict"])


def test_what_was_not_ours_is_kept_and_left(tx: Tx) -> None:
    opened(tx)
    event = SANDBOX.verify(SANDBOX.webhooks([begun(tx)])[0])

    payments.receive(tx, [replace(event, key=None)])
    payments.apply(tx)

    assert (state(tx), states(tx)) == (IntentState.CREATED, ["foreign"])


@pytest.mark.parametrize(
    "forged",
    [
        lambda webhook: replace(webhook, payload=webhook.payload.replace(b"9300", b"9301")),
        lambda webhook: replace(webhook, headers={}),
        lambda webhook: replace(webhook, headers={HEADER: "t=1700000000,v1=" + "0" * 64}),
        lambda webhook: replace(webhook, headers={HEADER: "nonsense"}),
    ],
)
def test_a_forged_message_is_refused(tx: Tx, forged: object) -> None:
    opened(tx)
    [webhook] = SANDBOX.webhooks([begun(tx)])
    assert callable(forged)

    with pytest.raises(payments.ForgedWebhook):
        SANDBOX.verify(forged(webhook))
    assert states(tx) == []
