"""Payments from the opening to the last refund, against the sandbox provider."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from entrepot.adapters.payments.sandbox import Method, Sandbox
from entrepot.contexts import payments
from entrepot.contexts.payments import (
    Answer,
    Beginning,
    IntentState,
    Kind,
    NewIntent,
    NewRefund,
    Outcome,
    RefundState,
    Result,
)
from entrepot.kernel.access import Actor, platform
from entrepot.kernel.ids import Id
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import only
from entrepot.kernel.tx import Tx
from tests.conftest import NOON, Installation

SANDBOX = Sandbox(b"a secret of the installation")
PROVIDERS = {"sandbox": SANDBOX}
ANSWERS = [Outcome(result=Result.UNKNOWN), Outcome(result=Result.CAPTURED, reference="sb_1")]


def usd(minor: int) -> Money:
    return Money(minor, Currency.USD)


def new(group: int, minor: int = 93_00, method: str = Method.OK) -> NewIntent:
    return NewIntent(group_id=Id(group), amount=usd(minor), provider="sandbox", method=method)


def opened(tx: Tx, method: str = Method.OK, minor: int = 93_00) -> payments.Intent:
    [intent] = payments.open(tx, [new(1, minor, method)])
    return intent


def begun(tx: Tx, kind: Kind = Kind.PAY, method: str | None = None) -> payments.Call:
    return only(payments.begin(tx, [Beginning(group_id=Id(1), kind=kind, method=method)]))


def recorded(tx: Tx, call: payments.Call, outcome: Outcome) -> payments.Intent:
    return only(payments.record(tx, [Answer(call, outcome)]))


def paid(tx: Tx, method: str = Method.OK, minor: int = 93_00) -> payments.Intent:
    opened(tx, method, minor)
    call = begun(tx)
    [outcome] = payments.ask(PROVIDERS, [call])
    return recorded(tx, call, outcome)


def state(tx: Tx, group: int = 1) -> IntentState:
    return payments.of_groups(tx, [Id(group)])[Id(group)].state


def facts(tx: Tx) -> list[tuple[str, dict[str, Any]]]:
    rows = tx.sql.execute(text("select name, payload from events.fresh order by serial"))
    return [(row.name, row.payload) for row in rows]


def names(tx: Tx) -> list[str]:
    return [name for name, _ in facts(tx)]


def test_many_are_opened_by_one_statement_in_their_order(tx: Tx) -> None:
    wishes = [new(group, group * 100) for group in (9, 3, 7)]

    intents = payments.open(tx, wishes)

    assert [(intent.group_id, intent.amount) for intent in intents] == [
        (9, usd(900)),
        (3, usd(300)),
        (7, usd(700)),
    ]
    assert payments.of_groups(tx, [Id(9), Id(3), Id(7)]) == {i.group_id: i for i in intents}
    assert facts(tx) == []


def test_nothing_to_pay_is_paid_at_once(tx: Tx) -> None:
    assert opened(tx, minor=0).state is IntentState.CAPTURED
    assert names(tx) == ["payments.payment_captured"]
    [refusal] = payments.begin(tx, [Beginning(group_id=Id(1))])
    assert isinstance(refusal, IllegalMove)


def test_a_payment_is_captured(tx: Tx) -> None:
    intent = paid(tx)

    assert (intent.state, intent.captured_minor) == (IntentState.CAPTURED, 93_00)
    assert payments.of_groups(tx, [Id(1)]) == {Id(1): intent}
    [(name, payload)] = facts(tx)
    assert name == "payments.payment_captured"
    assert (payload["group_id"], payload["amount_minor"], payload["currency"]) == ("1", 9300, "USD")


def test_the_attempt_is_there_before_the_call(tx: Tx) -> None:
    intent = opened(tx)
    call = begun(tx)

    [[attempt]] = payments.attempts(tx, [intent])
    assert (attempt.call, attempt.state) == (call, payments.AttemptState.BEGUN)
    assert call.key == f"{intent.id}-1"


def test_only_one_call_is_under_way(tx: Tx) -> None:
    opened(tx)
    begun(tx)

    twins = payments.begin(tx, [Beginning(group_id=Id(1)), Beginning(group_id=Id(2))])

    assert isinstance(twins[0], payments.PaymentUnderWay)
    assert isinstance(twins[1], payments.IntentNotFound)
    assert tx.sql.scalar(text("select count(*) from payments.attempts")) == 1


def test_a_declined_payment_is_tried_again_another_way(tx: Tx) -> None:
    assert paid(tx, Method.DECLINE).state is IntentState.DECLINED
    [(name, payload)] = facts(tx)
    assert (name, payload["reason"]) == ("payments.payment_failed", "card_declined")

    call = begun(tx, method=Method.OK)
    assert state(tx) is IntentState.CREATED
    [outcome] = payments.ask(PROVIDERS, [call])

    assert recorded(tx, call, outcome).state is IntentState.CAPTURED
    assert call.key.endswith("-2")


def test_a_timeout_is_resolved_by_lookup_alone(tx: Tx) -> None:
    assert paid(tx, Method.TIMEOUT_THEN_CAPTURED).state is IntentState.UNKNOWN
    assert facts(tx) == []
    [refusal] = payments.begin(tx, [Beginning(group_id=Id(1))])
    assert isinstance(refusal, payments.PaymentUnderWay)

    tx.sql.execute(text("update payments.attempts set begun_at = begun_at - interval '2 minutes'"))
    [call] = payments.to_look_up(tx)
    [outcome] = payments.look_up(PROVIDERS, [call])

    assert recorded(tx, call, outcome).state is IntentState.CAPTURED
    assert names(tx) == ["payments.payment_captured"]
    assert payments.to_look_up(tx) == []


def test_what_never_arrived_is_sent_again_under_its_key(tx: Tx) -> None:
    paid(tx, Method.TIMEOUT_THEN_NOTHING)
    intent = payments.of_groups(tx, [Id(1)])[Id(1)]
    [[attempt]] = payments.attempts(tx, [intent])
    [outcome] = payments.look_up(PROVIDERS, [attempt.call])
    assert recorded(tx, attempt.call, outcome).state is IntentState.CREATED

    again = begun(tx)

    assert (again.key, again.attempt_id) == (attempt.call.key, attempt.call.attempt_id)
    other = recorded(tx, again, Outcome(result=Result.NOTHING))
    assert other.state is IntentState.CREATED
    assert begun(tx, method=Method.OK).key == f"{intent.id}-2"


def test_young_attempts_are_left_to_whoever_made_them(tx: Tx) -> None:
    opened(tx)
    begun(tx)

    assert payments.to_look_up(tx) == []


def test_the_same_answer_twice_says_nothing_new(tx: Tx) -> None:
    opened(tx)
    call = begun(tx)
    [outcome] = payments.ask(PROVIDERS, [call])
    answers = [Answer(call, outcome), Answer(call, outcome)]

    first, second = payments.record(tx, answers)
    third = recorded(tx, call, Outcome(result=Result.DECLINED, reason="late"))

    assert first == second == third
    assert names(tx) == ["payments.payment_captured"]


def test_authorised_first_and_captured_later(tx: Tx) -> None:
    opened(tx)
    call = begun(tx, Kind.AUTHORISE)
    [outcome] = payments.ask(PROVIDERS, [call])
    assert recorded(tx, call, outcome).state is IntentState.AUTHORISED
    assert isinstance(payments.cancel(tx, [Id(1)])[0], payments.VoidFirst)

    capture = begun(tx, Kind.CAPTURE)
    assert capture.charge_ref == outcome.reference
    [outcome] = payments.ask(PROVIDERS, [capture])

    assert recorded(tx, capture, outcome).state is IntentState.CAPTURED
    assert names(tx) == ["payments.payment_authorised", "payments.payment_captured"]


def test_an_authorisation_is_voided(tx: Tx) -> None:
    opened(tx)
    call = begun(tx, Kind.AUTHORISE)
    recorded(tx, call, *payments.ask(PROVIDERS, [call]))
    void = begun(tx, Kind.VOID)

    assert recorded(tx, void, *payments.ask(PROVIDERS, [void])).state is IntentState.CANCELLED


def test_a_lost_capture_goes_back_to_authorised_if_it_never_arrived(tx: Tx) -> None:
    opened(tx)
    call = begun(tx, Kind.AUTHORISE)
    recorded(tx, call, *payments.ask(PROVIDERS, [call]))
    capture = begun(tx, Kind.CAPTURE)

    assert recorded(tx, capture, Outcome(result=Result.UNKNOWN)).state is IntentState.UNKNOWN
    assert recorded(tx, capture, Outcome(result=Result.NOTHING)).state is IntentState.AUTHORISED


@pytest.mark.parametrize("close", [payments.cancel, payments.expire])
def test_money_that_comes_for_a_closed_payment_is_told(tx: Tx, close: Any) -> None:
    opened(tx)
    call = begun(tx)
    closed = only(close(tx, [Id(1)]))
    assert closed.state in {IntentState.CANCELLED, IntentState.EXPIRED}
    assert only(close(tx, [Id(1)])) == closed
    assert recorded(tx, call, Outcome(result=Result.UNKNOWN)) == closed

    late = recorded(tx, call, Outcome(result=Result.CAPTURED, reference="sb_late"))

    assert (late.state, late.captured_minor) == (IntentState.CAPTURED, 93_00)
    assert names(tx) == ["payments.payment_captured"]


def test_a_closed_payment_stays_closed_without_money(tx: Tx) -> None:
    opened(tx)
    call = begun(tx)
    payments.cancel(tx, [Id(1)])

    assert recorded(tx, call, Outcome(result=Result.DECLINED)).state is IntentState.CANCELLED
    assert isinstance(payments.begin(tx, [Beginning(group_id=Id(1))])[0], IllegalMove)
    assert facts(tx) == []


def test_captured_payments_are_not_cancelled(tx: Tx) -> None:
    paid(tx)

    refused, absent = payments.cancel(tx, [Id(1), Id(2)])

    assert isinstance(refused, IllegalMove)
    assert isinstance(absent, payments.IntentNotFound)
    assert state(tx) is IntentState.CAPTURED


def refund(tx: Tx, minor: int, reference: str) -> payments.Refund:
    return only(payments.refund(tx, [wish(minor, reference)]))


def wish(minor: int, reference: str, group: int = 1) -> NewRefund:
    return NewRefund(group_id=Id(group), amount=usd(minor), reference=reference)


def sent(tx: Tx, found: payments.Refund) -> payments.Intent:
    call = only(payments.begin_refunds(tx, [found.id]))
    [outcome] = payments.ask(PROVIDERS, [call])
    return recorded(tx, call, outcome)


def test_refunds_in_parts_until_nothing_is_left(tx: Tx) -> None:
    paid(tx)

    assert sent(tx, refund(tx, 33_00, "r1")).state is IntentState.PARTIALLY_REFUNDED
    assert sent(tx, refund(tx, 60_00, "r2")).state is IntentState.REFUNDED
    [refusal] = payments.refund(tx, [wish(1, "r3")])

    assert isinstance(refusal, payments.MoreThanCaptured)
    assert refusal.members["left_minor"] == 0
    assert names(tx)[1:] == ["payments.refund_succeeded"] * 2
    assert [payload["reference"] for _, payload in facts(tx)[1:]] == ["r1", "r2"]


def test_a_batch_of_refunds_sees_what_it_promised_itself(tx: Tx) -> None:
    paid(tx)

    one, two, three, four = payments.refund(
        tx, [wish(60_00, "a"), wish(60_00, "b"), wish(33_00, "c"), wish(5, "d", group=2)]
    )

    assert isinstance(one, payments.Refund) and isinstance(three, payments.Refund)
    assert isinstance(two, payments.MoreThanCaptured)
    assert two.members["left_minor"] == 33_00
    assert isinstance(four, payments.IntentNotFound)
    assert payments.of_groups(tx, [Id(1)])[Id(1)].promised_minor == 93_00
    assert payments.to_send(tx) == [one.id, three.id]


def test_a_reference_is_refunded_once(tx: Tx) -> None:
    paid(tx)
    first = refund(tx, 10_00, "r1")

    again, twin, other = payments.refund(
        tx, [wish(10_00, "r1"), wish(10_00, "r1"), wish(11_00, "r1")]
    )

    assert first == again == twin
    assert isinstance(other, payments.RefundDiffers)
    assert payments.of_groups(tx, [Id(1)])[Id(1)].promised_minor == 10_00


def test_twins_in_one_batch_are_one_refund(tx: Tx) -> None:
    paid(tx)

    one, twin = payments.refund(tx, [wish(50_00, "r1"), wish(50_00, "r1")])

    assert one == twin
    assert payments.of_groups(tx, [Id(1)])[Id(1)].promised_minor == 50_00


def test_nothing_goes_back_that_never_came_in(tx: Tx) -> None:
    opened(tx)

    [refusal] = payments.refund(tx, [wish(1, "r1")])

    assert isinstance(refusal, payments.MoreThanCaptured)


def test_a_failed_refund_keeps_its_promise_and_is_sent_again(tx: Tx) -> None:
    paid(tx, Method.REFUND_FAILS)
    found = refund(tx, 93_00, "r1")

    intent = sent(tx, found)

    assert (intent.state, intent.refunded_minor) == (IntentState.CAPTURED, 0)
    assert payments.refunds(tx, ["r1"])["r1"].state is RefundState.FAILED
    assert names(tx)[1:] == ["payments.refund_failed"]
    assert isinstance(payments.refund(tx, [wish(1, "r2")])[0], payments.MoreThanCaptured)
    again = only(payments.begin_refunds(tx, [found.id]))
    done = recorded(tx, again, Outcome(result=Result.REFUNDED, reference="sb_again"))
    assert done.state is IntentState.REFUNDED


def test_a_lost_refund_is_found_by_lookup(tx: Tx) -> None:
    paid(tx, Method.REFUND_TIMEOUT)
    found = refund(tx, 93_00, "r1")
    sent(tx, found)
    assert payments.refunds(tx, ["r1"])["r1"].state is RefundState.UNKNOWN
    assert isinstance(payments.begin_refunds(tx, [found.id])[0], IllegalMove)

    tx.sql.execute(text("update payments.attempts set begun_at = begun_at - interval '2 minutes'"))
    [call] = payments.to_look_up(tx)
    intent = recorded(tx, call, *payments.look_up(PROVIDERS, [call]))

    assert (intent.state, intent.refunded_minor) == (IntentState.REFUNDED, 93_00)


def test_a_refund_that_never_arrived_waits_to_be_sent(tx: Tx) -> None:
    paid(tx)
    found = refund(tx, 93_00, "r1")
    call = only(payments.begin_refunds(tx, [found.id]))
    recorded(tx, call, Outcome(result=Result.NOTHING))

    assert payments.to_send(tx) == [found.id]
    assert only(payments.begin_refunds(tx, [found.id])).key == call.key


def test_the_database_has_the_last_word_on_refunds(tx: Tx) -> None:
    paid(tx)

    with pytest.raises(IntegrityError, match="never_more_back"):
        tx.sql.execute(text("update payments.intents set promised_minor = 9301"))


def test_only_the_platform_reads_payments(tx: Tx) -> None:
    intent = paid(tx)
    merchant = replace(tx, actor=Actor("person:1"))

    assert payments.by_groups(tx, [Id(1)]) == [intent]
    [hidden] = payments.by_groups(merchant, [Id(1)])
    assert isinstance(hidden, payments.IntentNotFound)


def test_each_move_is_kept(tx: Tx) -> None:
    paid(tx, Method.TIMEOUT_THEN_CAPTURED)
    rows = tx.sql.execute(text("select before, after, moved_at from payments.moves")).all()

    assert [tuple(row) for row in rows] == [("created", "unknown", NOON)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.tuples(st.integers(1, 60_00), st.sampled_from(Result)), max_size=8))
def test_refunds_never_exceed_what_came_in(tx: Tx, steps: list[tuple[int, Result]]) -> None:
    savepoint = tx.sql.begin_nested()
    paid(tx)
    for n, (minor, result) in enumerate(steps):
        [outcome] = payments.refund(tx, [wish(minor, f"r{n}")])
        if isinstance(outcome, payments.Refund) and result in {
            Result.REFUNDED,
            Result.DECLINED,
            Result.UNKNOWN,
            Result.NOTHING,
        }:
            call = only(payments.begin_refunds(tx, [outcome.id]))
            recorded(tx, call, Outcome(result=result))
    intent = payments.of_groups(tx, [Id(1)])[Id(1)]
    done = [payload["amount_minor"] for name, payload in facts(tx) if "refund_succeeded" in name]
    savepoint.rollback()

    assert intent.refunded_minor == sum(done) <= intent.promised_minor <= 93_00


def test_refunds_race_and_the_captured_amount_holds(installation: Installation) -> None:
    def work(do: Any) -> Any:
        return installation.work.run(lambda _: platform("test"), "test", do)

    work(paid)

    def race(n: int) -> bool:
        outcome = work(lambda tx: payments.refund(tx, [wish(10_00, f"r{n}")]))[0]
        return isinstance(outcome, payments.Refund)

    with ThreadPoolExecutor(12) as pool:
        won = sum(pool.map(race, range(24)))

    assert won == 9
    intent = work(lambda tx: payments.of_groups(tx, [Id(1)]))[Id(1)]
    assert intent.promised_minor == 90_00


def test_answers_race_and_one_is_written_down(installation: Installation) -> None:
    """A request, its repetition and the provider's own message may all bring the same answer."""

    def work(do: Any) -> Any:
        return installation.work.run(lambda _: platform("test"), "test", do)

    work(opened)
    call = work(begun)
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(
            pool.map(
                lambda n: work(lambda tx: recorded(tx, call, ANSWERS[n % 2])),
                range(16),
            )
        )

    assert {outcome.state for outcome in outcomes} <= {IntentState.UNKNOWN, IntentState.CAPTURED}
    told = work(lambda tx: [name for name, _ in facts(tx)])
    assert told == ["payments.payment_captured"]
    intent = work(lambda tx: payments.of_groups(tx, [Id(1)]))[Id(1)]
    assert (intent.state, intent.captured_minor) == (IntentState.CAPTURED, 93_00)


def test_calls_race_and_one_is_made(installation: Installation) -> None:
    def work(do: Any) -> Any:
        return installation.work.run(lambda _: platform("test"), "test", do)

    work(opened)
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(
            pool.map(
                lambda _: work(lambda tx: payments.begin(tx, [Beginning(group_id=Id(1))]))[0],
                range(16),
            )
        )

    assert sum(isinstance(outcome, payments.Call) for outcome in outcomes) == 1
