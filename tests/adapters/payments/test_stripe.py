"""Stripe beyond the contract: errors, keys and messages."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from entrepot.adapters.payments.stripe import CONFIRMED_WITHIN, Stripe
from entrepot.contexts.payments import Call, Kind, Outcome, Result
from tests.playing_stripe import ASKS_ITS_OWNER, KEY, SECRET, card, confirm

from .calls import call
from .conftest import Scripted, signed


def error(code: str, type: str = "invalid_request_error") -> str:
    return json.dumps({"error": {"type": type, "code": code, "message": code}})


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (402, error("card_declined", "card_error"), (Result.DECLINED, "card_declined")),
        (400, error("resource_missing"), (Result.DECLINED, "resource_missing")),
        (401, error("api_key_expired"), (Result.NOTHING, "AuthenticationError")),
        (403, error("not_allowed"), (Result.NOTHING, "PermissionError")),
        (429, error("rate_limit"), (Result.NOTHING, "RateLimitError")),
        (400, error("x", "idempotency_error"), (Result.UNKNOWN, "IdempotencyError")),
        (409, error("idempotency_key_in_use"), (Result.UNKNOWN, "APIError")),
        (500, error("oops", "api_error"), (Result.UNKNOWN, "APIError")),
        (503, "<html>", (Result.UNKNOWN, "APIError")),
    ],
)
def test_what_errors_mean(
    scripted: Scripted, status: int, body: str, expected: tuple[Result, str]
) -> None:
    scripted.status, scripted.body = status, body
    stripe = Stripe(KEY, SECRET, api_base=scripted.url)

    [outcome] = stripe.carry_out([call("k", "pm_card_visa")])

    assert (outcome.result, outcome.reason) == expected
    assert len(scripted.headers) == 1  # Nothing is repeated behind our back.


def test_our_key_travels_as_the_idempotency_key(scripted: Scripted) -> None:
    scripted.body = json.dumps({"id": "pi_1", "object": "payment_intent", "status": "succeeded"})
    stripe = Stripe(KEY, SECRET, api_base=scripted.url)

    assert stripe.carry_out([call("77-1", "pm_card_visa")]) == [
        Outcome(result=Result.CAPTURED, reference="pi_1")
    ]
    assert [headers["idempotency-key"] for headers in scripted.headers] == ["77-1"]


def test_no_answer_is_unknown(scripted: Scripted) -> None:
    scripted.silent = True
    stripe = Stripe(KEY, SECRET, api_base=scripted.url)

    [outcome] = stripe.carry_out([call("k", "pm_card_visa")])

    assert (outcome.result, outcome.reason) == (Result.UNKNOWN, "APIConnectionError")


@contextmanager
def deaf() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_timeout_is_unknown_and_so_is_its_lookup() -> None:
    with deaf() as url:
        stripe = Stripe(KEY, SECRET, api_base=url, timeout_s=0.2)
        pay = call("k", "pm_card_visa")

        [outcome], [found] = stripe.carry_out([pay]), stripe.lookup([pay])

    assert outcome.result is found.result is Result.UNKNOWN


def test_what_never_arrived_is_nothing(stripe: Stripe) -> None:
    stripe.carry_out([call("another-one", "pm_card_visa")])

    assert stripe.lookup([call("never-sent", "pm_card_visa")]) == [Outcome(result=Result.NOTHING)]


def test_lookups_turn_pages(localstripe: str) -> None:
    stripe = Stripe(KEY, SECRET, api_base=localstripe, page=2)
    calls = [call(f"page-{n}", "pm_card_visa") for n in range(5)]
    outcomes = stripe.carry_out(calls)

    assert stripe.lookup([calls[0], calls[-1]]) == [outcomes[0], outcomes[-1]]


def waiting(at: str, key: str) -> tuple[Stripe, Call, str]:
    """A payment that waits for the owner of the card, and what they confirm it by."""
    stripe, pay = Stripe(KEY, SECRET, api_base=at), call(key, card(at, ASKS_ITS_OWNER))
    [outcome] = stripe.carry_out([pay])
    assert (outcome.result, outcome.reason) == (Result.UNKNOWN, "requires_action")
    assert outcome.client_secret is not None and outcome.client_secret not in repr(outcome)
    assert stripe.lookup([pay]) == [outcome]
    return stripe, replace(pay, charge_ref=outcome.reference), outcome.client_secret


@pytest.mark.parametrize(
    ("success", "result", "reason"),
    [
        (True, Result.CAPTURED, None),
        (False, Result.DECLINED, "payment_intent_authentication_failure"),
    ],
)
def test_the_owner_of_a_card_is_waited_for(
    localstripe: str, success: bool, result: Result, reason: str | None
) -> None:
    stripe, pay, client_secret = waiting(localstripe, f"owner-{success}")

    [before] = stripe.lookup([pay])
    confirm(localstripe, client_secret, success=success)
    [after] = stripe.lookup([pay])

    assert before.client_secret == client_secret
    assert after == Outcome(result=result, reference=pay.charge_ref, reason=reason)


def test_an_owner_who_does_not_answer_is_given_up(localstripe: str) -> None:
    stripe, pay, _ = waiting(localstripe, "silent")
    late = replace(pay, begun_at=pay.begun_at - CONFIRMED_WITHIN)

    [gone] = stripe.lookup([late])

    assert gone == Outcome(
        result=Result.DECLINED, reference=pay.charge_ref, reason="authentication_required"
    )
    assert stripe.lookup([pay]) == [replace(gone, reason="canceled")]


def message(type: str, **about: object) -> bytes:
    event = {
        "id": "evt_1",
        "object": "event",
        "type": type,
        "created": 1_700_000_000,
        "data": {"object": {"id": "pi_1", "amount": 9300, **about}},
    }
    return json.dumps(event).encode()


OURS = {"metadata": {"entrepot_key": "77-1"}}


@pytest.mark.parametrize(
    ("payload", "key", "outcome"),
    [
        (
            message("payment_intent.succeeded", status="succeeded", **OURS),
            "77-1",
            Outcome(result=Result.CAPTURED, reference="pi_1"),
        ),
        (
            message(
                "payment_intent.payment_failed",
                status="requires_payment_method",
                last_payment_error={"code": "card_declined"},
                **OURS,
            ),
            "77-1",
            Outcome(result=Result.DECLINED, reference="pi_1", reason="card_declined"),
        ),
        (
            message("refund.updated", status="succeeded", **OURS),
            "77-1",
            Outcome(result=Result.REFUNDED, reference="pi_1"),
        ),
        (
            message("refund.created", status="pending", **OURS),
            None,
            Outcome(result=Result.UNKNOWN, reference="pi_1"),
        ),
        (
            message("payment_intent.succeeded", status="succeeded", metadata={}),
            None,
            Outcome(result=Result.CAPTURED, reference="pi_1"),
        ),
        (
            message("customer.created", **OURS),
            None,
            Outcome(result=Result.UNKNOWN, reference="pi_1"),
        ),
    ],
)
def test_messages(payload: bytes, key: str | None, outcome: Outcome) -> None:
    event = Stripe(KEY, SECRET).verify(signed(payload))

    assert (event.provider, event.event_id, event.key) == ("stripe", "evt_1", key)
    assert (event.outcome, event.payload, event.amount_minor) == (outcome, payload, 9300)


def test_more_cannot_go_back_than_came_in(scripted: Scripted) -> None:
    scripted.status, scripted.body = 400, error("charge_already_refunded")
    refund = call("k", "pm_card_visa", Kind.REFUND, "pi_1")

    [outcome] = Stripe(KEY, SECRET, api_base=scripted.url).carry_out([refund])

    assert (outcome.result, outcome.reason) == (Result.DECLINED, "charge_already_refunded")
