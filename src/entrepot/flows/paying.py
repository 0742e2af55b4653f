"""From a payment to paid orders; from a refund to a settled one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from entrepot.contexts import inventory, ledger, orders, payments, promotions
from entrepot.contexts.orders import CancelReason, Order, OrderId, Side, State, Step, Verb
from entrepot.contexts.payments import IntentState, PaymentCaptured, RefundSucceeded
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import Problem, each
from entrepot.kernel.tx import Tx

from . import cancelling, money


def record(tx: Tx, answers: Sequence[payments.Answer]) -> list[payments.Intent | Problem]:
    """Write down what providers said, and let what was captured pay its orders."""
    # Orders are locked before the payments that pay them, as everywhere.
    sold = orders.of_groups(tx, {orders.GroupId(answer.call.group_id) for answer in answers})
    orders.to_move(tx, [order.id for order in sold])
    outcomes = payments.record(tx, answers)
    paid = {
        outcome.group_id: tx.now
        for outcome in outcomes
        if isinstance(outcome, payments.Intent) and outcome.state is IntentState.CAPTURED
    }
    settle(tx, paid)
    return outcomes


def on_captured(tx: Tx, facts: Sequence[PaymentCaptured]) -> None:
    """Payments that came in: also those that no request waited for."""
    settle(tx, {fact.group_id: fact.at for fact in facts})


def on_refunded(tx: Tx, facts: Sequence[RefundSucceeded]) -> None:
    """Buyers have their money back."""
    ledger.post(
        tx,
        [
            made
            for fact in facts
            for made in money.refund_paid(
                fact.reference, Money(fact.amount_minor, Currency(fact.currency)), fact.at
            )
        ],
    )


def settle(tx: Tx, groups: Mapping[Id, datetime]) -> None:
    """Let captured groups pay their orders. Settling twice changes nothing.

    What was cancelled meanwhile, and what is sold out because its stock was free again, is
    refunded in full.
    """
    if not groups:
        return
    intents = payments.of_groups(tx, groups.keys())
    ledger.post(
        tx,
        [
            made
            for id, intent in intents.items()
            for made in money.captured(id, intent.amount, groups[id])
        ],
    )
    found = orders.of_groups(tx, [orders.GroupId(id) for id in groups])
    held = each(orders.to_move(tx, [order.id for order in found]).values())
    unpaid = [order for order in held if order.state is State.UNPAID]
    gone = [order for order in held if order.state is State.CANCELLED and order.paid_at is None]
    if unpaid:
        _pay(tx, unpaid, groups)
    _send_back(tx, gone, groups)


def _pay(tx: Tx, unpaid: Sequence[Order], groups: Mapping[Id, datetime]) -> None:
    times = {order.id: groups[order.group_id] for order in unpaid}
    each(orders.move(tx, [Step(order_id=id, verb=Verb.PAY, at=at) for id, at in times.items()]))
    ledger.post(tx, [made for order in unpaid for made in money.paid(order, times[order.id])])
    promotions.hold(tx, [str(group) for group in {order.group_id for order in unpaid}])
    late = inventory.keep(tx, {Id(id): at for id, at in times.items()})
    if not late:
        return
    sold_out = _reserve_again(tx, {OrderId(id) for id in late})
    wishes = [
        orders.Cancellation(
            order_id=id, by=Side.PLATFORM, reason=CancelReason.SOLD_OUT_BEFORE_PAYMENT
        )
        for id in sorted(sold_out)
    ]
    each(cancelling.cancel(tx, wishes))


def _reserve_again(tx: Tx, late: Collection[OrderId]) -> set[OrderId]:
    """The orders among the late ones whose goods are gone."""
    lines = orders.lines(tx, late)
    wants = [
        inventory.Want(
            order_id=line.order_id,
            pos=line.pos,
            sku_id=line.sku_id,
            quantity=line.quantity,
            expires_at=None,
            owner_id=line.stock_owner,
        )
        for line in lines
    ]
    outcomes = inventory.reserve_again(tx, wants)
    return {
        OrderId(want.order_id)
        for want, outcome in zip(wants, outcomes, strict=True)
        if outcome is not None
    }


def _send_back(tx: Tx, gone: Sequence[Order], groups: Mapping[Id, datetime]) -> None:
    """Paid after it was cancelled: nothing of it ever was the order's."""
    each(
        payments.refund(
            tx,
            [
                payments.NewRefund(
                    group_id=order.group_id, amount=order.total, reference=f"late:{order.id}"
                )
                for order in gone
                if order.total.minor
            ],
        )
    )
