"""What buyers get back after hand-over, counted on the line."""

from collections.abc import Sequence
from dataclasses import dataclass

from entrepot.contexts.orders import access, store
from entrepot.contexts.orders.model import Line, Order, OrderId
from entrepot.contexts.orders.problems import TooManyUnits
from entrepot.contexts.orders.store import Change
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """Payment of one line that goes back to the buyer, in minor units, and units that do."""

    order_id: OrderId
    pos: int
    minor: int
    returned: int = 0


def take_back(tx: Tx, wishes: Sequence[TakeBack]) -> list[tuple[Order, Line] | Problem]:
    """Add to what was refunded of lines; gives each line as it was before.

    For flows: no permission is asked. Never more than was paid. A line comes once in a batch.
    """
    ids = {wish.order_id for wish in wishes}
    held = access.to_move(tx, ids)
    lines = {(line.order_id, line.pos): line for line in store.lines(tx, ids)}
    outcomes: list[tuple[Order, Line] | Problem] = []
    changes: list[Change] = []
    for wish in wishes:
        order, line = held[wish.order_id], lines.get((wish.order_id, wish.pos))
        outcome = order if isinstance(order, Problem) else _allowed(order, line, wish)
        outcomes.append(outcome)
        if not isinstance(outcome, Problem):
            changes.append(
                Change(
                    order_id=wish.order_id,
                    pos=wish.pos,
                    refunded=wish.minor,
                    returned=wish.returned,
                )
            )
    store.save_units(tx, changes)
    store.add_refunds(tx, changes)
    return outcomes


def _allowed(order: Order, line: Line | None, wish: TakeBack) -> tuple[Order, Line] | Problem:
    if line is None:
        return TooManyUnits(f"order {order.id} has no line {wish.pos}", order_id=str(order.id))
    left = line.payment_minor - line.refunded_minor
    if not 0 <= wish.minor <= left or not 0 <= wish.returned <= line.delivered - line.returned:
        return TooManyUnits(
            f"line {wish.pos} of order {order.id} has {left} left to refund"
            f" and {line.delivered - line.returned} units to return",
            order_id=str(order.id),
            pos=wish.pos,
            refundable_minor=left,
        )
    return order, line
