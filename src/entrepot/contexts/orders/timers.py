"""When the timer of a state runs out."""

from datetime import datetime, timedelta
from typing import Protocol

from entrepot.kernel.tx import Tx
from entrepot.rulebook import Market, OrderTimers, version
from entrepot.rulebook import of as rules_of

from .lifecycle import State
from .model import Order


class Timed(Protocol):
    """An order, as far as its clocks are concerned."""

    @property
    def market(self) -> str: ...
    @property
    def mode(self) -> str: ...
    @property
    def seller_type(self) -> str: ...
    @property
    def timers(self) -> str: ...
    @property
    def paid_at(self) -> datetime | None: ...


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


def dispatch_due_at(tx: Tx, order: Timed) -> datetime | None:
    """The end of the last market day on which a paid order is dispatched in time."""
    if order.paid_at is None:
        return None
    row: OrderTimers = version(tx, order.timers).row(_case(order))
    market: Market = rules_of(tx).on(Market, order.market, order.paid_at.date()).row({})
    return market.end_of(row.dispatch_on(market, order.paid_at))


def market_of(tx: Tx, order: Order, at: datetime) -> Market:
    """The calendar of an order's market at an instant."""
    return rules_of(tx).on(Market, order.market, at.date()).row({})


def _case(order: Timed) -> dict[str, str]:
    return {"mode": order.mode, "seller_type": order.seller_type}
