"""From a payment to paid orders; from a refund to a settled one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from entrepot.contexts import inventory, ledger, orders, payments, promotions
from entrepot.contexts.orders import CancelReason, Order, OrderId, Side, State, Step, Verb
from entrepot.contexts.payments import IntentState, PaymentCaptured, RefundSucceeded
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import Problem, each
from entrepot.kernel.tx import Tx

from . import cancelling, money


@dataclass(frozen=True, slots=True)
class Paid:
    """A group as its payment left it."""

    payment: payments.Intent
    orders: tuple[Order, ...]
    client_secret: str | None = field(default=None, repr=False)  # What the owner confirms by.


def record(tx: Tx, answers: Sequence[payments.Answer]) -> list[payments.Intent | Problem]:
    """Write down what providers said, and let what was captured pay its orders."""
    outcomes, _ = _recorded(tx, answers)
    return outcomes


def pay(tx: Tx, answers: Sequence[payments.Answer], groups: Collection[Id]) -> dict[Id, Paid]:
    """The same, and how groups stand then; those that nobody was asked about are only read."""
    outcomes, seen = _recorded(tx, answers)
    intents = {
        outcome.group_id: outcome for outcome in outcomes if isinstance(outcome, payments.Intent)
    }
    intents = {id: intent for id, intent in intents.items() if id in seen}
    rest = [orders.GroupId(id) for id in groups if id not in intents]
    if rest:
        intents |= payments.of_groups(tx, rest)
        for order in orders.of_groups(tx, rest):
            seen.setdefault(order.group_id, []).append(order)
    secrets = {answer.call.group_id: answer.outcome.client_secret for answer in answers}
    return {id: Paid(intents[id], tuple(seen[id]), secrets.get(id)) for id in groups}


def _recorded(
    tx: Tx, answers: Sequence[payments.Answer]
) -> tuple[list[payments.Intent | Problem], dict[Id, list[Order]]]:
    """What was recorded, and the orders of the groups that nothing more has happened to."""
    # Orders are locked before the payments that pay them, as everywhere.
    held = _held(tx, {answer.call.group_id for answer in answers}) if answers else []
    outcomes = payments.record(tx, answers) if answers else []
    captured = {
        outcome.group_id: outcome
        for outcome in outcomes
        if isinstance(outcome, payments.Intent) and outcome.state is IntentState.CAPTURED
    }
    after = _settle(tx, held, captured, dict.fromkeys(captured, tx.now))
    seen: dict[Id, list[Order]] = {}
    for order in after or ():
        seen.setdefault(order.group_id, []).append(order)
    return outcomes, seen


def on_captured(tx: Tx, facts: Sequence[PaymentCaptured]) -> None:
    """Payments that came in: also those that no request waited for; most have paid already."""
    open_ = orders.unsettled(tx, {orders.GroupId(fact.group_id) for fact in facts})
    if open_:
        settle(tx, {fact.group_id: fact.at for fact in facts if fact.group_id in open_})


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
    held = _held(tx, groups.keys())
    _settle(tx, held, payments.of_groups(tx, groups.keys()), groups)


def _held(tx: Tx, groups: Collection[Id]) -> list[Order]:
    return orders.hold_groups(tx, [orders.GroupId(id) for id in groups])


def _settle(
    tx: Tx,
    held: Sequence[Order],
    captured: Mapping[Id, payments.Intent],
    times: Mapping[Id, datetime],
) -> Sequence[Order] | None:
    """The held orders as they are then; none if so much has happened that they must be read."""
    mine = [order for order in held if order.group_id in captured]
    unpaid = [order for order in mine if order.state is State.UNPAID]
    gone = [order for order in mine if order.state is State.CANCELLED and order.paid_at is None]
    entries = [
        made
        for id, intent in captured.items()
        for made in money.captured(id, intent.amount, times[id])
    ]
    entries += [made for order in unpaid for made in money.paid(order, times[order.group_id])]
    ledger.post(tx, entries)
    after = _pay(tx, unpaid, times) if unpaid else {}
    if gone:
        _send_back(tx, gone)
    if after is None or gone:
        return None
    return [after.get(order.id, order) for order in held]


def _pay(
    tx: Tx, unpaid: Sequence[Order], groups: Mapping[Id, datetime]
) -> dict[OrderId, Order] | None:
    """The orders as paid; none if some came too late, and were reserved again or cancelled."""
    times = {order.id: groups[order.group_id] for order in unpaid}
    steps = [Step(order_id=id, verb=Verb.PAY, at=at) for id, at in times.items()]
    moved = each(orders.move(tx, steps, unpaid))
    late = inventory.keep(tx, {Id(id): at for id, at in times.items()})
    if not late:
        return {order.id: order for order in moved}
    promotions.hold(tx, [str(group) for group in {order.group_id for order in unpaid}])
    sold_out = _reserve_again(tx, {OrderId(id) for id in late})
    wishes = [
        orders.Cancellation(
            order_id=id, by=Side.PLATFORM, reason=CancelReason.SOLD_OUT_BEFORE_PAYMENT
        )
        for id in sorted(sold_out)
    ]
    each(cancelling.cancel(tx, wishes))
    return None


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


def _send_back(tx: Tx, gone: Sequence[Order]) -> None:
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
