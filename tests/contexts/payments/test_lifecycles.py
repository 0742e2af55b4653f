"""Every state and every verb of payments, calls and refunds."""

from collections.abc import Mapping
from typing import Any

import pytest

from entrepot.contexts import payments
from entrepot.kernel.lifecycle import IllegalMove, Lifecycle

LIFECYCLES: list[tuple[Lifecycle[Any, Any], Any, Any]] = [
    (payments.INTENT, payments.IntentState, payments.IntentVerb),
    (payments.ATTEMPT, payments.AttemptState, payments.AttemptVerb),
    (payments.REFUND, payments.RefundState, payments.RefundVerb),
]
PAIRS = [
    pytest.param(lifecycle, state, verb, id=f"{type(state).__name__}-{state}-{verb}")
    for lifecycle, states, verbs in LIFECYCLES
    for state in states
    for verb in verbs
]
INTENT_MOVES: Mapping[str, str] = {
    "created": "authorise cancel capture decline expire lose",
    "unknown": "authorise cancel capture decline expire retry",
    "authorised": "cancel capture decline lose",
    "declined": "authorise cancel capture expire retry",
    "captured": "refund_part refund_rest",
    "partially_refunded": "refund_part refund_rest",
    "refunded": "",
    "cancelled": "authorise capture",
    "expired": "authorise capture",
}


@pytest.mark.parametrize(("lifecycle", "state", "verb"), PAIRS)
def test_each_verb_moves_or_is_refused(
    lifecycle: Lifecycle[Any, Any], state: Any, verb: Any
) -> None:
    if verb in lifecycle.moves[state]:
        assert lifecycle.after(state, verb) is lifecycle.moves[state][verb]
    else:
        with pytest.raises(IllegalMove) as refusal:
            lifecycle.after(state, verb)
        assert refusal.value.members["allowed"] == [*lifecycle.moves[state]]


@pytest.mark.parametrize("state", payments.IntentState)
def test_what_a_payment_may_do(state: payments.IntentState) -> None:
    assert sorted(payments.INTENT.moves[state]) == INTENT_MOVES[state].split()


@pytest.mark.parametrize("state", payments.IntentState)
def test_no_payment_is_forgotten_once_money_is_in(state: payments.IntentState) -> None:
    holds = {payments.IntentState.CAPTURED, payments.IntentState.PARTIALLY_REFUNDED}
    back = {payments.IntentState.PARTIALLY_REFUNDED, payments.IntentState.REFUNDED}
    after = {*payments.INTENT.moves[state].values()}
    if state in holds:
        assert after == back
