"""Orders as merchants and operators work on them."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import AwareDatetime, Field, StringConstraints

from entrepot.contexts import aftersales, logistics, orders
from entrepot.contexts.aftersales import Reason, RefundId
from entrepot.contexts.logistics import ParcelId
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import Cancellation, CancelReason, OrderId, Side, State
from entrepot.flows import cancelling, refunding, shipping
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, only
from entrepot.kernel.tx import Tx

from . import order_views
from .buyer import CancellationView, Units, cancelled
from .calls import ThisCall
from .order_views import OrderDetail, OrderView, ParcelView, RefundView, TrackingView
from .problems import refusals
from .routing import noun
from .views import NO_NUL, Asked, Page, Paging, after_time, cursor_at, example, page

router = noun(tag="orders")

Word = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NO_NUL)]


class Wanted(Paging):
    """Which orders; what is not given does not restrict."""

    shop_id: ShopId | None = None
    state: State | None = None
    placed_from: AwareDatetime | None = None
    placed_before: AwareDatetime | None = None

    def filter(self) -> orders.Filter:
        """As orders know it."""
        return orders.Filter(
            shop_id=self.shop_id,
            state=self.state,
            placed_from=self.placed_from,
            placed_before=self.placed_before,
        )


class AskSellerCancellation(Asked):
    model_config = example({"reason": "out_of_stock"})

    reason: Literal["out_of_stock", "risk", "seller_asked"]
    units: Units | None = None


class AskDecision(Asked):
    """Whether the merchant consents to the cancellation that the buyer asked for."""

    model_config = example({"consents": True})

    consents: bool
    reason: Annotated[str, StringConstraints(max_length=100, pattern=NO_NUL)] = ""

    def verdict(self) -> orders.Verdict:
        """As orders know it; the reason is one to refuse."""
        return orders.Verdict(consents=self.consents, because=self.reason)


class AskShipment(Asked):
    """A parcel; without `units` it holds all that is left to send."""

    model_config = example({"carrier": "usps", "tracking_number": "9400111899223197428490"})

    carrier: Word
    tracking_number: Word
    units: Units | None = None
    at: AwareDatetime | None = Field(None, description="When it was handed over, if not now.")


class AskRefund(Asked):
    """Money back for one line: an amount, or what the returned units cost, or all that is left."""

    model_config = example({"pos": 1, "reason": "damaged", "minor": 500})

    pos: Annotated[int, Field(ge=1, le=1_000)]
    reason: Reason
    minor: Annotated[int, Field(ge=1, le=10**12)] | None = None
    units: Annotated[int, Field(ge=0, le=100_000)] = 0
    restock: bool = False


@router.get("/orders")
def list_orders(ask: Annotated[Wanted, Query()], call: ThisCall) -> Page[OrderView]:
    """The orders of one's shops, newest first."""
    after = after_time(ask.after, OrderId)
    rows = call.signed_in(lambda tx: orders.page(tx, ask.filter(), after=after, limit=ask.limit))
    return page(rows, ask.limit, order_views.head, lambda row: cursor_at(row.placed_at, row.id))


@router.get("/orders/{order_id}", responses=refusals(orders.OrderNotFound))
def read_order(order_id: OrderId, call: ThisCall) -> OrderDetail:
    """One order with its lines, parcels, refunds and history."""
    return call.signed_in(lambda tx: order_views.detail(tx, order_id))


@router.post(
    "/orders/{order_id}/cancellation",
    status_code=201,
    responses=refusals(orders.OrderNotFound, orders.CannotCancel, Forbidden),
)
def cancel_as_seller(
    order_id: OrderId, body: AskSellerCancellation, call: ThisCall
) -> CancellationView:
    """Cancel for a reason of the seller's: what it cannot send, it gives back."""
    wish = Cancellation(
        order_id=order_id,
        by=call.signed_in(lambda tx: _side(tx, order_id)),
        reason=CancelReason(body.reason),
        units=body.units,
    )
    return cancelled(call, wish)


