"""What falls due by itself, handled one instant after another, each as of that instant.

A sweep that comes late finds the same instants in the same order, so it writes the same amounts,
dates and rules as one that comes in time. Each step is a unit of work of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from entrepot.contexts import (
    aftersales,
    catalog,
    inventory,
    merchants,
    orders,
    promotions,
    settlement,
)
from entrepot.contexts.orders import CancelReason, Side, State, Step, Verb
from entrepot.contexts.settlement import Rates
from entrepot.kernel.problems import each
from entrepot.kernel.tx import Tx

from . import cancelling, packing, returning

AT_MOST = 500  # Orders in one unit of work.
AT_MOST_LISTINGS = 200


@dataclass(frozen=True, slots=True)
class Due:
    """The next thing that falls due: when, what, and how it is done."""

    at: datetime
    what: str
    do: Callable[[Tx], int]


def next_due(tx: Tx, rates: Rates) -> Due | None:
    """The earliest thing that is due or will be; of one instant, timers before statements."""
    found = [*_timers(tx), *_months(tx), *_days(tx, rates), *_tries(tx, rates)]
    return min(found, key=lambda due: due.at, default=None)


def _timers(tx: Tx) -> list[Due]:
    found = []
    expiry = inventory.next_expiry_at(tx)
    if expiry is not None:
        found.append(Due(expiry, "inventory.expire", lambda tx: len(inventory.expire(tx, expiry))))
    order = orders.next_due_at(tx)
    if order is not None:
        found.append(Due(order, "orders.timers", lambda tx: run_timers(tx, order)))
    asked = orders.next_request_due_at(tx)
    if asked is not None:
        found.append(Due(asked, "orders.consent", lambda tx: cancelling.run_timers(tx, asked)))
    audit = catalog.next_audit_at(tx)
    if audit is not None:
        found.append(
            Due(audit, "catalog.audits", lambda tx: catalog.audit_due(tx, audit, AT_MOST_LISTINGS))
        )
    turn = promotions.next_turn_at(tx)
    if turn is not None:
        found.append(
            Due(turn, "promotions.turns", lambda tx: promotions.turn_due(tx, turn, AT_MOST))
        )
    case = aftersales.next_case_due_at(tx)
    if case is not None:
        found.append(Due(case, "aftersales.timers", lambda tx: returning.run_timers(tx, case)))
    return found


def run_timers(tx: Tx, as_of: datetime) -> int:
    """Let the timers of orders run out that are due by an instant, each as of its own."""
    ids = orders.due(tx, as_of, at_most=AT_MOST)
    held = each(orders.to_move(tx, ids).values())
    due = [order for order in held if order.due_at is not None and order.due_at <= as_of]
    steps = [
        Step(order_id=order.id, verb=verb, at=order.due_at, reason="timer")
        for order in due
        for verb in [BY_ITSELF.get(order.state)]
        if verb is not None
    ]
    moved = each(orders.move(tx, steps))
    packing.plan(
        tx, {one.id: one.changed_at for one in moved if one.state is State.AWAITING_SHIPMENT}
    )
    wishes = [
        orders.Cancellation(
            order_id=order.id, by=Side.PLATFORM, reason=TOO_LATE[order.state], due_at=order.due_at
        )
        for order in due
        if order.state in TOO_LATE
    ]
    each(cancelling.cancel(tx, wishes))
    return len(due)


BY_ITSELF = {State.ON_HOLD: Verb.RELEASE, State.DELIVERED: Verb.COMPLETE}
TOO_LATE = {
    State.UNPAID: CancelReason.NOT_PAID_IN_TIME,
    State.AWAITING_SHIPMENT: CancelReason.NOT_SHIPPED_IN_TIME,
    State.PARTIALLY_SHIPPING: CancelReason.NOT_SHIPPED_IN_TIME,  # What is left of it.
    State.AWAITING_COLLECTION: CancelReason.NOT_SHIPPED_IN_TIME,
}


def _months(tx: Tx) -> list[Due]:
    return [
        Due(at, "settlement.tiers", lambda tx, m=market, d=month: decide_tiers(tx, m, d))  # type: ignore[misc]
        for at, market, month in settlement.next_months(tx)
    ]


def decide_tiers(tx: Tx, market: str, month_on: date) -> int:
    """Evaluate the tiers of a market's shops for a month, as of its first instant."""
    shops = merchants.of_market(tx, market)
    kinds = {shop.id: (shop.market, str(shop.seller_type)) for shop in shops}
    return len(settlement.decide_month(tx, market, month_on, kinds))


def _days(tx: Tx, rates: Rates) -> list[Due]:
    return [
        Due(at, "settlement.day", lambda tx, m=market, d=day: settle_day(tx, m, d, rates))  # type: ignore[misc]
        for at, market, day in settlement.next_days(tx)
    ]


def _tries(tx: Tx, rates: Rates) -> list[Due]:
    """Payouts that waited for something which has come, or will count from an instant on."""
    at = settlement.next_try_at(tx)
    if at is None:
        return []
    return [Due(at, "settlement.payouts", lambda tx: len(settlement.make_payouts(tx, at, rates)))]


def settle_day(tx: Tx, market: str, day: date, rates: Rates) -> int:
    """Close the statements of a market day, and make the payouts that follow from them."""
    statements = settlement.close_day(tx, market, day)
    settlement.make_payouts(tx, settlement.start_of_day(tx, market, day), rates)
    return len(statements)
