"""For which units of an order a case can be opened, and why not for others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from entrepot.contexts import aftersales, logistics, orders
from entrepot.contexts.aftersales import Case, Kind, Role
from entrepot.contexts.orders import Line, Order
from entrepot.kernel.tx import Tx
from entrepot.rulebook import AftersaleTimers, Market, Version
from entrepot.rulebook import of as rules_of

ARRIVED = {orders.State.DELIVERED, orders.State.COMPLETED}
ON_ITS_WAY = {orders.State.IN_TRANSIT, orders.State.PARTIALLY_SHIPPING}


class Why(StrEnum):
    """Why no case can be opened."""

    NOT_HANDED_OVER = "not_handed_over"
    NOT_DELIVERED = "not_delivered"
    WINDOW_OVER = "window_over"
    NO_UNITS_LEFT = "no_units_left"
    NOTHING_LEFT = "nothing_left"
    TOO_MANY_CASES = "too_many_cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligible:
    """What of one line a case of one kind can be about."""

    line: Line
    kind: Kind
    units: tuple[int, ...]  # Which can be named, rising; none with a reason.
    most: int  # How many of them at once.
    left_minor: int  # What can still go back for the line.
    why: Why | None

    def minor(self, units: Sequence[int]) -> int:
        """What units are worth: their shares of the line's payment, as far as they are left."""
        line = self.line
        worth = sum(orders.unit_share(line.payment_minor, n, line.quantity) for n in units)
        return min(worth, self.left_minor)


def clocks(tx: Tx, order: Order) -> Version[AftersaleTimers]:
    """The rule of the clocks that hold for an order's cases: of the day on which it was placed."""
    book = rules_of(tx)
    market = book.on(Market, order.market, order.placed_at.date()).row({})
    return book.on(AftersaleTimers, order.market, market.day_of(order.placed_at))


def eligible(
    tx: Tx, order: Order, role: Role, kinds: Collection[Kind] = tuple(Kind)
) -> list[Eligible]:
    """By line and kind. For callers that were given the order; the operator has no window."""
    lines = orders.lines(tx, [order.id])
    cases = aftersales.cases_of_orders(tx, [order.id])
    gone = orders.cancelled_units(tx, [order.id])
    arrived = _arrived(tx, order)
    row = clocks(tx, order).row({"mode": order.mode, "seller_type": order.seller_type})
    over = role is not Role.OPERATOR and _window_over(tx, order, row)
    found = [
        _Line(line, cases, gone.get((line.order_id, line.pos), ()), arrived.get(line.pos, set()))
        for line in lines
    ]
    return [_eligible(order, of, kind, (row, over)) for of in found for kind in kinds]


def _arrived(tx: Tx, order: Order) -> dict[int, set[int]]:
    """The units that buyers have, by line: those of delivered parcels."""
    found = logistics.parcels(tx, [order.id])
    there = [parcel for parcel in found if parcel.state is logistics.State.DELIVERED]
    arrived: dict[int, set[int]] = {}
    for line in (line for parcel in there for line in parcel.lines):
        if line.order_id == order.id:
            arrived.setdefault(line.pos, set()).update(line.units)
    return arrived


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with all that cases have made of it."""

    line: Line
    cases: Sequence[Case]
    cancelled: Collection[int]
    arrived: Collection[int]  # As its parcels say.

    @property
    def mine(self) -> list[tuple[Case, aftersales.CaseLine]]:
        """The cases that were about it and were not closed."""
        return [
            (case, part)
            for case in self.cases
            if case.state is not aftersales.State.CLOSED
            for part in case.lines
            if part.pos == self.line.pos
        ]

    @property
    def handed_over(self) -> list[int]:
        line = self.line
        taken = range(line.cancelled + line.shipped) if line.taken is None else line.taken
        return [n for n in taken if n not in self.cancelled]

    @property
    def busy(self) -> set[int]:
        return {n for _, part in self.mine for n in part.units}

    def room(self, count: int) -> int:
        """Of so many units, those that did not come back without a case and are in none."""
        back = sum(len(part.units) for case, part in self.mine if case.received_at is not None)
        return count - max(self.line.returned - back, 0) - len(self.busy)

    @property
    def left_minor(self) -> int:
        """Payment that neither went back nor is asked back in an open case."""
        asked = sum(part.minor for case, part in self.mine if case.open)
        return max(self.line.payment_minor - self.line.refunded_minor - asked, 0)


def _eligible(order: Order, of: _Line, kind: Kind, clock: tuple[AftersaleTimers, bool]) -> Eligible:
    line, (row, over) = of.line, clock
    most = of.room(line.shipped if kind is Kind.REFUND else line.delivered)
    there = of.handed_over if kind is Kind.REFUND else sorted(of.arrived)
    units = [n for n in there if n not in of.busy]
    why = _why(order, of, kind, max(min(most, len(units)), 0))
    if why is None and over:
        why = Why.WINDOW_OVER
    if why is None and len(_about(of)) >= row.most_cases:
        why = Why.TOO_MANY_CASES
    return Eligible(
        line=line,
        kind=kind,
        units=() if why else tuple(units),
        most=0 if why else min(most, len(units)),
        left_minor=of.left_minor,
        why=why,
    )


def _about(of: _Line) -> list[Case]:
    return [case for case in of.cases if any(part.pos == of.line.pos for part in case.lines)]


def _why(order: Order, of: _Line, kind: Kind, most: int) -> Why | None:
    if order.state not in ARRIVED | ON_ITS_WAY or not of.line.shipped:
        return Why.NOT_HANDED_OVER
    if kind is not Kind.REFUND and not of.line.delivered:
        return Why.NOT_DELIVERED
    if not most:
        return Why.NO_UNITS_LEFT
    if kind is Kind.REFUND and not of.left_minor:
        return Why.NOTHING_LEFT
    return None


def _window_over(tx: Tx, order: Order, row: AftersaleTimers) -> bool:
    if order.delivered_at is None:
        return False
    market = rules_of(tx).on(Market, order.market, order.delivered_at.date()).row({})
    last_on = market.day_of(order.delivered_at) + timedelta(days=row.window_days)
    return tx.now >= market.end_of(last_on)
