"""Recording refunds, and what cases hear of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from entrepot.contexts.aftersales import store
from entrepot.contexts.aftersales.cases import CaseId
from entrepot.contexts.aftersales.events import RefundRecorded
from entrepot.contexts.aftersales.model import NewRefund, Refund, RefundId
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.tx import Tx


def record(tx: Tx, new: Sequence[NewRefund]) -> list[Refund]:
    """Write refunds down for good, each at its instant, in the order given.

    For flows, which hold the orders and were told the running totals by them: no permission is
    asked here.
    """
    if not new:
        return []
    refunds = [
        Refund(
            id=id,
            order_id=wish.order_id,
            merchant_id=wish.merchant_id,
            currency=wish.currency,
            reason=wish.reason,
            asked_by=wish.asked_by,
            at=wish.at or tx.now,
            lines=tuple(sorted(wish.lines, key=lambda line: line.pos)),
        )
        for wish, id in zip(new, new_ids(tx.sql, RefundId, len(new)), strict=True)
    ]
    assert all(refund.lines for refund in refunds), "a refund has lines"
    store.refunds.add(tx, refunds)
    emit(tx, [RefundRecorded.of(refund) for refund in refunds])
    return refunds


def link_refunds(tx: Tx, refunds: Sequence[tuple[RefundId, CaseId]]) -> None:
    """Say which cases refunds came of. For flows: no permission is asked."""
    store.cases.add_refunds(tx, refunds)


def pay_refunds(tx: Tx, paid: Mapping[RefundId, datetime]) -> dict[CaseId, datetime]:
    """Buyers have these refunds; gives the granted cases that wait for nothing more.

    For flows: no permission is asked. Each comes with the instant of its last refund.
    """
    return store.cases.pay(tx, paid) if paid else {}
