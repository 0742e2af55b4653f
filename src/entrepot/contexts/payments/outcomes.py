"""What a provider's answer does to the attempt, the payment and the refund. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from entrepot.kernel.events import Event

from .events import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentFailed,
    RefundFailed,
    RefundSucceeded,
)
from .lifecycle import (
    ATTEMPT,
    CLOSED,
    INTENT,
    REFUND,
    AttemptVerb,
    IntentState,
    IntentVerb,
    RefundVerb,
)
from .model import Attempt, Intent, IntentId, Kind, NewIntent, Outcome, Refund, Result

ATTEMPT_VERBS: Mapping[Result, AttemptVerb] = {
    Result.AUTHORISED: AttemptVerb.SUCCEED,
    Result.CAPTURED: AttemptVerb.SUCCEED,
    Result.DECLINED: AttemptVerb.DECLINE,
    Result.NOTHING: AttemptVerb.MISS,
    Result.REFUNDED: AttemptVerb.SUCCEED,
    Result.UNKNOWN: AttemptVerb.LOSE,
    Result.VOIDED: AttemptVerb.SUCCEED,
}
# What an answer means for the payment. A void that failed leaves the authorisation as it is.
INTENT_VERBS: Mapping[tuple[Kind, Result], IntentVerb] = {
    (Kind.AUTHORISE, Result.AUTHORISED): IntentVerb.AUTHORISE,
    (Kind.AUTHORISE, Result.CAPTURED): IntentVerb.CAPTURE,
    (Kind.AUTHORISE, Result.DECLINED): IntentVerb.DECLINE,
    (Kind.AUTHORISE, Result.NOTHING): IntentVerb.RETRY,
    (Kind.AUTHORISE, Result.UNKNOWN): IntentVerb.LOSE,
    (Kind.CAPTURE, Result.CAPTURED): IntentVerb.CAPTURE,
    (Kind.CAPTURE, Result.DECLINED): IntentVerb.DECLINE,
    (Kind.CAPTURE, Result.NOTHING): IntentVerb.AUTHORISE,
    (Kind.CAPTURE, Result.UNKNOWN): IntentVerb.LOSE,
    (Kind.PAY, Result.AUTHORISED): IntentVerb.AUTHORISE,
    (Kind.PAY, Result.CAPTURED): IntentVerb.CAPTURE,
    (Kind.PAY, Result.DECLINED): IntentVerb.DECLINE,
    (Kind.PAY, Result.NOTHING): IntentVerb.RETRY,
    (Kind.PAY, Result.UNKNOWN): IntentVerb.LOSE,
    (Kind.VOID, Result.VOIDED): IntentVerb.CANCEL,
}
REFUND_VERBS: Mapping[Result, RefundVerb] = {
    Result.DECLINED: RefundVerb.FAIL,
    Result.NOTHING: RefundVerb.RETURN,
    Result.REFUNDED: RefundVerb.SUCCEED,
    Result.UNKNOWN: RefundVerb.LOSE,
}
MONEY = {IntentVerb.AUTHORISE, IntentVerb.CAPTURE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An attempt with the payment and the refund that it is about, and what is to be told."""

    attempt: Attempt
    intent: Intent
    refund: Refund | None = None
    facts: tuple[Event, ...] = ()


def settle(now: Standing, outcome: Outcome, at: datetime) -> Standing:
    """The standing after an answer; the same one if the answer says nothing new.

    Raises `IllegalMove` if the answer cannot be true, such as a second capture.
    """
    verb = ATTEMPT_VERBS[outcome.result]
    if verb not in ATTEMPT.moves[now.attempt.state]:
        return now  # Heard before, or older than what we know.
    attempt = replace(
        now.attempt,
        state=ATTEMPT.after(now.attempt.state, verb),
        provider_ref=outcome.reference or now.attempt.provider_ref,
        reason=outcome.reason,
    )
    if now.refund is not None:
        return _refunded(replace(now, attempt=attempt), now.refund, outcome, at)
    return _paid(replace(now, attempt=attempt), outcome, at)


def _paid(now: Standing, outcome: Outcome, at: datetime) -> Standing:
    intent = now.intent
    verb = INTENT_VERBS.get((now.attempt.call.kind, outcome.result))
    if verb is None or _says_nothing(intent.state, verb):
        return now
    charged = now.attempt.provider_ref if verb in MONEY else None
    after = replace(
        intent,
        state=INTENT.after(intent.state, verb),
        provider_ref=charged or intent.provider_ref,
        captured_minor=intent.amount.minor if verb is IntentVerb.CAPTURE else intent.captured_minor,
    )
    return replace(now, intent=after, facts=_told(after, verb, outcome, at))


def _says_nothing(state: IntentState, verb: IntentVerb) -> bool:
    """A closed payment moves for money only; what was never lost need not come back."""
    if verb in MONEY:
        return state is IntentState.AUTHORISED and verb is IntentVerb.AUTHORISE
    return state in CLOSED or (state is IntentState.CREATED and verb is IntentVerb.RETRY)


def _told(intent: Intent, verb: IntentVerb, outcome: Outcome, at: datetime) -> tuple[Event, ...]:
    match verb:
        case IntentVerb.CAPTURE:
            return (PaymentCaptured(**_members(intent, at)),)
        case IntentVerb.AUTHORISE:
            return (PaymentAuthorised(**_members(intent, at)),)
        case IntentVerb.DECLINE:
            return (PaymentFailed(**_members(intent, at), reason=outcome.reason),)
        case _:
            return ()


def captured(intent: Intent, at: datetime) -> PaymentCaptured:
    """The fact that a payment is in."""
    return PaymentCaptured(**_members(intent, at))


def captured_at_once(wish: NewIntent, id: IntentId, at: datetime) -> PaymentCaptured:
    """The same for a payment of nothing."""
    return PaymentCaptured(
        at=at,
        group_id=wish.group_id,
        intent_id=id,
        amount_minor=wish.amount.minor,
        currency=wish.amount.currency,
    )


def _members(of: Intent | Refund, at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "group_id": of.group_id,
        "intent_id": of.id if isinstance(of, Intent) else of.intent_id,
        "amount_minor": of.amount.minor,
        "currency": of.amount.currency,
    }


def _refunded(now: Standing, refund: Refund, outcome: Outcome, at: datetime) -> Standing:
    verb = REFUND_VERBS[outcome.result]
    after = replace(refund, state=REFUND.after(refund.state, verb))
    members = _members(refund, at) | {"refund_id": refund.id, "reference": refund.reference}
    if verb is RefundVerb.FAIL:
        failed = RefundFailed(**members, reason=outcome.reason)
        return replace(now, refund=after, facts=(failed,))
    if verb is not RefundVerb.SUCCEED:
        return replace(now, refund=after)
    intent = _given_back(now.intent, refund.amount.minor)
    return replace(now, intent=intent, refund=after, facts=(RefundSucceeded(**members),))


def _given_back(intent: Intent, minor: int) -> Intent:
    refunded = intent.refunded_minor + minor
    whole = refunded == intent.captured_minor
    verb = IntentVerb.REFUND_REST if whole else IntentVerb.REFUND_PART
    return replace(intent, refunded_minor=refunded, state=INTENT.after(intent.state, verb))
