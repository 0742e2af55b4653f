"""Orders, and wishes to cancel them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from entrepot.contexts import orders
from entrepot.contexts.orders import CancellationFilter, CancellationId, Side, State
from entrepot.kernel.tx import Tx

from . import kinds
from .tellers import Notice, Tellers, seconds

tellers = Tellers()
OrderFact = orders.OrderPlaced | orders.OrderMoved | orders.OrderCancelled
CancelFact = orders.CancellationRequested | orders.CancellationRefused | orders.OrderCancelled

STATUS = {state.value: state.name for state in State}
STATUS |= dict.fromkeys((State.CANCELLED, State.LOST, State.RETURNED_TO_SENDER), "CANCEL")
ROLES = {Side.BUYER: "BUYER", Side.MERCHANT: "SELLER", Side.PLATFORM: "SYSTEM"}
AT_MOST = 1_000


@tellers.tell(kinds.ORDER_STATUS, orders.OrderPlaced, orders.OrderMoved, orders.OrderCancelled)
def order_status(tx: Tx, facts: Sequence[OrderFact]) -> Iterator[Notice]:
    """An order came into another state. Every order waits for an hour when it is paid."""
    for fact in facts:
        status = _status(fact)
        if status is not None:
            data = {
                "order_id": str(fact.order_id),
                "order_status": status,
                "is_on_hold_order": True,
                "update_time": seconds(fact),
            }
            yield Notice(fact=fact, shop_id=fact.shop_id, data=data)


@tellers.tell(
    kinds.CANCELLATION,
    orders.CancellationRequested,
    orders.CancellationRefused,
    orders.OrderCancelled,
)
def cancellation_status(tx: Tx, facts: Sequence[CancelFact]) -> Iterator[Notice]:
    """A buyer, the seller or a clock wants to cancel, or something came of it."""
    ids = {fact.cancellation_id for fact in facts if fact.cancellation_id is not None}
    known = {one.id: one for one in _requests(tx, ids)}
    for fact in facts:
        request = known.get(fact.cancellation_id) if fact.cancellation_id is not None else None
        if request is not None:
            data = {
                "order_id": str(fact.order_id),
                "cancel_id": str(request.id),
                "cancellations_role": ROLES[request.asked_by],
                "cancel_status": _cancel_status(fact),
                "create_time": _s(request.asked_at),
            }
            yield Notice(fact=fact, shop_id=fact.shop_id, data=data)


def _status(fact: OrderFact) -> str | None:
    match fact:
        case orders.OrderPlaced():
            return STATUS[State.UNPAID]
        case orders.OrderMoved():
            return STATUS[fact.after] if fact.after != fact.before else None
        case orders.OrderCancelled():
            return STATUS[State.CANCELLED] if fact.whole else None


def _cancel_status(fact: CancelFact) -> str:
    match fact:
        case orders.CancellationRequested():
            return "CANCELLATION_REQUEST_PENDING"
        case orders.CancellationRefused():
            return "CANCELLATION_REQUEST_CANCELLED"
        case orders.OrderCancelled():
            return "CANCELLATION_REQUEST_SUCCESS"


def _requests(tx: Tx, ids: set[CancellationId]) -> list[orders.CancellationRequest]:
    if not ids:
        return []
    return orders.cancellations(tx, CancellationFilter(ids=tuple(sorted(ids))), limit=AT_MOST)


def _s(at: datetime) -> int:
    return int(at.timestamp())
