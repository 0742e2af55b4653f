"""Payouts: made once, agreed to by two people above a limit, sent, and found out about."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from entrepot.contexts import ledger, settlement
from entrepot.contexts.ledger import Account, Purpose
from entrepot.contexts.settlement import (
    PAYOUT,
    Answer,
    Outcome,
    Payout,
    PayoutId,
    Rate,
    SecondPerson,
    State,
    Verb,
)
from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, only
from entrepot.kernel.tx import Tx
from tests.contexts.settlement.owed import (
    DAY,
    MERCHANT,
    NO_RATES,
    OTHER_MERCHANT,
    Table,
    account,
    acting,
    booked,
    claim,
    close,
    days_after,
    ids,
    settled,
    start_of,
)

AT = start_of(DAY)
LIMIT = 50_000_00  # Of the shipped rule, in the market's currency.
EURO = Rate(num=9, den=10, day_on=date(2024, 4, 15), source="a table")


def later(tx: Tx, **changed: Any) -> Tx:
    return replace(tx, held={}, **changed)


def made(tx: Tx, rates: settlement.Rates = NO_RATES, n: int = 0) -> list[Payout]:
    return settlement.make_payouts(later(tx), start_of(days_after(DAY, n)), rates)


def one(tx: Tx, minor: int = 100_00) -> Payout:
    """A payout that waits to be sent, or for somebody's approval."""
    account(tx)
    settled(tx, minor)
    [payout] = made(tx)
    return payout


def sent(tx: Tx, minor: int = 100_00) -> Payout:
    one(tx, minor)
    [sending] = settlement.send(later(tx), as_of=AT)
    return sending.payout


def answered(tx: Tx, payout: Payout, answer: Answer, **given: Any) -> list[Payout]:
    outcome = Outcome(payout=payout, answer=answer, **given)
    return settlement.record(later(tx), [outcome], AT + timedelta(hours=1))


def read(tx: Tx, payout: Payout) -> Payout:
    return only(settlement.payouts(tx, [payout.id]))


def bank(tx: Tx) -> dict[str, int]:
    accounts = [Account(Purpose.BANK), Account(Purpose.FX_LIQUIDITY)]
    found = ledger.balances(tx, accounts)
    return {f"{each.purpose} {currency}": money.minor for (each, currency), money in found.items()}


def test_statements_are_paid_once(tx: Tx) -> None:
    account(tx)
    first = settled(tx, 60_00)
    second = settled(tx, 40_00, day=days_after(DAY, 1), started_at=tx.now + timedelta(days=1))

    [payout] = made(tx, n=1)

    assert (payout.amount, payout.payout) == (Money(100_00, Currency.USD),) * 2
    assert (payout.state, payout.attempt, payout.rate) == (State.APPROVED, 0, None)
    assert settlement.statements_of_payout(tx, payout.id) == sorted(ids([first, second]))
    assert made(tx, n=1) == made(tx, n=9) == []
    assert [each.payout_id for each in settlement.statement_page(tx)] == [payout.id] * 2


def test_what_is_too_little_or_nobodys_waits(tx: Tx) -> None:
    account(tx)
    settlement.claim(tx, [claim(99), claim(500_00, payee_id=OTHER_MERCHANT)])
    close(tx)

    assert made(tx) == []  # Below one dollar; no account.

    settled(tx, 1, day=days_after(DAY, 1), started_at=tx.now + timedelta(days=1))
    [enough] = made(tx, n=1)
    account(tx, OTHER_MERCHANT)
    [other] = made(tx, n=1)
    assert (enough.payee_id, enough.amount.minor) == (MERCHANT, 1_00)
    assert (other.payee_id, other.amount.minor) == (OTHER_MERCHANT, 500_00)


def test_a_negative_statement_is_carried(tx: Tx) -> None:
    account(tx)
    settled(tx, -30_00)
    assert made(tx) == []

    settled(tx, 50_00, day=days_after(DAY, 1), started_at=tx.now + timedelta(days=1))
    [payout] = made(tx, n=1)

    assert payout.amount.minor == 20_00
    assert len(settlement.statements_of_payout(tx, payout.id)) == 2


def test_statements_of_later_days_are_left(tx: Tx) -> None:
    account(tx)
    settled(tx, 60_00, day=days_after(DAY, 1), started_at=tx.now + timedelta(days=1))

    assert made(tx) == []


