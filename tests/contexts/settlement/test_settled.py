"""What the database itself refuses, whoever writes: a claim is settled once, with its statement."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from entrepot.contexts import settlement
from entrepot.contexts.settlement import store
from entrepot.kernel.access import platform
from entrepot.kernel.tx import Tx
from tests.conftest import Installation
from tests.contexts.settlement.owed import (
    DAY,
    MERCHANT,
    booked,
    claim,
    close,
    days_after,
    settled,
    start_of,
)

SETTLE = text(
    "insert into settlement.settled (claim_id, statement_id, minor)"
    " select id, :statement, minor from settlement.claims where order_id = :order"
)

HOLD = text(
    "insert into settlement.reserve_holds (claim_id, statement_id, payee_id, shop_id, market,"
    " order_id, pos, currency, held_minor, release_at)"
    " select id, :statement, payee_id, shop_id, market, order_id, pos, currency, 1, eligible_at"
    " from settlement.claims where order_id = :order"
)


def test_a_claim_is_on_one_statement(tx: Tx) -> None:
    first = claim()
    settlement.claim(tx, [first])
    close(tx)
    other = settled(tx, 5_00, day=days_after(DAY, 1))

    with pytest.raises(IntegrityError, match="settled_pkey"), tx.sql.begin_nested():
        tx.sql.execute(SETTLE, {"statement": int(other.id), "order": first.order_id})


def test_a_statement_has_all_its_claims_at_once(tx: Tx) -> None:
    """Also one that is worth as much as all that are on it."""
    late = claim(10_00)
    statement = settled(tx, 10_00)
    settlement.claim(tx, [late])

    for id in (int(statement.id), 1):
        with pytest.raises(IntegrityError, match="not the sum"), tx.sql.begin_nested():
            tx.sql.execute(SETTLE, {"statement": id, "order": late.order_id})


def test_a_reserve_is_held_by_the_statement_of_its_claim(tx: Tx) -> None:
    sale = claim()
    settlement.claim(tx, [sale])
    close(tx)
    other = settled(tx, 5_00, day=days_after(DAY, 1))

    with pytest.raises(IntegrityError, match="another statement"), tx.sql.begin_nested():
        tx.sql.execute(HOLD, {"statement": int(other.id), "order": sale.order_id})


@pytest.mark.parametrize("table", ["claims", "settled"])
@pytest.mark.parametrize(
    "change", ["update settlement.{} set minor = 1", "delete from settlement.{}"]
)
def test_what_is_owed_and_settled_is_append_only(tx: Tx, table: str, change: str) -> None:
    settled(tx, 10_00)

    with pytest.raises(DBAPIError, match=r"permission denied|append-only"), tx.sql.begin_nested():
        tx.sql.execute(text(change.format(table)))


def test_two_workers_share_a_day_without_the_lock_that_keeps_them_apart(
    installation: Installation,
) -> None:
    """Whoever comes second waits for the first, and then finds nothing that is open."""
    installation.work.run(
        lambda _: platform("test"),
        "prepare",
        lambda tx: settlement.claim(tx, [claim(1_00) for _ in range(20)]),
    )
    start = Barrier(2)

    def sweep(_: int) -> int:
        start.wait(timeout=30)
        made = installation.work.run(
            lambda _: platform("test"),
            "sweep",
            lambda tx: store.statements.close(tx, "us", DAY, start_of(DAY)),
        )
        return sum(statement.claims for statement in made if statement.payee_id == MERCHANT)

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(sweep, range(2)))

    count = text("select count(*), count(distinct claim_id) from settlement.settled")
    rows = installation.work.run(
        lambda _: platform("test"), "read", lambda tx: tx.sql.execute(count).one()
    )
    assert tuple(rows) == (20, 20)
    assert found == [20, 20]  # Both read the one statement that there is.
    assert installation.work.run(lambda _: platform("test"), "read", booked) == {}
