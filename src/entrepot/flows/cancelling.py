"""Cancelling an order: its stock is free, its coupons count again, its payment goes back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from entrepot.contexts import inventory, ledger, orders, payments, promotions
from entrepot.contexts.orders import Cancellation, Cancelled, OrderId, State, Verdict
from entrepot.kernel.money import Money
from entrepot.kernel.problems import Problem, each
from entrepot.kernel.tx import Tx

from . import money, unpacking
from .arriving import settle_lines


def cancel(tx: Tx, wishes: Sequence[Cancellation]) -> list[Cancelled | Problem]:
    """Cancel orders or units of them, with an outcome for each wish.

    What is not paid yet was asked for in one payment: with one such order its sisters go too.
    """
    wanted = unpacking.spare_labels(tx, _with_sisters(tx, wishes))
    outcomes = orders.cancel(tx, wanted)
    _follow(tx, [outcome for outcome in outcomes if isinstance(outcome, Cancelled)])
    return outcomes[: len(wishes)]


def decide(tx: Tx, verdicts: Mapping[OrderId, Verdict]) -> list[Cancelled | Problem]:
    """The merchant consents to cancellations that buyers asked for, or refuses them."""
    outcomes = orders.decide(tx, verdicts)
    _follow(tx, [outcome for outcome in outcomes if isinstance(outcome, Cancelled)])
    return outcomes


def run_timers(tx: Tx, as_of: datetime, at_most: int = 500) -> int:
    """Merchants who did not answer in time consent, each as of the end of its time. For sweeps.

    What was handed over meanwhile cannot be cancelled any more: that wish is refused.
    """
    due = orders.due_requests(tx, as_of, at_most=at_most)
    outcomes = decide(tx, {id: Verdict(consents=True, at=at) for id, at in due.items()})
    late = [id for id, one in zip(due, outcomes, strict=True) if isinstance(one, Problem)]
    each(decide(tx, {id: Verdict(consents=False, at=due[id]) for id in late}))
    return len(due)


def _with_sisters(tx: Tx, wishes: Sequence[Cancellation]) -> list[Cancellation]:
    found = orders.by_ids(tx, [wish.order_id for wish in wishes])
    named = {wish.order_id for wish in wishes}
    by_group = {
        order.group_id: wish
        for order, wish in zip(found, wishes, strict=True)
        if isinstance(order, orders.Order) and order.state is State.UNPAID
    }
    sisters = [
        Cancellation(
            order_id=order.id,
            by=by_group[order.group_id].by,
            reason=by_group[order.group_id].reason,
            due_at=by_group[order.group_id].due_at,
        )
        for order in orders.of_groups(tx, by_group.keys())
        if order.id not in named and order.state is State.UNPAID
    ]
    return [*wishes, *sisters]


def _follow(tx: Tx, outcomes: Sequence[Cancelled]) -> None:
    done = [outcome for outcome in outcomes if not outcome.asked]
    if not done:
        return
    unpacking.follow(tx, done)
    whole = [outcome for outcome in done if outcome.order.state is State.CANCELLED]
    promotions.give_back(tx, _gone(tx, whole))
    inventory.hold(tx, [outcome.order.id for outcome in done])
    inventory.release(tx, [outcome.order.id for outcome in whole])
    inventory.release_units(
        tx,
        [
            inventory.Units(order_id=outcome.order.id, pos=pos, quantity=count)
            for outcome in done
            if outcome.order.state is not State.CANCELLED
            for pos, count in outcome.units.items()
        ],
    )
    unpaid = {outcome.order.group_id for outcome in whole if not outcome.was_paid}
    payments.cancel(tx, sorted(unpaid))
    _refund(tx, [outcome for outcome in done if outcome.was_paid])
    settle_lines(
        tx,
        [(outcome.order, [*outcome.lines]) for outcome in done],
        {(outcome.order.id, pos) for outcome in done for pos in outcome.units},
        {outcome.order.id: outcome.at for outcome in done},
    )


def _gone(tx: Tx, whole: Sequence[Cancelled]) -> list[str]:
    """Groups of which nothing is left: what they used of promotions can be used again."""
    left: dict[orders.GroupId, bool] = {}
    for order in orders.of_groups(tx, {outcome.order.group_id for outcome in whole}):
        stays = order.state is not State.CANCELLED
        left[order.group_id] = left.get(order.group_id, False) or stays
    return [str(id) for id, stays in left.items() if not stays]


def _refund(tx: Tx, paid: Sequence[Cancelled]) -> None:
    sums = {outcome.id: sum(outcome.refund_minor.values()) for outcome in paid}
    ledger.post(
        tx,
        [
            made
            for outcome in paid
            for made in money.given_back(
                "order_cancelled", outcome.id, outcome.order, sums[outcome.id], outcome.at
            )
        ],
    )
    each(
        payments.refund(
            tx,
            [
                payments.NewRefund(
                    group_id=outcome.order.group_id,
                    amount=Money(sums[outcome.id], outcome.order.total.currency),
                    reference=f"cancellation:{outcome.id}",
                )
                for outcome in paid
                if sums[outcome.id]
            ],
        )
    )
