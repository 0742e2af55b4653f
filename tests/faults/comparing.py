"""The journal against the database: nothing that was promised is lost, nothing is there twice."""

import time

from sqlalchemy import text

from entrepot.kernel.tx import Tx
from tests.faults.buyers import Journal
from tests.living import Life
from tests.properties import laws

SETTLES_WITHIN_S = 120.0
PLACED = text("select cast(quote_id as text), cast(id as text) from orders.groups")
UNPAID = text(
    "select count(*) from payments.intents i join orders.orders o using (group_id)"
    " where i.state = 'captured' and o.state = 'unpaid'"
)
REFUNDS_TO_COME = text("select count(*) from payments.refunds where state <> 'succeeded'")
UNREAD = text(
    "select (select count(*) from events.fresh)"
    " + (select count(*) from events.log l where l.position > (select min(position)"
    " from events.cursors)"
    " and l.name in ('payments.payment_captured', 'payments.refund_succeeded'))"
)
TWICE = {
    "paid twice": (
        "select intent_id from payments.attempts where kind = 'pay' and state = 'succeeded'"
        " group by 1 having count(*) > 1"
    ),
    "posted twice": (
        "select reference from ledger.entries where kind in ('payment_captured', 'order_paid')"
        " group by kind, reference having count(*) > 1"
    ),
    "a fact that is there twice": (
        "select subject from events.log where name = 'orders.order_placed'"
        " group by subject having count(*) > 1"
    ),
    "more sold than there was": (
        "select id from inventory.positions where reserved > on_hand or reserved < 0"
    ),
    "refunded more than was paid": (
        "select id from payments.intents where refunded_minor > captured_minor"
        " or promised_minor > captured_minor"
    ),
    "a group without one of its orders": (
        "select q.id from orders.quotes q join orders.groups g on g.quote_id = q.id"
        " join orders.orders o on o.group_id = g.id group by q.id, g.total_minor"
        " having sum(o.total_minor) <> g.total_minor"
    ),
}


def compare(life: Life, journal: Journal) -> None:
    """Everything that must hold after a storm, once the worker has caught up."""
    caught_up(life)
    found = life.do(lambda tx: {row[0]: row[1] for row in tx.sql.execute(PLACED)})
    there = {quote: group for quote, group in found.items() if quote in journal.asked}
    promised = {quote: placed["order_group_id"] for quote, placed in journal.placed.items()}
    assert journal.broken == []
    assert journal.changed == []
    assert journal.unanswered == []
    assert {quote: there.get(quote) for quote in promised} == promised, "a promise was lost"
    assert not set(there) & set(journal.refused), "what was refused is there"
    assert set(there) == set(promised), "somebody got what nobody was told of"
    life.do(_nothing_twice)
    life.do(lambda tx: _cancelled(tx, journal))
    laws.hold_now(life)


def caught_up(life: Life) -> None:
    """Wait for the worker: every payment has paid its orders, every refund is sent."""
    end = time.monotonic() + SETTLES_WITHIN_S
    while left := life.do(lambda tx: [tx.sql.scalar(q) for q in (UNPAID, REFUNDS_TO_COME, UNREAD)]):
        if not any(left):
            return
        assert time.monotonic() < end, f"unpaid, refunds, facts that wait: {left}"
        time.sleep(0.2)


def _nothing_twice(tx: Tx) -> None:
    for law, query in TWICE.items():
        found = tx.sql.execute(text(query)).all()
        assert found == [], f"{law}: {found}"


def _cancelled(tx: Tx, journal: Journal) -> None:
    query = text("select cast(id as text) from orders.orders where state = 'cancelled'")
    assert {*journal.cancelled} <= {*tx.sql.scalars(query)}, "a cancellation was lost"
