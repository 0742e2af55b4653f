"""What is told of orders."""

from dataclasses import dataclass

from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import Event

from .model import CancellationId, CancelReason, GroupId, OrderId, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent(Event):
    """What every fact about one order says."""

    order_id: OrderId
    group_id: GroupId
    shop_id: ShopId
    merchant_id: OrganisationId

    @property
    def subject(self) -> OrderId:
        return self.order_id


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(OrderEvent):
    name = "orders.order_placed"

    market: str
    currency: str
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoved(OrderEvent):
    """Any step of the lifecycle but a cancellation."""

    name = "orders.order_moved"

    verb: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationRequested(OrderEvent):
    name = "orders.cancellation_requested"

    reason: CancelReason
    cancellation_id: CancellationId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationRefused(OrderEvent):
    """The merchant did not consent: the order goes on."""

    name = "orders.cancellation_refused"

    cancellation_id: CancellationId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(OrderEvent):
    """Units of an order were cancelled; all of them if `whole`."""

    name = "orders.order_cancelled"

    by: Side
    reason: CancelReason
    whole: bool
    refund_minor: int
    currency: str
    cancellation_id: CancellationId | None = None
