"""Steps along the lifecycle that count no units."""

from collections.abc import Sequence
from dataclasses import replace

from entrepot.contexts.orders import access, store
from entrepot.contexts.orders.events import OrderMoved
from entrepot.contexts.orders.model import Order, OrderId, Step
from entrepot.contexts.orders.store import Move
from entrepot.contexts.orders.timers import due_at
from entrepot.kernel.events import emit
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Lock, Tx


def move(tx: Tx, steps: Sequence[Step], given: Sequence[Order] = ()) -> list[Order | Problem]:
    """Move orders one step each, for flows: no permission is asked. An outcome for each step.

    What the caller holds already, and has read since, it may give: it is not read again.
    """
    held: dict[OrderId, Order | Problem] = {order.id: order for order in given}
    assert not held or {*map(int, held)} <= tx.held.get(Lock.ORDERS, set()), "given, but not held"
    held |= access.to_move(tx, {step.order_id for step in steps} - held.keys())
    moves: list[Move] = []
    outcomes: list[Order | Problem] = []
    seen: set[OrderId] = set()
    for step in steps:
        assert step.order_id not in seen, "one step of an order at a time"
        seen.add(step.order_id)
        before = held[step.order_id]
        outcome = stepped(tx, before, step)
        outcomes.append(outcome)
        if isinstance(before, Order) and isinstance(outcome, Order):
            moves.append(
                Move(
                    before=before,
                    after=outcome,
                    verb=step.verb,
                    at=step.at or tx.now,
                    reason=step.reason,
                )
            )
    store.save_moves(tx, moves)
    emit(tx, [told(change) for change in moves])
    return outcomes


def stepped(tx: Tx, order: Order | Problem, step: Step) -> Order | Problem:
    """The order after a step, with the timer of its new state, or why it cannot be."""
    if isinstance(order, Problem):
        return order
    at = step.at or tx.now
    try:
        after = order.move(step.verb)
    except IllegalMove as refusal:
        return refusal
    return replace(after, changed_at=at, due_at=step.due_at or due_at(tx, after, at))


def told(change: Move) -> OrderMoved:
    """The fact of a move."""
    order = change.after
    return OrderMoved(
        at=change.at,
        order_id=order.id,
        group_id=order.group_id,
        shop_id=order.shop_id,
        merchant_id=order.merchant_id,
        verb=change.verb.value,
        before=change.before.state.value,
        after=order.state.value,
    )
