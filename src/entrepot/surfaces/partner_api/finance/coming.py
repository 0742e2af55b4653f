"""What is on no statement yet: estimates, each with the reason why it waits."""

from typing import Any, Literal

from entrepot import rulebook
from entrepot.contexts import settlement
from entrepot.rulebook import Market
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations
from entrepot.surfaces.partner_api.paging import Paged, page, shown
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.partner_api.shapes import Nothing, Seconds
from entrepot.views import earned
from entrepot.views.earned import Compensation, Earning, Waiting, transaction_key

from .words import REIMBURSEMENT, Words, cut, key, seconds

operations = Operations()

CASE_OPEN, NOT_ARRIVED, NOT_DUE = (
    "A case about the order is open or it is held; it is settled when that has ended.",
    "The order has not been delivered.",
    "The order is delivered and waits for the day of its settlement.",
)


class UnsettledQuery(Paged):
    sort_field: Literal["order_create_time"] = "order_create_time"
    search_time_ge: Seconds | None = None
    search_time_lt: Seconds | None = None


@operations.get("/finance/202507/orders/unsettled", scope=Scope.FINANCE_READ, query=UnsettledQuery)
def unsettled(ask: Ask[UnsettledQuery, Nothing]) -> Data:
    """A page of the orders that are still to be settled, and the sums of all of them."""
    part = cut(ask, ask.query.search_time_ge, ask.query.search_time_lt)
    rows = earned.unsettled(ask.tx, ask.shop, part)
    whole = earned.all_unsettled(ask.tx, ask.shop, part)
    totals = whole.totals
    market = rulebook.of(ask.tx).on(Market, ask.shop.market, ask.tx.now.date())
    words = Words(ask.shop, market.row({}).currency.value)
    days = settlement.days_after_delivery(ask.tx, ask.shop)
    return {
        "transactions": [_transaction(words, row, days) for row in shown(rows, ask)],
        **words.amounts(
            sum_est_settlement=totals.minor + whole.compensated,
            sum_est_revenue=totals.revenue,
            sum_est_adjustment=whole.compensated,
            sum_est_fee=totals.fees + totals.taxes,
        ),
        **page(rows, ask, key=lambda row: key(*transaction_key(row)), total=whole.transactions),
    }


def _transaction(words: Words, row: Waiting, days: int) -> Data:
    told: dict[str, Any] = {
        "status": "UNSETTLED",
        "currency": row.currency,
        "order_create_time": seconds(row.placed_at),
        "unsettled_reason": _reason(row),
        **(_compensation(words, row) if isinstance(row, Compensation) else _earning(words, row)),
    }
    if row.delivered_at is not None:
        told["order_delivery_time"] = seconds(row.delivered_at)
    told["estimated_settlement"] = (
        f"Delivered + {days} days" if row.eligible_at is None else str(seconds(row.eligible_at))
    )
    return told


def _earning(words: Words, row: Earning) -> Data:
    totals = row.totals
    return {
        "id": str(row.order_id),
        "type": "ORDER",
        "order_id": str(row.order_id),
        **words.amounts(
            est_settlement=totals.minor,
            est_revenue=totals.revenue,
            est_adjustment=0,
            est_shipping_cost=totals.shipping,
            est_fee_tax=totals.fees + totals.taxes,
        ),
        "revenue_breakdown": words.revenue(row),
        "shipping_cost_breakdown": words.shipping(row),
        "fee_tax_breakdown": words.fees(row),
    }


def _compensation(words: Words, row: Compensation) -> Data:
    return {
        "id": str(row.id),
        "type": REIMBURSEMENT,
        "adjustment_id": str(row.id),
        "adjustment_order_id": str(row.order_id),
        **words.amounts(est_settlement=row.minor, est_adjustment=row.minor),
    }


def _reason(row: Waiting) -> str:
    if row.is_held:
        return CASE_OPEN
    return NOT_ARRIVED if row.eligible_at is None else NOT_DUE
