"""Selling out: telling that nothing of a SKU is free any more, or that something is again.

It is found from facts of orders and stock, after them: placing and cancelling pay nothing for it.
"""

from collections.abc import Sequence
from typing import get_args

from entrepot.contexts import aftersales, inventory, orders
from entrepot.kernel.events import Event
from entrepot.kernel.tx import Tx

Touched = (
    orders.OrderPlaced
    | orders.OrderMoved
    | orders.OrderCancelled
    | inventory.ReservationExpired
    | aftersales.CaseMoved
    | inventory.StockAdjusted
    | inventory.StockReceived
)
TOUCHED: tuple[type[Event], ...] = get_args(Touched)
COUNTED = (inventory.StockAdjusted, inventory.StockReceived)


def on_touched(tx: Tx, facts: Sequence[Touched]) -> None:
    """Look again at what these facts may have sold out or brought back."""
    counted = {fact.position_id for fact in facts if isinstance(fact, COUNTED)}
    ordered = {fact.order_id for fact in facts if not isinstance(fact, COUNTED)}
    inventory.tell_turns(tx, ordered, counted)
