"""Returns and refunds: a case is a return, and what is sent back in it is an RMA."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from entrepot.contexts import aftersales, orders
from entrepot.contexts.aftersales import Case, CaseId, CaseMoved, Role, State
from entrepot.contexts.orders import Line
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx
from entrepot.surfaces.partner_api import money
from entrepot.surfaces.partner_api.returns import words

from . import kinds
from .tellers import Notice, Tellers, seconds

tellers = Tellers()
ROLES = {
    Role.BUYER: "BUYER",
    Role.MERCHANT: "SELLER",
    Role.OPERATOR: "SYSTEM",
    Role.SYSTEM: "SYSTEM",
}
# What is told of goods on their way back, when a case comes into a state.
RMA = {
    State.AWAITING_GOODS: "AWAITING_BUYER_SHIPPED",
    State.SENT_BACK: "RETURN_IN_TRANSIT",
    State.OFFERED_ON_RECEIPT: "PENDING_PACKAGE_REVIEW",
    State.RECEIPT_REFUSED: "PACKAGE_REVIEW_COMPLETED",
}
REVIEWED = {State.SENT_BACK, State.OFFERED_ON_RECEIPT}  # Before the goods were judged.


@tellers.tell(kinds.RETURN, CaseMoved)
def return_status(tx: Tx, facts: Sequence[CaseMoved]) -> Iterator[Notice]:
    """A case was opened or went a step further."""
    for fact, case in _with_cases(tx, facts):
        status = words.said(words.STATUSES, case)
        if status is not None:
            data = {
                "order_id": str(fact.order_id),
                "return_id": str(fact.case_id),
                "return_role": ROLES[case.opened_by],
                "return_type": words.KINDS[fact.kind],
                "return_status": status,
                "create_time": int(case.opened_at.timestamp()),
                "update_time": seconds(fact),
            }
            yield Notice(fact=fact, shop_id=fact.shop_id, data=data)


@tellers.tell(kinds.AFTERSALES, CaseMoved)
def request_status(tx: Tx, facts: Sequence[CaseMoved]) -> Iterator[Notice]:
    """A request waits for its review, or was reviewed."""
    for fact, case in _with_cases(tx, facts):
        before = None if fact.before is None else replace(case, state=fact.before)
        status = words.said(words.REVIEWS, case)
        if before is None or words.said(words.REVIEWS, before) != status:
            data = {
                "aftersales_request_id": str(fact.case_id),
                "return_role": ROLES[case.opened_by],
                "aftersales_request_status": status,
                "aftersales_request_create_time": int(case.opened_at.timestamp()),
                "aftersales_request_update_time": seconds(fact),
            }
            yield Notice(fact=fact, shop_id=fact.shop_id, data=data)


@tellers.tell(kinds.RMA, CaseMoved)
def rma_status(tx: Tx, facts: Sequence[CaseMoved]) -> Iterator[Notice]:
    """Goods shall come back, are on their way, or were judged."""
    for fact, case in _with_cases(tx, facts):
        status = _rma(fact)
        if status is not None:
            data = {
                "rma_id": str(fact.case_id),
                "aftersales_request_id": str(fact.case_id),
                "return_role": ROLES[case.opened_by],
                "rma_status": status,
                "rma_request_create_time": int(case.opened_at.timestamp()),
                "rma_request_update_time": seconds(fact),
            }
            yield Notice(fact=fact, shop_id=fact.shop_id, data=data)


@tellers.tell(kinds.REFUND, CaseMoved)
def refund_success(tx: Tx, facts: Sequence[CaseMoved]) -> Iterator[Notice]:
    """The buyer has the money."""
    paid = [fact for fact in facts if fact.after is State.COMPLETED and fact.minor]
    lines = {
        (line.order_id, line.pos): line
        for line in (orders.lines(tx, {fact.order_id for fact in paid}) if paid else ())
    }
    for fact, case in _with_cases(tx, paid):
        data: dict[str, Any] = {
            "aftersales_request_id": str(fact.case_id),
            "refund_status": "REFUND_SUCCESS",
            "refund_currency": fact.currency,
            "refund_total": money.amount(fact.minor, Currency(fact.currency)),
            "refund_timestamp": seconds(fact),
            "line_items": [*_items(case, lines)],
        }
        if case.sent_at is not None:
            data["rma_id"] = str(fact.case_id)
        yield Notice(fact=fact, shop_id=fact.shop_id, data=data)


def _with_cases(tx: Tx, facts: Sequence[CaseMoved]) -> Iterator[tuple[CaseMoved, Case]]:
    """Each with its case as it was when that happened."""
    ids: list[CaseId] = sorted({fact.case_id for fact in facts})
    known = {
        case.id: case
        for case in (aftersales.cases(tx, ids) if ids else ())
        if not isinstance(case, Problem)
    }
    for fact in facts:
        if fact.case_id in known:
            case = known[fact.case_id]
            yield fact, replace(case, state=fact.after, ruling=fact.ruling)


def _rma(fact: CaseMoved) -> str | None:
    if fact.after is State.GRANTED and fact.before in REVIEWED:
        return "PACKAGE_REVIEW_COMPLETED"
    return RMA.get(fact.after)


def _items(case: Case, lines: dict[tuple[orders.OrderId, int], Line]) -> Iterator[dict[str, str]]:
    """Each unit of it, by the ids under which returns show them."""
    for part in case.lines:
        line = lines[case.order_id, part.pos]
        for at, _ in enumerate(part.units):
            item = str(part.first_item + at)
            yield {
                "main_order_id": str(case.order_id),
                "return_line_item_id": item,
                "sku_return_request_id": item,
                "sku_id": str(line.sku_id),
            }
