"""What is settled and not paid out says why, and is paid when what it lacked has come."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from entrepot.contexts import ledger, settlement
from entrepot.contexts.ledger import Account, Purpose
from entrepot.contexts.settlement import (
    AlreadyBooked,
    BankLine,
    BankLineDiffers,
    NewFreeze,
    OwnRate,
    Payout,
    State,
    Thaw,
)
from entrepot.flows import explaining
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, only
from entrepot.kernel.tx import Tx
from tests.contexts.settlement.owed import (
    DAY,
    MERCHANT,
    NO_RATES,
    OTHER_MERCHANT,
    account,
    acting,
    booked,
    claim,
    close,
    days_after,
    settled,
    start_of,
)

AT = start_of(DAY)


def later(tx: Tx, **changed: Any) -> Tx:
    return replace(tx, held={}, **changed)


def run(tx: Tx, n: int = 0) -> list[Payout]:
    return settlement.make_payouts(later(tx), start_of(days_after(DAY, n)), NO_RATES)


def lacks(tx: Tx) -> dict[tuple[int, str], str]:
    return {
        (int(one.payee_id), one.amount.currency.value): one.lacks.value
        for one in settlement.waiting(tx)
    }


def told(tx: Tx) -> list[str]:
    query = "select payload ->> 'lacks' from events.fresh where name = 'settlement.payout_waits'"
    return [*tx.sql.scalars(text(f"{query} order by serial"))]


def rate(currency: Currency, day: date, per_euro: str) -> OwnRate:
    return OwnRate(currency=currency, day_on=day, per_euro=Decimal(per_euro), source="our bank")


def test_every_reason_is_said_and_told_once(tx: Tx) -> None:
    account(tx, currency=Currency.VND)
    settlement.claim(tx, [claim(500_00), claim(70_00, payee_id=OTHER_MERCHANT)])
    close(tx)

    assert run(tx) == run(tx, 1) == []

    assert lacks(tx) == {
        (MERCHANT, "USD"): "no-exchange-rate",
        (OTHER_MERCHANT, "USD"): "no-account",
    }
    assert [one.since_at for one in settlement.waiting(tx)] == [AT, AT]
    assert sorted(told(tx)) == ["no-account", "no-exchange-rate"]
    assert settlement.waiting(acting(tx, "person:9")) == []


def test_too_little_waits_as_well(tx: Tx) -> None:
    account(tx)
    settled(tx, 99)

    assert run(tx) == []
    assert lacks(tx) == {(MERCHANT, "USD"): "below-minimum"}


def test_a_rate_lets_go_what_waited_for_it(tx: Tx) -> None:
    account(tx, currency=Currency.VND)
    settled(tx, 500_00)
    run(tx)
    assert settlement.next_try_at(tx) is None

    then = later(tx, now=AT + timedelta(hours=5))
    both = [rate(Currency.VND, DAY, "27000"), rate(Currency.USD, DAY, "1.08")]
    settlement.set_rates(then, both)
    next_at = settlement.next_try_at(tx)

    assert next_at == start_of(days_after(DAY, 1)), "a rate counts from the market's next day on"
    assert settlement.make_payouts(later(tx), next_at - timedelta(seconds=1), NO_RATES) == []
    settlement.set_rates(then, both)
    [payout] = settlement.make_payouts(later(tx), next_at, NO_RATES)
    assert payout.payout == Money(12_500_000, Currency.VND)
    assert (lacks(tx), settlement.next_try_at(tx)) == ({}, None)


def test_a_rate_of_an_earlier_day_lets_go_at_once(tx: Tx) -> None:
    account(tx, currency=Currency.VND)
    settled(tx, 500_00)
    run(tx)
    now = AT + timedelta(hours=5)
    settlement.set_rates(
        later(tx, now=now),
        [
            rate(Currency.VND, date(2024, 4, 1), "27000"),
            rate(Currency.USD, date(2024, 4, 1), "1.08"),
        ],
    )

    assert settlement.next_try_at(tx) == now
    assert len(settlement.make_payouts(later(tx), now, NO_RATES)) == 1


def test_an_account_lets_go_what_waited_for_it(tx: Tx) -> None:
    settled(tx, 500_00)
    run(tx)
    now = AT + timedelta(hours=5)
    account(later(tx, now=now))

    assert settlement.next_try_at(tx) == now
    [payout] = settlement.make_payouts(later(tx), now, NO_RATES)
    assert payout.amount == Money(500_00, Currency.USD)


# What only the bank knows.


def line(minor: int = 100_00, **given: Any) -> BankLine:
    return BankLine(
        **{
            "payee_id": MERCHANT,
            "currency": Currency.USD,
            "paid": Money(minor, Currency.USD),
            "reference": "B-77",
            "paid_at": AT + timedelta(hours=1),
            **given,
        }
    )


def late(tx: Tx) -> Tx:
    return later(tx, now=AT + timedelta(days=3))


def test_a_payout_that_only_the_bank_knows_is_booked_once(tx: Tx) -> None:
    account(tx)
    settled(tx, 60_00)
    settled(tx, 40_00, day=days_after(DAY, 1), started_at=tx.now + timedelta(days=1))
    settled(tx, 5_00, day=days_after(DAY, 2), started_at=tx.now + timedelta(days=2))

    done = only(settlement.book(late(tx), [line()]))
    again = settlement.book(late(tx), [line()])

    assert (done.state, done.provider_reference, done.rate) == (State.PAID, "B-77", None)
    assert len(settlement.statements_of_payout(tx, done.id)) == 2
    assert isinstance(again[0], AlreadyBooked)
    assert booked(tx) == {"on_hold": 105_00, "available": -5_00}
    [(_, bank)] = ledger.balances(tx, [Account(Purpose.BANK)]).items()
    assert bank == Money(-100_00, Currency.USD)
    [rest] = run(tx, 3)
    assert rest.amount.minor == 5_00
    assert not explaining.explain_payout(tx, done.id).differences


def test_what_was_exchanged_names_its_statements(tx: Tx) -> None:
    account(tx, currency=Currency.EUR)
    statement = settled(tx, 100_00)
    paid: dict[str, Any] = {"paid": Money(91_00, Currency.EUR)}

    [bare] = settlement.book(late(tx), [line(**paid)])
    done = only(settlement.book(late(tx), [line(**paid, statements=(statement.id,))]))

    assert isinstance(bare, BadInput)
    assert done.rate is not None and (done.rate.num, done.rate.den) == (91, 100)
    assert not explaining.explain_payout(tx, done.id).differences


def test_what_does_not_fit_is_refused_and_changes_nothing(tx: Tx) -> None:
    account(tx)
    settled(tx, 60_00)
    before = booked(tx)
    outcomes = settlement.book(late(tx), [line(61_00), line(60_00, paid_at=AT + timedelta(days=9))])
    [foreign] = settlement.book(acting(late(tx), "person:9", "payout:read"), [line(60_00)])

    assert isinstance(outcomes[0], BankLineDiffers) and isinstance(outcomes[1], BadInput)
    assert isinstance(foreign, Forbidden)
    assert booked(tx) == before and settlement.payout_page(tx) == []


def test_a_line_without_the_banks_reference_could_be_booked_twice(tx: Tx) -> None:
    account(tx)
    settled(tx, 60_00)

    [nameless] = settlement.book(late(tx), [line(60_00, reference=" ")])

    assert isinstance(nameless, BadInput)
    assert booked(tx) == {"on_hold": 60_00, "available": -60_00}


# Holds by hand.


def test_a_hold_by_hand_keeps_claims_off_statements(tx: Tx) -> None:
    new = claim(100_00)
    settlement.claim(tx, [new])
    assert new.order_id is not None
    risk = acting(tx, "person:9", "claim:hold")
    held = only(settlement.freeze(risk, [NewFreeze(order_id=new.order_id, note="odd buyer")]))

    assert close(tx) == []
    after = later(risk, now=AT + timedelta(hours=2))
    freed = only(settlement.thaw(after, [Thaw(id=held.id, note="it was fine")]))
    only(settlement.thaw(after, [Thaw(id=held.id, note="again")]))
    [statement] = close(tx, days_after(DAY, 1))

    assert statement.minor == 100_00
    assert (freed.note, freed.opened_by) == ("odd buyer / it was fine", "person:9")
    assert freed.closed_at == after.now
    assert settlement.holds_by_hand(risk, new.order_id) == [freed]


def test_a_hold_takes_the_permission_and_a_reason(tx: Tx) -> None:
    wish = NewFreeze(order_id=7, note=" ")
    [stranger] = settlement.freeze(acting(tx, "person:9"), [NewFreeze(order_id=7, note="x")])
    [mute] = settlement.freeze(tx, [wish])
    [unknown] = settlement.thaw(tx, [Thaw(id=settlement.HoldId(1), note="x")])

    assert isinstance(stranger, Forbidden) and isinstance(mute, BadInput)
    assert isinstance(unknown, NotFound)
    assert settlement.holds_by_hand(tx, 7) == []
