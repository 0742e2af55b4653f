"""Stripe, by its own library: card payments as PaymentIntents under our idempotency keys.

Our key travels as the idempotency key, so that a call that arrives twice is one, and as metadata,
so that lookups and webhooks can name it. No personal data is sent. A card that asks for its
owner's confirmation (3-D Secure) is unknown until they give it: the buyer's browser needs the
client secret for that. Who does not within an hour is declined, as `authentication_required`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe
from pydantic import BaseModel

from entrepot.contexts import payments
from entrepot.contexts.payments import Call, Kind, Outcome, ProviderEvent, Result, Webhook
from entrepot.kernel.clock import real

from .signatures import TOLERANCE_S

NAME = "stripe"
KEY = "entrepot_key"
HEADER = "stripe-signature"
SKEW = timedelta(minutes=10)  # Between their clock and ours.
CONFIRMED_WITHIN = timedelta(hours=1)  # Stripe itself would wait for ever.
WAITS, UNCONFIRMED = "requires_action", "authentication_required"

# What a PaymentIntent's status says about the call that made it. Others are not decided yet.
STARTED = {
    "succeeded": Result.CAPTURED,
    "requires_capture": Result.AUTHORISED,
    "requires_payment_method": Result.DECLINED,
    "canceled": Result.DECLINED,
}
CAPTURED = {
    "succeeded": Result.CAPTURED,
    "requires_capture": Result.NOTHING,
    "canceled": Result.DECLINED,
}
VOIDED = {
    "canceled": Result.VOIDED,
    "requires_capture": Result.NOTHING,
    "succeeded": Result.DECLINED,
}
REFUNDED = {
    "succeeded": Result.REFUNDED,
    "failed": Result.DECLINED,
    "canceled": Result.DECLINED,
}
TOLD = {
    "payment_intent.amount_capturable_updated": STARTED,
    "payment_intent.payment_failed": STARTED,
    "payment_intent.succeeded": STARTED,
    "refund.created": REFUNDED,
    "refund.failed": REFUNDED,
    "refund.updated": REFUNDED,
}


class About(BaseModel):
    """What a message is about: a PaymentIntent, a refund or something that we do not use."""

    object: dict[str, Any]


class Message(BaseModel):
    """A message of Stripe's, as far as we read it."""

    id: str
    type: str
    data: About


