"""What every payment provider has to do."""

import pytest

from entrepot.contexts import payments
from entrepot.contexts.payments import Kind, Result, Webhook

from .calls import call
from .conftest import Case


def results(outcomes: list[payments.Outcome]) -> list[Result]:
    return [outcome.result for outcome in outcomes]


def test_money_comes_in_and_lookup_agrees(case: Case, key: str) -> None:
    pay = call(key, case.good)

    [outcome] = case.provider.carry_out([pay])

    assert (outcome.result, outcome.reason) == (Result.CAPTURED, None)
    assert outcome.reference
    assert case.provider.lookup([pay]) == [outcome]


def test_a_decline_has_a_reason(case: Case, key: str) -> None:
    pay = call(key, case.bad)

    [outcome] = case.provider.carry_out([pay])

    assert (outcome.result, outcome.reason) == (Result.DECLINED, "card_declined")
    assert results(case.provider.lookup([pay])) == [Result.DECLINED]


def test_a_batch_is_answered_in_its_order(case: Case, key: str) -> None:
    calls = [call(f"{key}-{n}", case.bad if n == 1 else case.good) for n in range(3)]

    outcomes = case.provider.carry_out(calls)

    assert results(outcomes) == [Result.CAPTURED, Result.DECLINED, Result.CAPTURED]
    assert results(case.provider.lookup(calls)) == results(outcomes)
    assert outcomes[0].reference != outcomes[2].reference
    assert case.provider.carry_out([]) == case.provider.lookup([]) == []


def test_authorise_then_capture(case: Case, key: str) -> None:
    [held] = case.provider.carry_out([call(key, case.good, Kind.AUTHORISE)])
    assert held.result is Result.AUTHORISED

    capture = call(f"{key}-2", case.good, Kind.CAPTURE, held.reference)
    [taken] = case.provider.carry_out([capture])

    assert taken.result is Result.CAPTURED
    assert results(case.provider.lookup([capture])) == [Result.CAPTURED]


def test_authorise_then_void(case: Case, key: str) -> None:
    [held] = case.provider.carry_out([call(key, case.good, Kind.AUTHORISE)])
    void = call(f"{key}-2", case.good, Kind.VOID, held.reference)

    assert results(case.provider.carry_out([void])) == [Result.VOIDED]
    assert results(case.provider.lookup([void])) == [Result.VOIDED]


def test_two_refunds_of_one_payment(case: Case, key: str) -> None:
    [paid] = case.provider.carry_out([call(key, case.good)])
    parts = [
        call(f"{key}-{n}", case.good, Kind.REFUND, paid.reference, minor)
        for n, minor in ((2, 33_00), (3, 60_00))
    ]

    outcomes = case.provider.carry_out(parts)

    assert results(outcomes) == [Result.REFUNDED, Result.REFUNDED]
    assert outcomes[0].reference != outcomes[1].reference
    assert case.provider.lookup(parts) == outcomes


@pytest.mark.parametrize("headers", [{}, {"stripe-signature": "t=1,v1=00"}])
def test_unsigned_messages_are_refused(case: Case, headers: dict[str, str]) -> None:
    with pytest.raises(payments.ForgedWebhook):
        case.provider.verify(Webhook(b"{}", headers))


@pytest.mark.parametrize("payload", [b"no json", b"\xff", b"[]"])
def test_signed_nonsense_is_refused(case: Case, payload: bytes) -> None:
    with pytest.raises(payments.ForgedWebhook):
        case.provider.verify(case.wrap(payload))
