"""When the timer of a state runs out."""

from datetime import datetime, timedelta

from entrepot.kernel.tx import Tx
from entrepot.rulebook import Market, OrderTimers, version
from entrepot.rulebook import of as rules_of

from .lifecycle import State
from .model import Order


def due_at(tx: Tx, order: Order, at: datetime) -> datetime | None:
    """The instant at which the state that an order came to at `at` ends by itself, if it does.

    The rule is the one that was in force when the order was placed (selected by: placed).
    """
    row: OrderTimers = version(tx, order.timers).row(_case(order))
    match order.state:
        case State.UNPAID:
            return order.placed_at + timedelta(hours=row.unpaid_h)
        case State.ON_HOLD:
            return at + timedelta(minutes=row.on_hold_min)
        case State.AWAITING_SHIPMENT | State.PARTIALLY_SHIPPING | State.AWAITING_COLLECTION:
            market = market_of(tx, order, order.placed_at)
            return market.end_of(row.auto_cancel_on(market, order.paid_at or at))
        case State.DELIVERED:
            market = market_of(tx, order, at)
            done_on = market.day_of(at) + timedelta(days=row.auto_complete_days)
            return market.end_of(done_on)
        case _:
            return None


def market_of(tx: Tx, order: Order, at: datetime) -> Market:
    """The calendar of an order's market at an instant."""
    return rules_of(tx).on(Market, order.market, at.date()).row({})


def _case(order: Order) -> dict[str, str]:
    return {"mode": order.mode, "seller_type": order.seller_type}