class Stripe:
    """One Stripe account. `api_base` is another address only where Stripe itself is played."""

    def __init__(
        self,
        api_key: str,
        webhook_secret: str,
        *,
        api_base: str = "https://api.stripe.com",
        timeout_s: float = 20.0,
        page: int = 100,
    ) -> None:
        self._secret = webhook_secret
        self._page = page
        self._client = stripe.StripeClient(
            api_key,
            base_addresses={"api": api_base},
            http_client=stripe.RequestsClient(timeout=timeout_s),
            max_network_retries=0,  # A lost answer is ours to look up.
        )

    def carry_out(self, calls: Sequence[Call]) -> list[Outcome]:
        """One request each: Stripe takes no batches."""
        return [_outcome(call, self._request(call)) for call in calls]

    def lookup(self, calls: Sequence[Call]) -> list[Outcome]:
        """Read what Stripe has under our keys."""
        return [_seen(call, self._reading(call)) for call in calls]

    def verify(self, webhook: Webhook) -> ProviderEvent:
        """Read a message that Stripe signed with this endpoint's secret."""
        try:
            stripe.WebhookSignature.verify_header(
                webhook.payload, webhook.headers.get(HEADER, ""), self._secret, TOLERANCE_S
            )
            event = Message.model_validate_json(webhook.payload)
        except (stripe.SignatureVerificationError, ValueError) as error:
            raise payments.ForgedWebhook("this is not signed by Stripe, or is old") from error
        return _told(event, webhook.payload)

    def _request(self, call: Call) -> Callable[[], Outcome]:
        match call.kind:
            case Kind.PAY:
                return lambda: self._start(call, "automatic")
            case Kind.AUTHORISE:
                return lambda: self._start(call, "manual")
            case Kind.CAPTURE:
                return lambda: self._capture(call)
            case Kind.VOID:
                return lambda: self._void(call)
            case Kind.REFUND:
                return lambda: self._refund(call)

    def _start(self, call: Call, capture: str) -> Outcome:
        params: Any = {
            "amount": call.amount.minor,
            "currency": call.amount.currency.lower(),
            "payment_method": call.method,
            "confirm": True,
            "capture_method": capture,
            "metadata": {KEY: call.key, "order_group": str(call.group_id)},
        }
        if call.method.startswith("pm_"):
            # No redirects: there is no page to return to.
            params["payment_method_types"] = ["card"]
        made = self._client.v1.payment_intents.create(params, {"idempotency_key": call.key})
        return _read(STARTED, made.to_dict())

    def _capture(self, call: Call) -> Outcome:
        assert call.charge_ref is not None
        made = self._client.v1.payment_intents.capture(
            call.charge_ref, options={"idempotency_key": call.key}
        )
        return _read(CAPTURED, made.to_dict())

    def _void(self, call: Call) -> Outcome:
        assert call.charge_ref is not None
        made = self._client.v1.payment_intents.cancel(
            call.charge_ref, options={"idempotency_key": call.key}
        )
        return _read(VOIDED, made.to_dict())

    def _refund(self, call: Call) -> Outcome:
        assert call.charge_ref is not None
        made = self._client.v1.refunds.create(
            {
                "payment_intent": call.charge_ref,
                "amount": call.amount.minor,
                "metadata": {KEY: call.key},
            },
            {"idempotency_key": call.key},
        )
        return _read(REFUNDED, made.to_dict())

    def _reading(self, call: Call) -> Callable[[], Outcome]:
        match call.kind:
            case Kind.PAY | Kind.AUTHORISE:
                if call.charge_ref is not None:
                    return lambda: self._started(call)
                return lambda: self._first(call, STARTED, self._intents())
            case Kind.REFUND:
                return lambda: self._first(call, REFUNDED, self._refunds(call))
            case Kind.CAPTURE:
                return lambda: self._status(call, CAPTURED)
            case Kind.VOID:
                return lambda: self._status(call, VOIDED)

    def _intents(self) -> Iterator[Any]:
        return self._client.v1.payment_intents.list({"limit": self._page}).auto_paging_iter()

    def _refunds(self, call: Call) -> Iterator[Any]:
        assert call.charge_ref is not None
        listed = self._client.v1.refunds.list(
            {"payment_intent": call.charge_ref, "limit": self._page}
        )
        return listed.auto_paging_iter()

    def _first(
        self, call: Call, reading: dict[str, Result], newest_first: Iterator[Any]
    ) -> Outcome:
        """Lists show a new object at once; searching by metadata lags behind."""
        for found in newest_first:
            if _key(found.to_dict()) == call.key:
                return _read(reading, found.to_dict())
            if datetime.fromtimestamp(found.created, UTC) < call.begun_at - SKEW:
                break
        return Outcome(result=Result.NOTHING)

    def _started(self, call: Call) -> Outcome:
        """How far a payment is; what its owner did not confirm in time is given up."""
        found = self._status(call, STARTED)
        if found.reason != WAITS or real() < call.begun_at + CONFIRMED_WITHIN:
            return found
        assert call.charge_ref is not None
        # Refused if they confirm at this moment: then the next lookup knows.
        self._client.v1.payment_intents.cancel(call.charge_ref)
        return replace(found, result=Result.DECLINED, reason=UNCONFIRMED, client_secret=None)

    def _status(self, call: Call, reading: dict[str, Result]) -> Outcome:
        assert call.charge_ref is not None
        found = self._client.v1.payment_intents.retrieve(call.charge_ref)
        return _read(reading, found.to_dict())


def _read(reading: dict[str, Result], about: dict[str, Any]) -> Outcome:
    """What the state of a PaymentIntent or a refund says; `pending` and the like say nothing."""
    result = reading.get(about.get("status") or "", Result.UNKNOWN)
    error = about.get("last_payment_error") or {}
    reason = error.get("code") or about.get("failure_reason") or about.get("status")
    if about.get("status") == WAITS:
        secret = about.get("client_secret")
        return Outcome(result=result, reference=about.get("id"), reason=WAITS, client_secret=secret)
    declined = result is Result.DECLINED
    return Outcome(result=result, reference=about.get("id"), reason=reason if declined else None)


def _key(about: dict[str, Any]) -> str | None:
    found: str | None = (about.get("metadata") or {}).get(KEY)
    return found


def _outcome(call: Call, request: Callable[[], Outcome]) -> Outcome:
    """An error answered before anything was done is a decline or nothing; any other is unknown."""
    try:
        return request()
    except stripe.CardError as error:
        return Outcome(result=Result.DECLINED, reason=error.code or "card_error")
    except (stripe.AuthenticationError, stripe.PermissionError, stripe.RateLimitError) as error:
        return Outcome(result=Result.NOTHING, reason=type(error).__name__)
    except stripe.InvalidRequestError as error:
        return Outcome(result=Result.DECLINED, reason=error.code or "invalid_request")
    except stripe.StripeError as error:
        return Outcome(result=Result.UNKNOWN, reason=type(error).__name__)


def _seen(call: Call, reading: Callable[[], Outcome]) -> Outcome:
    """A lookup that fails says nothing about the call."""
    try:
        return reading()
    except stripe.StripeError as error:
        return Outcome(result=Result.UNKNOWN, reason=type(error).__name__)


def _told(event: Message, payload: bytes) -> ProviderEvent:
    about = event.data.object
    outcome = _read(TOLD.get(event.type, {}), about)
    decided = outcome.result is not Result.UNKNOWN
    return ProviderEvent(
        provider=NAME,
        event_id=event.id,
        key=_key(about) if decided else None,
        outcome=outcome,
        payload=payload,
        amount_minor=about.get("amount"),
    )
