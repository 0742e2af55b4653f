"""A provider for trying things out: what it does follows from the buyer's method alone.

It keeps nothing: every answer, to a call or to a lookup, is computed from the call itself, so that
it says the same in every process and after every restart. With `sandbox-ok` money comes in at once.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ValidationError

from entrepot.contexts import payments
from entrepot.contexts.payments import Call, Kind, Outcome, ProviderEvent, Result, Webhook
from entrepot.kernel.clock import real

from .signatures import is_genuine, sign

NAME = "sandbox"
HEADER = "sandbox-signature"


class Method(StrEnum):
    """What a buyer can choose; anything else is declined."""

    OK = "sandbox-ok"
    DECLINE = "sandbox-decline"
    TIMEOUT_THEN_CAPTURED = "sandbox-timeout-then-captured"
    TIMEOUT_THEN_NOTHING = "sandbox-timeout-then-nothing"
    LATE_WEBHOOK = "sandbox-late-webhook"  # Only its message tells, lookups are too early.
    DUPLICATE_WEBHOOK = "sandbox-duplicate-webhook"
    REFUND_FAILS = "sandbox-refund-fails"
    REFUND_TIMEOUT = "sandbox-refund-timeout"  # Then the lookup finds it done.


DONE = {
    Kind.AUTHORISE: Result.AUTHORISED,
    Kind.CAPTURE: Result.CAPTURED,
    Kind.PAY: Result.CAPTURED,
    Kind.REFUND: Result.REFUNDED,
    Kind.VOID: Result.VOIDED,
}
UNKNOWN = Outcome(result=Result.UNKNOWN, reason="timeout")
NOTHING = Outcome(result=Result.NOTHING)
TIMED_OUT = {Method.TIMEOUT_THEN_CAPTURED, Method.TIMEOUT_THEN_NOTHING, Method.LATE_WEBHOOK}


class Message(BaseModel):
    """What the sandbox tells by itself."""

    id: str
    key: str
    result: Result
    reference: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Signs its messages with a secret of the installation."""

    secret: bytes

    def carry_out(self, calls: Sequence[Call]) -> list[Outcome]:
        """Answer at once; n calls cost no more than one."""
        return [_answer(call) for call in calls]

    def lookup(self, calls: Sequence[Call]) -> list[Outcome]:
        """What the method says has become of the call."""
        return [_found(call) for call in calls]

    def verify(self, webhook: Webhook) -> ProviderEvent:
        """Read a message that `webhooks` made."""
        header = webhook.headers.get(HEADER, "")
        if not is_genuine(self.secret, webhook.payload, header, real()):
            raise payments.ForgedWebhook("the signature is not the sandbox's, or is old")
        try:
            message = Message.model_validate_json(webhook.payload)
        except ValidationError as error:
            raise payments.ForgedWebhook("this is no message of the sandbox") from error
        return ProviderEvent(
            provider=NAME,
            event_id=message.id,
            key=message.key,
            outcome=Outcome(result=message.result, reference=message.reference),
            payload=webhook.payload,
            amount_minor=message.amount_minor,
        )

    def webhooks(self, calls: Sequence[Call]) -> list[Webhook]:
        """The messages that these calls lead to, for whoever plays the provider's part."""
        return [self._message(call) for call in calls for _ in range(_times(call))]

    def _message(self, call: Call) -> Webhook:
        message = Message(
            id=f"evt_{_hash(call)}",
            key=call.key,
            result=DONE[call.kind],
            reference=_reference(call),
            amount_minor=call.amount.minor,
        )
        payload = message.model_dump_json().encode()
        return Webhook(payload, {HEADER: sign(self.secret, payload, real())})


def _answer(call: Call) -> Outcome:
    match call.kind, call.method:
        case Kind.PAY | Kind.AUTHORISE, method if method in TIMED_OUT:
            return UNKNOWN
        case Kind.REFUND, Method.REFUND_TIMEOUT:
            return UNKNOWN
        case _:
            return _end(call)


def _found(call: Call) -> Outcome:
    match call.kind, call.method:
        case Kind.PAY | Kind.AUTHORISE, Method.TIMEOUT_THEN_NOTHING:
            return NOTHING
        case Kind.PAY | Kind.AUTHORISE, Method.LATE_WEBHOOK:
            return UNKNOWN
        case _:
            return _end(call)


def _end(call: Call) -> Outcome:
    match call.kind, call.method:
        case Kind.REFUND, Method.REFUND_FAILS:
            return Outcome(result=Result.DECLINED, reason="refund_refused")
        case Kind.PAY | Kind.AUTHORISE, Method.DECLINE:
            return Outcome(result=Result.DECLINED, reason="card_declined")
        case Kind.PAY | Kind.AUTHORISE, method if method not in {*Method}:
            return Outcome(result=Result.DECLINED, reason="unknown_method")
        case _:
            return Outcome(result=DONE[call.kind], reference=_reference(call))


def _times(call: Call) -> int:
    """How often the sandbox tells of a call: nothing that it did not do."""
    done = _end(call).result is DONE[call.kind]
    starts = call.kind in {Kind.PAY, Kind.AUTHORISE}
    if not done or (starts and call.method == Method.TIMEOUT_THEN_NOTHING):
        return 0
    return 2 if call.method == Method.DUPLICATE_WEBHOOK else 1


def _reference(call: Call) -> str:
    return f"sb_{_hash(call)}"


def _hash(call: Call) -> str:
    return hashlib.sha256(f"{call.kind}:{call.key}".encode()).hexdigest()[:24]