# The way of the money.


def test_money_leaves_step_by_step(tx: Tx) -> None:
    payout = one(tx)
    [sending] = settlement.send(later(tx), as_of=AT)
    assert (sending.payout.state, sending.payout.attempt) == (State.SENT, 1)
    assert sending.payout.key == f"payout-{payout.id}-1"
    assert sending.account.number == "1"
    assert booked(tx) == {"on_hold": 100_00, "payout_in_transit": -100_00}
    assert settlement.send(later(tx), as_of=AT) == []

    assert answered(tx, sending.payout, Answer.ACCEPTED) == []
    [paid] = answered(tx, sending.payout, Answer.PAID, reference="B-1")
    assert answered(tx, sending.payout, Answer.PAID) == []
    assert answered(tx, sending.payout, Answer.FAILED) == []

    assert (paid.state, paid.provider_reference) == (State.PAID, "B-1")
    assert booked(tx) == {"on_hold": 100_00}
    assert bank(tx) == {"bank USD": -100_00}
    assert settlement.in_flight(tx, as_of=AT) == []


def test_what_failed_is_available_again_and_may_be_tried_again(tx: Tx) -> None:
    payout = sent(tx)

    [failed] = answered(tx, payout, Answer.FAILED, reason="account closed")

    assert (failed.state, failed.reason) == (State.FAILED, "account closed")
    assert booked(tx) == {"on_hold": 100_00, "available": -100_00}
    assert made(tx, n=3) == []  # Its statements stay claimed.
    boss = acting(tx, "person:9", "payout:approve")
    only(settlement.retry(later(boss), [payout.id]))
    only(settlement.approve(later(boss), [payout.id]))
    [again] = settlement.send(later(tx), as_of=AT)
    assert (again.payout.attempt, again.payout.key) == (2, f"payout-{payout.id}-2")
    assert booked(tx) == {"on_hold": 100_00, "payout_in_transit": -100_00}


def test_an_unknown_outcome_is_looked_up_and_never_sent_again(tx: Tx) -> None:
    payout = sent(tx)

    [lost] = answered(tx, payout, Answer.UNKNOWN, reason="timeout")

    assert lost.state is State.UNKNOWN
    assert answered(tx, payout, Answer.UNKNOWN) == []
    assert settlement.send(later(tx), as_of=AT + timedelta(days=9)) == []
    [sending] = settlement.in_flight(tx, as_of=AT)
    assert sending.payout == lost
    [found] = answered(tx, lost, Answer.PAID, reference="B-7")
    assert (found.state, bank(tx)) == (State.PAID, {"bank USD": -100_00})


def test_a_late_answer_to_an_earlier_attempt_says_nothing_of_this_one(tx: Tx) -> None:
    payout = sent(tx)
    answered(tx, payout, Answer.FAILED)
    boss = acting(tx, "person:9", "payout:approve")
    only(settlement.retry(later(boss), [payout.id]))
    only(settlement.approve(later(boss), [payout.id]))
    [again] = settlement.send(later(tx), as_of=AT)

    assert answered(tx, payout, Answer.FAILED) == []
    assert answered(tx, payout, Answer.PAID) == []

    assert read(tx, payout) == again.payout
    assert booked(tx) == {"on_hold": 100_00, "payout_in_transit": -100_00}


def test_what_the_bank_returns_is_available_again(tx: Tx) -> None:
    payout = sent(tx)
    answered(tx, payout, Answer.PAID)
    boss = acting(tx, "person:9", "payout:approve")

    back = only(settlement.take_back(boss, [payout.id], "account closed", AT + timedelta(days=2)))
    [again] = settlement.take_back(later(boss), [payout.id], "account closed", AT)

    assert (back.state, back.reason) == (State.RETURNED, "account closed")
    assert isinstance(again, IllegalMove)
    assert booked(tx) == {"on_hold": 100_00, "available": -100_00}
    assert bank(tx) == {"bank USD": 0}


