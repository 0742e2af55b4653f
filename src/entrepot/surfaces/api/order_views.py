"""Orders as buyers, merchants and operators see them."""

from datetime import datetime

from entrepot.contexts import aftersales, logistics, orders, payments
from entrepot.contexts.aftersales import Reason, Refund, RefundId
from entrepot.contexts.catalog import ProductId, SkuId
from entrepot.contexts.logistics import Code, Parcel, ParcelId
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import GroupId, Line, Order, OrderId, Side, State
from entrepot.contexts.payments import IntentState
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.problems import NotFound, only
from entrepot.kernel.tx import Tx

from .views import MoneyView, View


class LineView(View):
    pos: int
    sku_id: SkuId
    product_id: ProductId
    title: str
    quantity: int
    cancelled: int
    shipped: int
    delivered: int
    returned: int
    unit_price: MoneyView
    list: MoneyView
    seller_discount: MoneyView
    platform_discount: MoneyView
    shipping: MoneyView
    tax: MoneyView
    payment: MoneyView
    refunded: MoneyView


class OrderView(View):
    """The head of an order."""

    id: OrderId
    group_id: GroupId
    shop_id: ShopId
    merchant_id: OrganisationId
    market: str
    mode: str
    seller_type: str
    state: State
    total: MoneyView
    refunded: MoneyView
    placed_at: datetime
    paid_at: datetime | None
    dispatched_at: datetime | None
    delivered_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    can: list[str]


class PackedView(View):
    order_id: OrderId
    pos: int
    quantity: int


class ParcelView(View):
    id: ParcelId
    order_id: OrderId
    carrier: str | None  # None before it is labelled.
    tracking_number: str | None
    state: logistics.State
    lines: list[PackedView]
    handed_over_at: datetime | None
    delivered_at: datetime | None


class TrackingView(View):
    code: Code
    place: str
    at: datetime


class RefundedLine(View):
    pos: int
    units: int
    amount: MoneyView


class RefundView(View):
    id: RefundId
    order_id: OrderId
    reason: Reason
    asked_by: Side
    amount: MoneyView
    at: datetime
    lines: list[RefundedLine]


class RecipientView(View):
    """Who receives it; shown to whoever ships it, once it may be shipped."""

    name: str
    email: str
    phone: str
    address: dict[str, str]


class HappeningView(View):
    verb: str
    before: State
    after: State
    reason: str
    at: datetime


class OrderDetail(OrderView):
    """An order with all that belongs to it."""

    lines: list[LineView]
    parcels: list[ParcelView]
    refunds: list[RefundView]
    history: list[HappeningView]
    recipient: RecipientView | None


class Confirmation(View):
    """What the card's owner confirms a payment by, through the provider's script in a browser."""

    client_secret: str


class GroupPayment(View):
    provider: str
    state: IntentState
    amount: MoneyView
    refunded: MoneyView
    confirmation: Confirmation | None = None  # Only where a payment is asked for.


class GroupView(View):
    """What one checkout placed."""

    order_group_id: GroupId
    orders: list[OrderView]
    payment: GroupPayment | None


def head(order: Order) -> OrderView:
    """An order in a list."""
    return OrderView.model_validate(_head(order))


def detail(tx: Tx, id: OrderId) -> OrderDetail:
    """An order that this actor may see, with its lines and what happened to it."""
    order = only(orders.by_ids(tx, [id]))
    recipient = orders.recipients(tx, [order]).get(order.group_id)
    belongings = {
        "lines": [line_of(line) for line in orders.lines(tx, [id])],
        "parcels": [parcel_of(parcel) for parcel in logistics.parcels(tx, [id])],
        "refunds": [refund_of(refund) for refund in aftersales.of_orders(tx, [id])],
        "history": [HappeningView.model_validate(row) for row in orders.history(tx, id)],
        "recipient": None if recipient is None else RecipientView.model_validate(recipient),
    }
    return OrderDetail.model_validate({**_head(order), **belongings})


def group(tx: Tx, id: GroupId) -> GroupView:
    """The orders of a group that this actor may see, with the payment if all of it is."""
    whole = orders.of_groups(tx, [id])
    seen = orders.by_ids(tx, [order.id for order in whole])
    visible = [order for order in seen if isinstance(order, Order)]
    if not visible:
        raise NotFound("order group", id)
    intent = payments.of_groups(tx, [id]).get(id) if len(visible) == len(whole) else None
    return GroupView(
        order_group_id=id,
        orders=[head(order) for order in visible],
        payment=None if intent is None else _payment(intent),
    )


def line_of(line: Line) -> LineView:
    """A line with its waterfall."""

    def money(minor: int) -> MoneyView:
        return MoneyView.of(minor, line.currency)

    return LineView(
        pos=line.pos,
        sku_id=line.sku_id,
        product_id=line.product_id,
        title=line.title,
        quantity=line.quantity,
        cancelled=line.cancelled,
        shipped=line.shipped,
        delivered=line.delivered,
        returned=line.returned,
        unit_price=money(line.unit_price_minor),
        list=money(line.list_minor),
        seller_discount=money(line.seller_discount_minor),
        platform_discount=money(line.platform_discount_minor),
        shipping=money(line.shipping_minor),
        tax=money(line.tax_minor),
        payment=money(line.payment_minor),
        refunded=money(line.refunded_minor),
    )


def parcel_of(parcel: Parcel) -> ParcelView:
    """A parcel and how far it has come."""
    return ParcelView(
        id=parcel.id,
        order_id=parcel.order_id,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        state=parcel.state,
        lines=[
            PackedView(order_id=line.order_id, pos=line.pos, quantity=line.quantity)
            for line in parcel.lines
        ],
        handed_over_at=parcel.handed_over_at,
        delivered_at=parcel.delivered_at,
    )


def refund_of(refund: Refund) -> RefundView:
    """A refund by its lines."""
    return RefundView(
        id=refund.id,
        order_id=refund.order_id,
        reason=refund.reason,
        asked_by=refund.asked_by,
        amount=MoneyView.model_validate(refund.amount),
        at=refund.at,
        lines=[
            RefundedLine(
                pos=line.pos,
                units=line.units,
                amount=MoneyView.of(line.minor, refund.currency),
            )
            for line in refund.lines
        ],
    )


def _payment(intent: payments.Intent) -> GroupPayment:
    return GroupPayment(
        provider=intent.provider,
        state=intent.state,
        amount=MoneyView.model_validate(intent.amount),
        refunded=MoneyView.of(intent.refunded_minor, intent.amount.currency),
    )


def _head(order: Order) -> dict[str, object]:
    verbs = orders.ORDER.moves[order.state]
    return {
        **{name: getattr(order, name) for name in PLAIN},
        "total": MoneyView.model_validate(order.total),
        "refunded": MoneyView.of(order.refunded_minor, order.total.currency),
        "can": sorted(ACTIONS[verb] for verb in verbs if verb in ACTIONS),
    }


ACTIONS = {orders.Verb.CANCEL: "cancellation", orders.Verb.LABEL: "shipments"}
PLAIN = (
    "id",
    "group_id",
    "shop_id",
    "merchant_id",
    "market",
    "mode",
    "seller_type",
    "state",
    "placed_at",
    "paid_at",
    "dispatched_at",
    "delivered_at",
    "closed_at",
    "due_at",
)
