"""How a shop's money is paid: payouts to the bank, and all that moved the seller's balance."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from entrepot.contexts.settlement import State
from entrepot.kernel.money import Currency
from entrepot.surfaces.partner_api import money
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations
from entrepot.surfaces.partner_api.paging import Paged, page, shown
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.partner_api.shapes import Csv, Nothing, Seconds
from entrepot.views import earned
from entrepot.views.earned import Movement, Payment

from .words import Words, cut, key, seconds

operations = Operations()

STATUS = {State.PAID: "PAID", State.FAILED: "FAILED", State.RETURNED: "FAILED"}
KINDS = {"SETTLE": "settled", "WITHDRAW": "withdrawn", "REVERSE": "reversed"}
# What the dialect also knows and what does not happen here: nothing is found.
OTHER_KINDS = ("TRANSFER", "PAYMENT", "REFUND", "REWARD", "POLICY_VIOLATION_DEDUCTION", "UNKNOWN")
TYPES = {ours: theirs for theirs, ours in KINDS.items()}
WITHDRAWN = {
    State.REQUESTED: "INIT",
    State.ON_HOLD: "ORDERED",
    State.APPROVED: "RECEIVED",
    State.SENT: "PROCESSING",
    State.UNKNOWN: "PROCESSING",
    State.PAID: "SUCCESS",
    State.FAILED: "FAILED",
    State.RETURNED: "REVERSED",
}
SHOWN_DIGITS = 4


def _known_types(types: list[str]) -> list[str]:
    unknown = sorted({*types} - {*KINDS, *OTHER_KINDS})
    if unknown or not types:
        raise invalid("types", f"some of {', '.join([*KINDS, *OTHER_KINDS])}")
    return types


class PaymentQuery(Paged):
    sort_field: Literal["create_time"] = "create_time"
    create_time_ge: Seconds | None = None
    create_time_lt: Seconds | None = None


class MovementQuery(PaymentQuery):
    types: Annotated[Csv, AfterValidator(_known_types)]


@operations.get(
    "/finance/202605/payments",
    older=("202309",),
    scope=Scope.FINANCE_READ,
    query=PaymentQuery,
)
def payments(ask: Ask[PaymentQuery, Nothing]) -> Data:
    """A page of the payouts that pay the shop's statements."""
    part = cut(ask, ask.query.create_time_ge, ask.query.create_time_lt)
    rows = earned.payments(ask.tx, ask.shop, part)
    told = [_payment(row) for row in shown(rows, ask)]
    return {"payments": told, **page(rows, ask, key=lambda row: key(row.due_at, row.id))}


@operations.get("/finance/202309/withdrawals", scope=Scope.FINANCE_READ, query=MovementQuery)
def withdrawals(ask: Ask[MovementQuery, Nothing]) -> Data:
    """A page of what was settled, withdrawn and came back, of the kinds that are asked for."""
    kinds = [KINDS[kind] for kind in ask.query.types if kind in KINDS]
    part = cut(ask, ask.query.create_time_ge, ask.query.create_time_lt)
    rows = earned.movements(ask.tx, ask.shop, kinds, part)
    return {
        "withdrawals": [_movement(Words(ask.shop, row.currency), row) for row in shown(rows, ask)],
        **page(
            rows,
            ask,
            key=lambda row: key(row.at, row.id),
            total=earned.count_movements(ask.tx, ask.shop, kinds, part),
        ),
    }


def _payment(row: Payment) -> Data:
    told: dict[str, Any] = {
        "id": str(row.id),
        "create_time": seconds(row.due_at),
        "status": STATUS.get(State(row.state), "PROCESSING"),
        "amount": _value(row.payout_minor, row.payout_currency),
        "settlement_amount": _value(row.minor, row.currency),
        "payment_amount_before_exchange": _value(row.minor, row.currency),
        "exchange_rate": "1.000000",
        "paid_time": seconds(row.changed_at) if row.state == State.PAID else 0,
        "bank_account": f"****{row.number[-SHOWN_DIGITS:]}",
    }
    if row.rate_num is not None and row.rate_den is not None:
        told["exchange_rate"] = f"{row.rate_num / row.rate_den:.6f}"
    return told


def _movement(words: Words, row: Movement) -> Data:
    status = WITHDRAWN[State(row.state)] if row.state else "SUCCESS"
    return {
        "id": str(row.id),
        "type": TYPES[row.kind],
        "amount": words.amount(row.minor),
        "currency": row.currency,
        "status": status,
        "create_time": seconds(row.at),
    }


def _value(minor: int, currency: str) -> Data:
    return {"value": money.amount(minor, Currency(currency)), "currency": currency}