def test_a_payout_goes_to_the_account_that_was_mended(tx: Tx) -> None:
    payout = sent(tx)
    answered(tx, payout, Answer.FAILED, reason="account closed")
    account(tx, number="2")
    boss = acting(tx, "person:9", "payout:approve")

    only(settlement.retry(later(boss), [payout.id]))
    only(settlement.approve(later(boss), [payout.id]))
    [sending] = settlement.send(later(tx), as_of=AT)

    assert sending.account.number == "2"
    assert read(tx, payout).account_id == sending.account.id


@pytest.mark.parametrize("currency", [Currency.EUR, None])
def test_a_payout_that_has_nowhere_to_go_is_not_tried_again(
    tx: Tx, currency: Currency | None
) -> None:
    """Its amount was fixed in the currency of the account that it had."""
    payout = sent(tx)
    answered(tx, payout, Answer.FAILED)
    if currency is None:
        tx.sql.execute(text("update settlement.payout_accounts set state = 'restricted'"))
    else:
        account(tx, currency=currency)

    [outcome] = settlement.retry(acting(tx, "person:9", "payout:approve"), [payout.id])

    assert isinstance(outcome, settlement.NoPayoutAccount)
    assert read(tx, payout).state is State.FAILED


# Exchange.


def exchanged(tx: Tx, minor: int = 100_05) -> Payout:
    account(tx, currency=Currency.EUR)
    settled(tx, minor)
    [payout] = made(tx, Table((Currency.USD, Currency.EUR, EURO)))
    return payout


def test_a_payout_is_exchanged_at_the_last_rate_before_it(tx: Tx) -> None:
    rates = Table((Currency.USD, Currency.EUR, EURO))
    account(tx, currency=Currency.EUR)
    settled(tx, 100_05)

    [payout] = made(tx, rates)

    assert (payout.amount, payout.payout) == (
        Money(100_05, Currency.USD),
        Money(90_04, Currency.EUR),  # 90.045, half to even.
    )
    assert payout.rate == EURO == read(tx, payout).rate
    assert rates.asked == [DAY]


def test_an_exchanged_payout_goes_through_liquidity_and_back(tx: Tx) -> None:
    exchanged(tx)
    [sending] = settlement.send(later(tx), as_of=AT)
    assert bank(tx) == {"fx_liquidity USD": -100_05, "fx_liquidity EUR": 90_04}

    answered(tx, sending.payout, Answer.PAID)
    assert bank(tx)["bank EUR"] == -90_04
    boss = acting(tx, "person:9", "payout:approve")
    only(settlement.take_back(boss, [sending.payout.id], "closed", AT))

    assert set(bank(tx).values()) == {0}
    assert booked(tx) == {"on_hold": 100_05, "available": -100_05}
    for line in ledger.trial_balance(tx):
        assert line.purpose in {"on_hold", "available"} or line.balance == 0


def test_without_a_rate_the_payout_waits(tx: Tx) -> None:
    account(tx, currency=Currency.EUR)
    settled(tx, 100_00)

    assert made(tx) == []
    assert len(made(tx, Table((Currency.USD, Currency.EUR, EURO)))) == 1


# Two people.


def test_above_the_limit_a_person_approves(tx: Tx) -> None:
    at_limit, above = one(tx, LIMIT), None
    account(tx, OTHER_MERCHANT)
    settlement.claim(
        tx,
        [claim(LIMIT + 1, payee_id=OTHER_MERCHANT, started_at=tx.now + timedelta(days=1))],
    )
    close(tx, days_after(DAY, 1))
    [above] = made(tx, n=1)
    assert (at_limit.state, above.state) == (State.APPROVED, State.REQUESTED)
    assert [each.payout.id for each in settlement.send(later(tx), as_of=AT)] == [at_limit.id]

    done = only(settlement.approve(acting(tx, "person:9", "payout:approve"), [above.id]))

    assert (done.state, done.approved_by) == (State.APPROVED, "person:9")
    as_of = start_of(days_after(DAY, 1))
    assert [each.payout.id for each in settlement.send(later(tx), as_of=as_of)] == [above.id]


@pytest.mark.parametrize(
    ("name", "hours", "allowed"),
    [
        ("person:9", 1, True),
        ("person:1", 1, False),
        ("person:1", 71, False),
        ("person:1", 72, True),
    ],
)
def test_not_who_changed_the_account_lately(tx: Tx, name: str, hours: int, allowed: bool) -> None:
    account(acting(tx, "person:1", "payout-account:edit"))
    settled(tx, LIMIT + 1)
    [payout] = made(tx)
    now = tx.now + timedelta(hours=hours)

    [outcome] = settlement.approve(acting(tx, name, "payout:approve", now=now), [payout.id])

    assert isinstance(outcome, Payout if allowed else SecondPerson)
    assert read(tx, payout).state is (State.APPROVED if allowed else State.REQUESTED)


