"""Statements of a shop, and the transactions that each is made of."""

from typing import Any, Literal

from entrepot.contexts.orders import OrderId
from entrepot.contexts.settlement import StatementId
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations
from entrepot.surfaces.partner_api.orders import of_shop
from entrepot.surfaces.partner_api.paging import Paged, page, shown
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.partner_api.shapes import Nothing, Seconds
from entrepot.views import earned
from entrepot.views.earned import (
    Compensation,
    Earning,
    Reserve,
    StatementRow,
    Transaction,
    transaction_key,
)

from .words import REIMBURSEMENT, Words, cut, key, seconds

operations = Operations()

PAYMENT = {"paid": "PAID", "failed": "FAILED", "returned": "FAILED"}  # Others are on their way.
ON_THEIR_WAY = ("requested", "on_hold", "approved", "sent", "unknown")
STATES = {"PAID": ("paid",), "FAILED": ("failed", "returned"), "PROCESSING": ON_THEIR_WAY}


class StatementQuery(Paged):
    sort_field: Literal["statement_time"] = "statement_time"
    statement_time_ge: Seconds | None = None
    statement_time_lt: Seconds | None = None
    payment_status: Literal["PAID", "FAILED", "PROCESSING"] | None = None


class TransactionQuery(Paged):
    sort_field: Literal["order_create_time"] = "order_create_time"


@operations.get("/finance/202309/statements", scope=Scope.FINANCE_READ, query=StatementQuery)
def statements(ask: Ask[StatementQuery, Nothing]) -> Data:
    """A page of the shop's statements, one for each day on which something was settled."""
    query = ask.query
    status = query.payment_status
    states = None if status is None else STATES[status]
    part = cut(ask, query.statement_time_ge, query.statement_time_lt)
    rows = earned.statements(ask.tx, ask.shop, part, states)
    told = [_statement(Words(ask.shop, row.currency), row) for row in shown(rows, ask)]
    return {"statements": told, **page(rows, ask, key=lambda row: key(row.due_at, row.id))}


@operations.get(
    "/finance/202501/statements/{statement_id}/statement_transactions",
    older=("202309",),
    scope=Scope.FINANCE_READ,
    query=TransactionQuery,
)
def statement_transactions(ask: Ask[TransactionQuery, Nothing]) -> Data:
    """One statement with a page of its transactions: one for each order and each reserve."""
    statement = earned.statement(ask.tx, ask.shop, ask.id("statement_id", StatementId))
    words, totals = Words(ask.shop, statement.currency), statement.totals
    rows = earned.transactions(ask.tx, statement, cut(ask, None, None))
    return {
        "id": str(statement.id),
        "create_time": seconds(statement.due_at),
        "status": "SETTLED",
        "currency": statement.currency,
        "payable_amount": words.amount(statement.net_minor),
        "total_reserve_amount": words.amount(statement.reserve_minor),
        "total_settlement_amount": words.amount(totals.minor + statement.compensated),
        "total_settlement_breakdown": words.amounts(
            total_revenue=totals.revenue,
            total_shipping_cost=totals.shipping,
            total_fee_tax=totals.fees + totals.taxes,
            total_adjustment=statement.compensated,
        ),
        "transactions": [_transaction(words, row) for row in shown(rows, ask)],
        **page(rows, ask, key=lambda row: key(*transaction_key(row)), total=statement.transactions),
    }


@operations.get(
    "/finance/202501/orders/{order_id}/statement_transactions",
    older=("202309",),
    scope=Scope.FINANCE_READ,
)
def order_transactions(ask: Ask[Nothing, Nothing]) -> Data:
    """What one order earned, by line and statement; nothing before it is settled."""
    id = ask.id("order_id", OrderId)
    [order] = of_shop(ask, [id])
    rows = earned.of_order(ask.tx, ask.shop, id)
    words = Words(ask.shop, order.total.currency.value)
    return {
        "order_id": str(order.id),
        "order_create_time": seconds(order.placed_at),
        "currency": order.total.currency.value,
        **words.amounts(
            revenue=sum(row.totals.revenue for row in rows),
            fee_and_tax=sum(row.totals.fees + row.totals.taxes for row in rows),
            shipping_cost=sum(row.totals.shipping for row in rows),
            settlement=sum(row.totals.minor for row in rows),
        ),
        "sku_transactions": [_of_line(words, row) for row in rows],
        "total_count": len(rows),
    }


def _statement(words: Words, row: StatementRow) -> Data:
    totals = row.totals
    told: dict[str, Any] = {
        "id": str(row.id),
        "statement_time": seconds(row.due_at),
        "currency": row.currency,
        "payment_status": PAYMENT.get(row.payout_state or "", "PROCESSING")
        if row.payout_state
        else "SETTLED",
        **words.amounts(
            settlement=row.net_minor,
            revenue=totals.revenue,
            net_sales=totals.revenue,
            fee=totals.fees + totals.taxes,
            shipping_cost=totals.shipping,
            adjustment=row.reserve_minor + row.compensated,
        ),
    }
    if row.payout_id is not None:
        told["payment_id"] = str(row.payout_id)
    if row.paid_at is not None:
        told["payment_time"] = seconds(row.paid_at)
    return told


def _transaction(words: Words, row: Transaction) -> Data:
    if isinstance(row, Compensation):
        return {
            "id": str(row.id),
            "type": REIMBURSEMENT,
            "adjustment_id": str(row.id),
            "adjustment_amount": words.amount(row.minor),
            "adjustment_order_id": str(row.order_id),
        }
    if isinstance(row, Reserve):
        return {
            "id": str(row.id),
            "type": "RESERVE",
            "reserve_id": str(row.id),
            "reserve_amount": words.amount(row.minor),
            "associated_order_id": str(row.order_id),
            "reserve_status": "COLLECTED" if row.minor < 0 else "RELEASED",
            "estimated_release_time": str(seconds(row.release_at)) if row.minor < 0 else "",
        }
    return {
        "id": str(row.order_id),
        "type": "ORDER",
        "order_id": str(row.order_id),
        "order_create_time": seconds(row.placed_at),
        "supplementary_component": words.beside(row),
        **_amounts(words, row),
    }


def _of_line(words: Words, row: Earning) -> Data:
    return {
        "sku_id": str(row.sku_id),
        "sku_name": row.product,
        "product_name": row.product,
        "statement_id": str(row.statement_id),
        "quantity": str(row.quantity),
        **_amounts(words, row),
    }


def _amounts(words: Words, row: Earning) -> dict[str, Any]:
    totals = row.totals
    return {
        **words.amounts(
            settlement=totals.minor,
            revenue=totals.revenue,
            shipping_cost=totals.shipping,
            fee_tax=totals.fees + totals.taxes,
        ),
        "revenue_breakdown": words.revenue(row),
        "shipping_cost_breakdown": words.shipping(row),
        "fee_tax_breakdown": words.fees(row),
    }