@router.post(
    "/orders/{order_id}/cancellation-decision",
    status_code=201,
    responses=refusals(orders.OrderNotFound, Forbidden),
)
def decide_cancellation(order_id: OrderId, body: AskDecision, call: ThisCall) -> OrderView:
    """Consent to the cancellation that the buyer asked for, or refuse it."""

    def decide(tx: Tx) -> OrderId:
        return only(cancelling.decide(tx, {order_id: body.verdict()})).order.id

    return call.once(OrderId, decide, _order)


@router.post(
    "/orders/{order_id}/shipments",
    status_code=201,
    responses=refusals(orders.OrderNotFound, Forbidden, orders.TooManyUnits),
)
def hand_over(order_id: OrderId, body: AskShipment, call: ThisCall) -> ParcelView:
    """Hand units of an order over to a carrier."""
    wish = shipping.HandOver(
        order_id=order_id,
        carrier=body.carrier,
        tracking_number=body.tracking_number,
        units=body.units,
        at=body.at,
    )
    return call.once(
        ParcelId,
        lambda tx: only(shipping.hand_over(tx, [_not_ahead(tx, wish)])).id,
        _parcel,
    )


@router.get("/shipments")
def list_shipments(ask: Annotated[Paging, Query()], call: ThisCall) -> Page[ParcelView]:
    """Parcels, newest first."""
    after = after_time(ask.after, ParcelId)
    rows = call.signed_in(lambda tx: logistics.page(tx, after=after, limit=ask.limit))
    show = order_views.parcel_of
    return page(rows, ask.limit, show, lambda row: cursor_at(row.created_at, row.id))


@router.get("/shipments/{parcel_id}/tracking", responses=refusals(NotFound))
def track_shipment(parcel_id: ParcelId, call: ThisCall) -> list[TrackingView]:
    """What was told of a parcel, by the time of the event."""

    def show(tx: Tx) -> list[TrackingView]:
        only(logistics.by_ids(tx, [parcel_id]))
        told = logistics.tracking(tx, [parcel_id]).get(parcel_id, [])
        return [TrackingView.model_validate(event) for event in told]

    return call.signed_in(show)


@router.post(
    "/orders/{order_id}/refunds",
    status_code=201,
    responses=refusals(orders.OrderNotFound, Forbidden),
)
def refund_line(order_id: OrderId, body: AskRefund, call: ThisCall) -> RefundView:
    """Give a buyer money back for a line; everybody's share goes back with it."""
    wish = refunding.RefundWish(
        order_id=order_id,
        pos=body.pos,
        minor=body.minor,
        units=body.units,
        reason=body.reason,
        restock=body.restock,
    )
    return call.once(
        RefundId,
        lambda tx: only(refunding.refund(tx, [wish])).id,
        _refund,
    )


@router.get("/refunds")
def list_refunds(ask: Annotated[Paging, Query()], call: ThisCall) -> Page[RefundView]:
    """Refunds, newest first."""
    after = after_time(ask.after, RefundId)
    rows = call.signed_in(lambda tx: aftersales.page(tx, after=after, limit=ask.limit))
    return page(rows, ask.limit, order_views.refund_of, lambda row: cursor_at(row.at, row.id))


def _side(tx: Tx, id: OrderId) -> Side:
    """For whom somebody cancels. A buyer's own right to it is not a seller's."""
    order = only(orders.by_ids(tx, [id]))
    permission = orders.Permission.CANCEL
    if not tx.actor.may(permission, order.merchant_id):
        raise Forbidden(f"{permission} is not granted to you", permission=permission.value)
    return Side.PLATFORM if tx.actor.may(permission) else Side.MERCHANT


def _not_ahead(tx: Tx, wish: shipping.HandOver) -> shipping.HandOver:
    """Nobody hands over what has not happened."""
    if wish.at is not None and wish.at > tx.now:
        raise BadInput("at", f"an instant that has come; it is {tx.now:%Y-%m-%dT%H:%M:%SZ}")
    return wish


def _parcel(tx: Tx, id: ParcelId) -> ParcelView:
    return order_views.parcel_of(only(logistics.by_ids(tx, [id])))


def _refund(tx: Tx, id: RefundId) -> RefundView:
    return order_views.refund_of(only(aftersales.by_ids(tx, [id])))


def _order(tx: Tx, id: OrderId) -> OrderView:
    return order_views.head(only(orders.by_ids(tx, [id])))