def test_ones_own_program_is_no_second_person(tx: Tx) -> None:
    account(acting(tx, "person:1", "payout-account:edit"))
    settled(tx, LIMIT + 1)
    [payout] = made(tx)
    mine = acting(tx, "token:4", "payout:approve", now=tx.now + timedelta(hours=1))
    program = replace(mine.actor, person=PersonId(1), by_token=True)

    [outcome] = settlement.approve(replace(mine, actor=program), [payout.id])

    assert isinstance(outcome, SecondPerson)
    assert read(tx, payout).state is State.REQUESTED


def test_nor_is_one_whose_program_changed_the_account(tx: Tx) -> None:
    program = acting(tx, "token:4", "payout-account:edit")
    account(replace(program, actor=replace(program.actor, person=PersonId(1), by_token=True)))
    settled(tx, LIMIT + 1)
    [payout] = made(tx)
    mine = acting(tx, "person:1", "payout:approve", now=tx.now + timedelta(hours=1))

    [outcome] = settlement.approve(
        replace(mine, actor=replace(mine.actor, person=PersonId(1))), [payout.id]
    )

    assert isinstance(outcome, SecondPerson)
    assert read(tx, payout).state is State.REQUESTED


def test_a_second_wish_for_a_payout_meets_it_moved(tx: Tx) -> None:
    boss = acting(tx, "person:9", "payout:approve")
    payout = one(tx, LIMIT + 1)

    first, second = settlement.approve(boss, [payout.id] * 2)
    [sending] = settlement.send(later(tx), as_of=AT)
    answered(tx, sending.payout, Answer.PAID)
    back, again = settlement.take_back(later(boss), [payout.id] * 2, "closed", AT)

    assert isinstance(first, Payout) and isinstance(second, IllegalMove)
    assert isinstance(back, Payout) and isinstance(again, IllegalMove)
    assert booked(tx) == {"on_hold": LIMIT + 1, "available": -LIMIT - 1}


def test_of_several_answers_to_one_attempt_one_counts(tx: Tx) -> None:
    payout = sent(tx)
    answers = (Answer.UNKNOWN, Answer.PAID, Answer.PAID, Answer.FAILED)
    outcomes = [Outcome(payout=payout, answer=answer) for answer in answers]

    moved = settlement.record(later(tx), outcomes, AT)

    assert [each.state for each in moved] == [State.PAID]
    assert booked(tx) == {"on_hold": 100_00}


def test_nothing_is_sent_to_an_account_that_was_given_up(tx: Tx) -> None:
    payout = one(tx)
    account(tx, number="2")
    boss = acting(tx, "person:9", "payout:approve")

    assert settlement.send(later(tx), as_of=AT) == []
    stopped = read(tx, payout)
    assert (stopped.state, stopped.reason) == (State.ON_HOLD, "the account is not active any more")
    assert booked(tx) == {"on_hold": 100_00, "available": -100_00}
    only(settlement.retry(boss, [payout.id]))
    only(settlement.approve(later(boss), [payout.id]))
    [sending] = settlement.send(later(tx), as_of=AT)
    assert sending.account.number == "2"


def test_who_may_approve(tx: Tx) -> None:
    payout = one(tx, LIMIT + 1)

    [forbidden] = settlement.approve(acting(tx, "person:2", "payout:read"), [payout.id])
    [hidden] = settlement.approve(acting(tx, "person:3", "order:read"), [payout.id])
    boss = acting(tx, "person:9", "payout:approve")
    [none] = settlement.approve(boss, [PayoutId(1)])
    [stopped] = settlement.stop(later(boss), [payout.id], "sanctions")

    assert isinstance(forbidden, Forbidden) and isinstance(hidden, NotFound)
    assert isinstance(none, NotFound)
    assert isinstance(stopped, Payout) and stopped.reason == "sanctions"
    assert settlement.send(later(tx), as_of=AT) == []


