"""The sandbox provider: its method says it all."""

import pytest

from entrepot.adapters.payments.sandbox import Method, Sandbox
from entrepot.contexts.payments import Kind, Result

from .calls import call

SANDBOX = Sandbox(b"secret")
PAID: dict[str, tuple[Result, Result, int]] = {  # Answer, lookup, messages.
    Method.OK: (Result.CAPTURED, Result.CAPTURED, 1),
    Method.DECLINE: (Result.DECLINED, Result.DECLINED, 0),
    Method.TIMEOUT_THEN_CAPTURED: (Result.UNKNOWN, Result.CAPTURED, 1),
    Method.TIMEOUT_THEN_NOTHING: (Result.UNKNOWN, Result.NOTHING, 0),
    Method.LATE_WEBHOOK: (Result.UNKNOWN, Result.UNKNOWN, 1),
    Method.DUPLICATE_WEBHOOK: (Result.CAPTURED, Result.CAPTURED, 2),
    Method.REFUND_FAILS: (Result.CAPTURED, Result.CAPTURED, 1),
    Method.REFUND_TIMEOUT: (Result.CAPTURED, Result.CAPTURED, 1),
    "no-such-method": (Result.DECLINED, Result.DECLINED, 0),
}
REFUNDED: dict[str, tuple[Result, Result, int]] = {
    Method.OK: (Result.REFUNDED, Result.REFUNDED, 1),
    Method.REFUND_FAILS: (Result.DECLINED, Result.DECLINED, 0),
    Method.REFUND_TIMEOUT: (Result.UNKNOWN, Result.REFUNDED, 1),
    Method.LATE_WEBHOOK: (Result.REFUNDED, Result.REFUNDED, 1),
}


@pytest.mark.parametrize(
    ("kind", "method", "expected"),
    [(Kind.PAY, *item) for item in PAID.items()] + [(Kind.REFUND, *i) for i in REFUNDED.items()],
)
def test_each_method(kind: Kind, method: str, expected: tuple[Result, Result, int]) -> None:
    asked = call("k", method, kind)
    answer, found = SANDBOX.carry_out([asked]), SANDBOX.lookup([asked])
    messages = SANDBOX.webhooks([asked])

    assert (answer[0].result, found[0].result, len(messages)) == expected
    again = Sandbox(b"another process")
    assert (again.carry_out([asked]), again.lookup([asked])) == (answer, found)


def test_every_method_is_tested() -> None:
    assert {*Method} <= PAID.keys()


def test_a_message_names_the_call() -> None:
    asked = call("k-1", Method.OK)
    [webhook] = SANDBOX.webhooks([asked])

    event = SANDBOX.verify(webhook)

    assert (event.provider, event.key, event.amount_minor) == ("sandbox", "k-1", 9300)
    assert event.outcome == SANDBOX.carry_out([asked])[0]


def test_capture_of_many_is_one_call() -> None:
    calls = [call(f"k-{n}", Method.OK) for n in range(1000)]

    outcomes = SANDBOX.carry_out(calls)

    assert {outcome.result for outcome in outcomes} == {Result.CAPTURED}
    assert len({outcome.reference for outcome in outcomes}) == 1000
