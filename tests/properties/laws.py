"""What must hold of a whole installation, at every step and when all is over."""

from typing import Any

from sqlalchemy import text

from entrepot.contexts.orders import OrderId
from entrepot.contexts.settlement import PayoutId, StatementId
from entrepot.flows import explaining
from entrepot.kernel.tx import Tx
from tests.living import Life

Sums = dict[tuple[Any, ...], int]
BALANCES = (
    "select a.purpose, a.owner_id, p.currency, cast(sum(p.minor) as bigint) as minor"
    " from ledger.postings p join ledger.accounts a on a.id = p.account group by 1, 2, 3"
)
# What statements made available, less what payouts took and did not bring back.
AVAILABLE = (
    "select owner, currency, cast(sum(minor) as bigint) as minor from ("
    "select payee_id as owner, currency, net_minor as minor from settlement.statements"
    " union all select payee_id, currency, -minor from settlement.payouts"
    " where state in ('sent', 'unknown', 'paid')) as moved group by 1, 2"
)
BANK = (
    "select 0, payout_currency, cast(sum(payout_minor) as bigint) as minor"
    " from settlement.payouts where state = 'paid' group by 2"
)
# What the platform bears of refunds, and takes in for ways back, is what sellers were told.
BESIDE_REFUNDS = (
    "select case when minor > 0 then 'refund_expense' else 'fee_revenue:return_shipping' end,"
    " currency, cast(sum(-minor) as bigint) as minor from settlement.claims"
    " where kind in ('compensation', 'return_shipping') group by 1, 2"
)
# What buyers paid for lines of which something is still to come.
WAITING = (
    "select o.record_id, o.currency, cast(sum(l.payment_minor - l.refunded_minor) as bigint)"
    " from orders.orders o join orders.lines l on l.order_id = o.id where o.paid_at is not null"
    " and not (l.delivered > 0 and l.delivered = l.quantity - l.cancelled) group by 1, 2"
)
# Each payment and each refund of a group, as payments and orders count them.
PAID = (
    "select i.currency, cast(sum(i.captured_minor - i.refunded_minor) as bigint) as minor"
    " from payments.intents i group by 1"
)
CONTRADICTIONS = {
    "an order's refunds are not those of its lines": (
        "select o.id from orders.orders o join orders.lines l on l.order_id = o.id"
        " group by o.id, o.refunded_minor having o.refunded_minor <> sum(l.refunded_minor)"
    ),
    "a seller is made up for more than it lost": (
        "select c.id from settlement.claims c where c.kind = 'compensation' and c.minor >"
        " (select -sum(l.minor) from settlement.claims l where l.source_id = c.source_id"
        " and l.pos = c.pos and l.payee_id = c.payee_id and l.kind like 'refund_%')"
    ),
    "a seller is made up for its own fault, or for goods that came back": (
        "select r.case_id from settlement.claims c"
        " join aftersales.case_refunds r on r.refund_id = c.source_id"
        " join aftersales.cases o on o.id = r.case_id where c.kind = 'compensation'"
        " and (o.seller_fault or o.received_at is not null)"
    ),
    "a line gives back more than was paid for it": (
        "select order_id from orders.lines where refunded_minor not between 0 and payment_minor"
    ),
    "units of a line do not add up": (
        "select order_id from orders.lines where cancelled + shipped > quantity"
        " or delivered > shipped or returned > delivered"
    ),
    "a group's refunds are not those of its orders": (
        "select i.group_id from payments.intents i join orders.orders o using (group_id)"
        " where i.captured_minor > 0 group by i.group_id, i.promised_minor"
        " having i.promised_minor <> sum(case when o.paid_at is null and o.state = 'cancelled'"
        " then o.total_minor else o.refunded_minor end)"
    ),
    "a statement is not the sum of its claims": (
        "select s.id from settlement.statements s"
        " left join settlement.settled_claims c on c.statement_id = s.id"
        " group by s.id having s.minor <> coalesce(sum(c.minor), 0) or s.claims <> count(c.id)"
    ),
    "a claim is neither open nor settled, or both": (
        "select c.id from settlement.claims c where"
        " exists (select from settlement.open_claims o where o.claim_id = c.id"
        " and (o.payee_id, o.currency, o.minor) = (c.payee_id, c.currency, c.minor))"
        " = exists (select from settlement.settled s where s.claim_id = c.id)"
    ),
    "a payout is not the sum of its statements": (
        "select p.id from settlement.payouts p"
        " join settlement.payout_items i on i.payout_id = p.id"
        " join settlement.statements s on s.id = i.statement_id"
        " group by p.id having p.minor <> sum(s.net_minor)"
        " or count(distinct s.payee_id) <> 1 or min(s.payee_id) <> p.payee_id"
        " or count(distinct s.currency) <> 1 or min(s.currency) <> p.currency"
    ),
    "a payout pays nothing": (
        "select id from settlement.payouts p where not exists"
        " (select from settlement.payout_items i where i.payout_id = p.id)"
    ),
    "more of a reserve is gone than was held": (
        "select id from settlement.reserve_holds where consumed_minor + released_minor > held_minor"
    ),
    "stock was sold twice": (
        "select id from inventory.positions where on_hand < reserved or reserved < 0"
    ),
    "stock is not what came less what left": (
        "select p.id from inventory.positions p left join inventory.movements m"
        " on m.position_id = p.id group by p.id, p.on_hand having p.on_hand <> sum(m.quantity)"
    ),
}