# Every state and every verb.

ACTS: dict[Verb, Any] = {
    Verb.HOLD: lambda boss, payout: settlement.stop(boss, [payout.id], "doubt"),
    Verb.APPROVE: lambda boss, payout: settlement.approve(boss, [payout.id]),
    Verb.SEND: lambda boss, payout: settlement.send(boss, as_of=AT),
    Verb.LOSE_TRACK: lambda boss, payout: answered(boss, payout, Answer.UNKNOWN),
    Verb.CONFIRM: lambda boss, payout: answered(boss, payout, Answer.PAID),
    Verb.FAIL: lambda boss, payout: answered(boss, payout, Answer.FAILED),
    Verb.RETURN: lambda boss, payout: settlement.take_back(boss, [payout.id], "closed", AT),
    Verb.RETRY: lambda boss, payout: settlement.retry(boss, [payout.id]),
}
PATHS: dict[State, list[Verb]] = {
    State.REQUESTED: [],
    State.ON_HOLD: [Verb.HOLD],
    State.APPROVED: [Verb.APPROVE],
    State.SENT: [Verb.APPROVE, Verb.SEND],
    State.UNKNOWN: [Verb.APPROVE, Verb.SEND, Verb.LOSE_TRACK],
    State.PAID: [Verb.APPROVE, Verb.SEND, Verb.CONFIRM],
    State.FAILED: [Verb.APPROVE, Verb.SEND, Verb.FAIL],
    State.RETURNED: [Verb.APPROVE, Verb.SEND, Verb.CONFIRM, Verb.RETURN],
}


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("state", State)
def test_every_state_and_verb(tx: Tx, state: State, verb: Verb) -> None:
    boss = acting(tx, "person:9", "payout:approve", "payout:read")
    payout = one(tx, LIMIT + 1)
    for step in PATHS[state]:
        ACTS[step](later(boss), read(boss, payout))
    before = read(boss, payout)
    assert before.state is state

    ACTS[verb](later(boss), before)

    after = read(boss, payout)
    if verb in PAYOUT.moves[state]:
        assert after.state is PAYOUT.moves[state][verb]
    else:
        assert after == before


# Accounts and reading.


def test_accounts_are_changed_by_who_may(tx: Tx) -> None:
    first = account(tx, number="1")
    mine = acting(tx, "person:1", "payout-account:edit")
    second = replace(first, number="2")

    kept, wrong = settlement.set_accounts(
        mine, [second, replace(first, payee_id=OTHER_MERCHANT, method="cash")]
    )
    [foreign] = settlement.set_accounts(acting(tx, "person:2", "payout:read"), [first])

    assert kept == second
    assert isinstance(wrong, BadInput) and isinstance(foreign, NotFound)
    found = settlement.accounts(tx, [MERCHANT, OTHER_MERCHANT, OrganisationId(5)])
    assert {payee: (each.number, each.changed_by) for payee, each in found.items()} == {
        MERCHANT: ("2", "person:1")
    }


def test_of_two_accounts_for_a_payee_the_last_counts(tx: Tx) -> None:
    first = account(tx)

    settlement.set_accounts(tx, [replace(first, number="2"), replace(first, number="3")])

    assert settlement.accounts(tx, [MERCHANT])[MERCHANT].number == "3"


def test_who_sees_a_payout(tx: Tx) -> None:
    payout = one(tx)
    reader = acting(tx, "person:1", "payout:read")
    nobody = acting(tx, "person:2", "statement:read")

    assert settlement.payouts(reader, [payout.id]) == [payout] == settlement.payout_page(reader)
    assert settlement.payout_page(reader, payee=OTHER_MERCHANT) == []
    [hidden] = settlement.payouts(nobody, [payout.id])
    assert isinstance(hidden, NotFound)
    assert settlement.payout_page(nobody) == []


def test_each_move_is_told(tx: Tx) -> None:
    payout = sent(tx)
    answered(tx, payout, Answer.PAID)

    rows = tx.sql.execute(
        text(
            "select payload from events.fresh where name = 'settlement.payout_moved'"
            " order by serial"
        )
    )
    assert [(row.payload["verb"], row.payload["after"]) for row in rows] == [
        ("approve", "approved"),
        ("send", "sent"),
        ("confirm", "paid"),
    ]
