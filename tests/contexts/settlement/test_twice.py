"""Sweeps that run twice at the same time settle and pay once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

from entrepot.contexts import settlement
from entrepot.contexts.settlement import Answer, BankLine, Outcome, Payout, Statement
from entrepot.kernel.access import platform
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx
from tests.conftest import Installation
from tests.contexts.settlement.owed import (
    DAY,
    MERCHANT,
    NO_RATES,
    OTHER_MERCHANT,
    account,
    booked,
    claim,
    close,
    settled,
    start_of,
)

RUNS = 4


def together(installation: Installation, *acts: Callable[[Tx], Any]) -> list[Any]:
    """What several people get who do something at the same time."""
    start = Barrier(len(acts))

    def run(act: Callable[[Tx], Any]) -> Any:
        start.wait(timeout=30)
        return installation.work.run(lambda _: platform("test"), "together", act)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_people_book_the_same_line_of_the_bank(installation: Installation) -> None:
    def prepare(tx: Tx) -> None:
        account(tx)
        settled(tx, 1_00)

    installation.work.run(lambda _: platform("test"), "prepare", prepare)
    paid = BankLine(
        payee_id=MERCHANT,
        currency=Currency.USD,
        paid=Money(1_00, Currency.USD),
        reference="B-77",
        paid_at=start_of(DAY),
    )

    def book(tx: Tx) -> Payout | Problem:
        return settlement.book(replace(tx, now=start_of(DAY)), [paid])[0]

    outcomes = together(installation, *[book] * RUNS)

    assert sorted(type(each).__name__ for each in outcomes) == [
        *["AlreadyBooked"] * (RUNS - 1),
        "Payout",
    ]
    assert installation.work.run(lambda _: platform("test"), "read", booked) == {"on_hold": 1_00}


def test_two_people_take_a_payout_back(installation: Installation) -> None:
    def prepare(tx: Tx) -> Payout:
        account(tx)
        settled(tx, 100_00)
        settlement.make_payouts(tx, start_of(DAY), NO_RATES)
        [sending] = settlement.send(tx, as_of=start_of(DAY))
        done = Outcome(payout=sending.payout, answer=Answer.PAID)
        return settlement.record(tx, [done], start_of(DAY))[0]

    paid = installation.work.run(lambda _: platform("test"), "prepare", prepare)

    def take_back(tx: Tx) -> Payout | Problem:
        return settlement.take_back(tx, [paid.id], "closed", start_of(DAY))[0]

    outcomes = together(installation, *[take_back] * RUNS)

    assert sum(isinstance(each, Payout) for each in outcomes) == 1
    assert installation.work.run(lambda _: platform("test"), "read", booked) == {
        "on_hold": 100_00,
        "available": -100_00,
    }


def test_two_people_change_an_account(installation: Installation) -> None:
    together(installation, *[account] * RUNS)

    read = installation.work.run(
        lambda _: platform("test"), "read", lambda tx: settlement.accounts(tx, [MERCHANT])
    )
    assert [each.state for each in read.values()] == ["active"]


def test_a_day_is_closed_and_paid_once(installation: Installation) -> None:
    def prepare(tx: Tx) -> None:
        for payee in (MERCHANT, OTHER_MERCHANT):
            account(tx, payee)
        settlement.claim(tx, [claim(1_00, payee_id=payee) for payee in (MERCHANT, OTHER_MERCHANT)])

    installation.work.run(lambda _: platform("test"), "prepare", prepare)
    start = Barrier(RUNS)

    def sweep(_: int) -> tuple[list[Statement], list[Payout]]:
        start.wait(timeout=30)
        return installation.work.run(
            lambda _: platform("test"),
            "sweep",
            lambda tx: (close(tx), settlement.make_payouts(tx, start_of(DAY), NO_RATES)),
        )

    with ThreadPoolExecutor(RUNS) as pool:
        done = list(pool.map(sweep, range(RUNS)))

    assert sorted(len(statements) for statements, _ in done) == [0] * (RUNS - 1) + [2]
    assert sorted(len(payouts) for _, payouts in done) == [0] * (RUNS - 1) + [2]
    assert installation.work.run(lambda _: platform("test"), "read", booked) == {
        "on_hold": 1_00,
        "available": -1_00,
    }
