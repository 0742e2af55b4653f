"""A buyer's own orders: signed in, or by the link that the checkout gave."""

from typing import Annotated

from fastapi import Query, Request
from pydantic import Field

from entrepot.contexts import orders
from entrepot.contexts.orders import (
    Cancellation,
    CancellationId,
    CancelReason,
    GroupId,
    OrderId,
    Side,
)
from entrepot.flows import cancelling
from entrepot.kernel.problems import NotFound, only
from entrepot.kernel.tx import Tx

from . import order_views
from .batches import PayAsk
from .calls import Call, ThisCall
from .checkouts import Method
from .order_views import Confirmation, GroupView, OrderDetail, OrderView
from .problems import refusals
from .routing import noun
from .views import Asked, Page, Paging, View, after_time, cursor_at, example, page

router = noun("/shop", tag="shop")

Link = Annotated[
    str | None, Query(max_length=200, description="The token that the checkout answered with.")
]
Units = Annotated[dict[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]], Field()]


class AskCancellation(Asked):
    """What is to be cancelled; without `units` everything that is not handed over."""

    model_config = example({"units": {"1": 1}})

    units: Units | None = None


class AskPayment(Asked):
    """By which means, at the provider that the checkout named."""

    model_config = example({"method": "sandbox-ok"})

    method: Method


class CancellationView(View):
    """What was cancelled, or that it waits for the merchant's consent."""

    cancellation_id: CancellationId
    asked: bool
    order: OrderView


@router.get("/orders")
def my_orders(ask: Annotated[Paging, Query()], call: ThisCall) -> Page[OrderView]:
    """The orders that one may see, newest first."""
    after = after_time(ask.after, OrderId)
    rows = call.signed_in(lambda tx: orders.page(tx, orders.Filter(), after=after, limit=ask.limit))
    return page(rows, ask.limit, order_views.head, lambda row: cursor_at(row.placed_at, row.id))


@router.get("/order-groups/{group_id}", responses=refusals(NotFound))
def see_group(group_id: GroupId, call: ThisCall, token: Link = None) -> GroupView:
    """What one checkout placed."""
    return call.run(lambda tx: order_views.group(tx, group_id))


@router.post("/order-groups/{group_id}/payment", status_code=201, responses=refusals(NotFound))
def pay_group(
    group_id: GroupId, body: AskPayment, call: ThisCall, request: Request, token: Link = None
) -> GroupView:
    """Try to pay once more: after a decline, or where nobody knows that it was begun.

    A payment that is under way goes on as it is, one that waits for the card's owner says by what
    they confirm, and what is paid or cancelled is only shown.
    """
    call.run(lambda tx: _buyers(tx, group_id))
    [paid] = request.app.state.work.pay([PayAsk(group_id, body.method)])
    shown = call.run(lambda tx: order_views.group(tx, group_id))
    if shown.payment is None or paid.client_secret is None:
        return shown
    waits = Confirmation(client_secret=paid.client_secret)
    return shown.model_copy(
        update={"payment": shown.payment.model_copy(update={"confirmation": waits})}
    )


@router.get("/orders/{order_id}", responses=refusals(orders.OrderNotFound))
def see_order(order_id: OrderId, call: ThisCall, token: Link = None) -> OrderDetail:
    """One order with its lines, parcels and refunds."""
    return call.run(lambda tx: order_views.detail(tx, order_id))


@router.post(
    "/orders/{order_id}/cancellation",
    status_code=201,
    responses=refusals(orders.OrderNotFound, orders.CannotCancel),
)
def cancel_order(
    order_id: OrderId, body: AskCancellation, call: ThisCall, token: Link = None
) -> CancellationView:
    """Cancel what is not handed over yet; an hour after payment the merchant has to consent."""
    wish = Cancellation(
        order_id=order_id, by=Side.BUYER, reason=CancelReason.BUYER_ASKED, units=body.units
    )
    return cancelled(call, wish)


def _buyers(tx: Tx, id: GroupId) -> None:
    """Only who bought it, or holds its link, pays for it; to others it is not there."""
    group = orders.groups(tx, [id]).get(id)
    own = group is not None and group.buyer_id is not None and group.buyer_id == tx.actor.in_person
    if not own and id not in tx.actor.signed:
        raise NotFound("order group", id)


def cancelled(call: Call, wish: Cancellation) -> CancellationView:
    """Cancel once, and show the order as it is now."""
    fresh: list[bool] = []

    def cancel(tx: Tx) -> CancellationId:
        done = only(cancelling.cancel(tx, [wish]))
        fresh[:] = [done.asked]
        return done.id

    def show(tx: Tx, id: CancellationId) -> CancellationView:
        order = only(orders.by_ids(tx, [wish.order_id]))
        lines = orders.lines(tx, [wish.order_id])
        waits = fresh[0] if fresh else not any(line.cancelled for line in lines)
        return CancellationView(cancellation_id=id, asked=waits, order=order_views.head(order))

    return call.run(call.keyed(CancellationId, cancel, show))