def hold_now(life: Life) -> None:
    """At every instant."""
    life.check()
    life.do(_nothing_contradicts)
    life.do(_money_is_where_statements_say)


def hold_in_the_end(life: Life) -> None:
    """When everything that can fall due has."""
    hold_now(life)
    life.do(_nothing_is_left_to_wait)
    life.do(_all_is_explained)


def sums(tx: Tx, query: str) -> Sums:
    rows = tx.sql.execute(text(query))
    return {tuple(row[:-1]): row[-1] for row in rows if row[-1]}


def standing(tx: Tx, purpose: str) -> Sums:
    """What stands on the accounts of a purpose, by owner and currency: credits are positive."""
    return {
        (owner, currency): -minor
        for (found, owner, currency), minor in sums(tx, BALANCES).items()
        if found == purpose
    }


def _nothing_contradicts(tx: Tx) -> None:
    for law, query in CONTRADICTIONS.items():
        found = tx.sql.execute(text(query)).scalars().all()
        assert found == [], f"{law}: {found}"


def _money_is_where_statements_say(tx: Tx) -> None:
    assert sums(tx, AVAILABLE) == standing(tx, "available")
    assert sums(tx, BANK) == standing(tx, "bank")
    assert sums(tx, WAITING) == standing(tx, "pending")
    borne = sums(tx, BESIDE_REFUNDS)
    assert borne == {
        (purpose, currency): minor
        for purpose in ("refund_expense", "fee_revenue:return_shipping")
        for (_, currency), minor in standing(tx, purpose).items()
    }


def _nothing_is_left_to_wait(tx: Tx) -> None:
    """No claim, no reserve, no money of buyers or on its way; what came in is what was paid."""
    for purpose in ("on_hold", "reserve", "pending", "buyer_clearing", "payout_in_transit"):
        assert standing(tx, purpose) == {}, purpose
    assert sums(tx, PAID) == {
        (currency,): -minor for (_, currency), minor in standing(tx, "psp_receivable").items()
    }
    open_ = "select claim_id from settlement.open_claims"
    assert tx.sql.execute(text(open_)).all() == []
    held = (
        "select id from settlement.reserve_holds"
        " where held_minor <> consumed_minor + released_minor"
    )
    assert tx.sql.execute(text(held)).all() == []


def _all_is_explained(tx: Tx) -> None:
    ids = {
        noun: [*tx.sql.scalars(text(f"select id from {table} order by id"))]
        for noun, table in (
            ("order", "orders.orders"),
            ("statement", "settlement.statements"),
            ("payout", "settlement.payouts"),
        )
    }
    found = [explaining.explain_order(tx, OrderId(id)) for id in ids["order"]]
    found += [explaining.explain_statement(tx, StatementId(id)) for id in ids["statement"]]
    found += [explaining.explain_payout(tx, PayoutId(id)) for id in ids["payout"]]
    for explanation in found:
        assert not explanation.differences, (explanation.subject, explanation.differences)
