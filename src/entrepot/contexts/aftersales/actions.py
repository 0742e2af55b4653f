"""Recording refunds."""

from collections.abc import Sequence

from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.tx import Tx

from . import store
from .events import RefundRecorded
from .model import NewRefund, Refund, RefundId


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
    store.add(tx, refunds)
    emit(tx, [RefundRecorded.of(refund) for refund in refunds])
    return refunds
