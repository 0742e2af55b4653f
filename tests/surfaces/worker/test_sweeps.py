"""Business time moves from due instant to due instant, and a late worker is no other worker."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from entrepot.contexts import settlement
from entrepot.contexts.settlement import PayoutAccount, PayoutAccountId
from entrepot.flows.sweeps import Due
from entrepot.kernel import clock
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import each
from entrepot.surfaces.parts import Parts
from entrepot.surfaces.worker import Cashier, sweep, sweep_all, walk
from tests import filling
from tests.conftest import NOON
from tests.databases import Server
from tests.living import Life
from tests.surfaces.installing import parts_on

LEDGER = (
    "select e.kind, e.occurred_at, a.purpose, a.owner_id = 0, p.minor, p.currency"
    " from ledger.entries e join ledger.postings p on p.entry = e.id"
    " join ledger.accounts a on a.id = p.account"
    " order by e.occurred_at, e.kind, a.purpose, p.minor"
)
CLAIMS = (
    "select kind, minor, tier, rules, started_at, eligible_at, reserve_bp from settlement.claims"
    " order by eligible_at, kind, minor"
)
STATED = "select stated_on, due_at, minor, net_minor from settlement.statements order by due_at"
DAYS = 8


@pytest.fixture
def fresh(server: Server, tmp_path: Path) -> Iterator[Callable[[], Parts]]:
    """Parts on as many empty databases as a test asks for; each clock stands at noon."""
    with ExitStack() as stack:

        def make() -> Parts:
            parts = stack.enter_context(parts_on(server, tmp_path))
            with parts.engine.begin() as sql:
                clock.start_at(sql, NOON)
            return parts

        yield make


def rows(parts: Parts, query: str) -> list[tuple[Any, ...]]:
    with parts.engine.connect() as sql:
        return [tuple(row) for row in sql.execute(text(query))]


def delivered(parts: Parts, days: int) -> None:
    """A shop with an order delivered on each of some days, and an account to be paid on."""
    shop, life = filling.shop(parts.work), Life(parts.work)

    def open_account(tx: Any) -> None:
        account = PayoutAccount(
            id=PayoutAccountId(0),
            payee_id=shop.merchant_id,
            currency=Currency.USD,
            method="sandbox",
            holder="Shop",
            number="1",
            bank_code="",
            state="active",
            changed_at=tx.now,
            changed_by="test",
        )
        each(settlement.set_accounts(tx, [account]))

    life.do(open_account)
    for _ in range(days):
        [order] = life.buy({shop.skus[0]: 1})
        on(parts, timedelta(hours=2))  # The buyer's hour is over.
        life.deliver(life.hand_over(order))
        on(parts, timedelta(hours=22))


def on(parts: Parts, by: timedelta) -> None:
    """Move the clock ahead with everything that falls due, as `entrepot clock advance` does."""
    who = parts.platform("test")
    cashier = Cashier(parts.work, who, parts.providers, parts.payout_providers)
    to = parts.work.run(who, "test", lambda tx: tx.now) + by

    def pay_out(due: Due) -> None:
        cashier.send_payouts(due.at)

    walk(parts.work, who, parts.rates, to, pay_out)


def jump(parts: Parts, by: timedelta) -> None:
    """Move the clock ahead while no worker looks."""
    with parts.engine.begin() as sql:
        clock.shift(sql, by)


def test_eight_days_give_eight_statements(fresh: Callable[[], Parts]) -> None:
    parts = fresh()
    delivered(parts, DAYS)
    on(parts, timedelta(days=40))

    found = rows(parts, STATED)
    assert len(found) == DAYS
    first: datetime = found[0][1]
    assert [due for _, due, _, _ in found] == [first + timedelta(days=n) for n in range(DAYS)]
    paid = "select due_at, changed_at, state from settlement.payouts order by due_at"
    assert rows(parts, paid) == [(due, due, "paid") for _, due, _, _ in found]


def test_a_worker_that_was_down_writes_the_same_rows(fresh: Callable[[], Parts]) -> None:
    """One life with the worker always there, one with a worker that misses three days."""
    steady, late = fresh(), fresh()
    for parts in (steady, late):
        delivered(parts, 4)
    on(steady, timedelta(days=30))
    on(steady, timedelta(days=3))
    on(late, timedelta(days=30))
    jump(late, timedelta(days=3))
    who = late.platform("test")
    cashier = Cashier(late.work, who, late.providers, late.payout_providers)
    while (due := sweep(late.work, who, late.rates)) is not None:
        cashier.send_payouts(due.at)

    assert len(rows(late, STATED)) > 0
    for query in (LEDGER, CLAIMS, STATED):
        assert rows(late, query) == rows(steady, query)


def test_days_missed_whole_are_caught_up_one_by_one(fresh: Callable[[], Parts]) -> None:
    parts = fresh()
    delivered(parts, 3)
    jump(parts, timedelta(days=60))

    assert sweep_all(parts.work, parts.platform("test"), parts.rates) > 3
    assert [str(day) for day, _, _, _ in rows(parts, STATED)] == [
        str(NOON.date() + timedelta(days=n + 15)) for n in range(3)
    ]


def test_two_sweepers_do_not_sweep_at_once(fresh: Callable[[], Parts]) -> None:
    parts = fresh()
    delivered(parts, 1)
    jump(parts, timedelta(days=60))
    with parts.engine.connect() as other, other.begin():
        other.execute(text("select pg_advisory_xact_lock(7020)"))
        assert sweep(parts.work, parts.platform("test"), parts.rates) is None

    assert rows(parts, STATED) == []
    assert sweep(parts.work, parts.platform("test"), parts.rates) is not None


def test_a_running_clock_runs_on_after_it_was_moved(fresh: Callable[[], Parts]) -> None:
    parts = fresh()
    with parts.engine.begin() as sql:
        clock.free(sql)
    on(parts, timedelta(days=2))

    [(held, ahead)] = rows(parts, "select held_at, ahead < interval '0' from kernel.clock")
    assert held is None
    assert ahead  # April 2024 is long past.
