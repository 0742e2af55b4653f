"""Units that are handed over, arrive, or never do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from entrepot.contexts.orders import access, store
from entrepot.contexts.orders.lifecycle import State, Verb
from entrepot.contexts.orders.model import Line, Order, OrderId, Step, Units, by_order
from entrepot.contexts.orders.problems import TooManyUnits
from entrepot.contexts.orders.store import Change, Move
from entrepot.contexts.orders.units import chosen_units, taking
from entrepot.kernel.events import emit
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from .move import stepped, told

Counted = tuple[Order, list[Line]]  # An order after the change, and its lines after it.


def ship(
    tx: Tx, units: Sequence[Units], times: Mapping[OrderId, datetime]
) -> dict[OrderId, Counted | Problem]:
    """Hand units over to a carrier, each order at its instant; whole orders or nothing of them.

    For flows: no permission is asked. An order is in transit when none of its units is left.
    """
    return _count(tx, units, times, "shipped")


def arrive(
    tx: Tx, units: Sequence[Units], times: Mapping[OrderId, datetime]
) -> dict[OrderId, Counted | Problem]:
    """Deliver units, each order at its instant. For flows: no permission is asked.

    An order is delivered when every unit that was not cancelled is; its timer to completion
    starts then.
    """
    return _count(tx, units, times, "delivered")


def return_units(
    tx: Tx, units: Sequence[Units], times: Mapping[OrderId, datetime]
) -> dict[OrderId, Counted | Problem]:
    """Count units that came back from the buyer. For flows: no permission is asked."""
    return _count(tx, units, times, "returned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounced:
    """An order of which units will not arrive, and what goes back to the buyer for them."""

    order: Order
    lines: list[Line]  # After the change.
    refund_minor: Mapping[int, int]  # By line.


def bounce(
    tx: Tx, units: Sequence[Units], times: Mapping[OrderId, datetime], verb: Verb
) -> dict[OrderId, Bounced | Problem]:
    """Units in transit that are lost (`LOSE`) or go back to their sender (`RETURN`). For flows.

    They count as cancelled, and their share of the payment as refunded. If nothing else of the
    order is left it ends as lost or returned; if the rest has arrived, as delivered.
    """
    held = access.to_move(tx, times.keys())
    lines = by_order(store.lines(tx, times.keys()))
    wanted = _wanted(units)
    outcomes: dict[OrderId, Bounced | Problem] = {}
    changes: list[Change] = []
    for id, gone in wanted.items():
        order = held[id]
        outcomes[id] = order if isinstance(order, Problem) else _bounced(order, lines[id], gone)
        found = outcomes[id]
        if isinstance(found, Bounced):
            changes += [
                Change(
                    order_id=id,
                    pos=pos,
                    shipped=-count,
                    cancelled=count,
                    refunded=found.refund_minor[pos],
                )
                for pos, count in gone.items()
            ]
    store.save_units(tx, changes)
    store.add_refunds(tx, changes)
    done = {id: found for id, found in outcomes.items() if isinstance(found, Bounced)}
    ended = {id: verb for id, found in done.items() if _nothing_left(found.lines)}
    after = _ended(tx, {id: done[id].order for id in ended}, times, verb)
    rest = {id: (done[id].order, done[id].lines) for id in done if id not in ended}
    after |= advanced(tx, rest, times)
    return outcomes | {id: replace(done[id], order=order) for id, order in after.items()}


def _bounced(order: Order, lines: Sequence[Line], gone: Mapping[int, int]) -> Bounced | Problem:
    in_transit = {line.pos: line.shipped - line.delivered for line in lines}
    for pos, count in gone.items():
        if not 0 < count <= in_transit.get(pos, 0):
            return TooManyUnits(
                f"line {pos} of order {order.id} has {in_transit.get(pos, 0)} units in transit",
                order_id=str(order.id),
                pos=pos,
            )
    refunds = {line.pos: line.cancelling(gone[line.pos]) for line in lines if line.pos in gone}
    after = [
        replace(
            line,
            shipped=line.shipped - gone[line.pos],
            cancelled=line.cancelled + gone[line.pos],
            refunded_minor=line.refunded_minor + refunds[line.pos],
        )
        if line.pos in gone
        else line
        for line in lines
    ]
    return Bounced(order=order, lines=after, refund_minor=refunds)


def _nothing_left(lines: Sequence[Line]) -> bool:
    return all(line.cancelled == line.quantity for line in lines)


def _ended(
    tx: Tx, ended: Mapping[OrderId, Order], times: Mapping[OrderId, datetime], verb: Verb
) -> dict[OrderId, Order]:
    moves = []
    for id, order in ended.items():
        after = stepped(tx, order, Step(order_id=id, verb=verb, at=times[id]))
        assert isinstance(after, Order)
        moves.append(Move(before=order, after=after, verb=verb, at=times[id]))
    store.save_moves(tx, moves)
    emit(tx, [told(change) for change in moves])
    return {change.after.id: change.after for change in moves}


def _wanted(units: Sequence[Units]) -> dict[OrderId, dict[int, int]]:
    wanted: dict[OrderId, dict[int, int]] = {}
    for unit in units:
        given = wanted.setdefault(unit.order_id, {})
        given[unit.pos] = given.get(unit.pos, 0) + unit.quantity
    return wanted


def _named(units: Sequence[Units]) -> dict[tuple[OrderId, int], list[int]]:
    """By line: the units that a wish names, beside their number."""
    named: dict[tuple[OrderId, int], list[int]] = {}
    for unit in units:
        named.setdefault((unit.order_id, unit.pos), []).extend(unit.which)
    return named


def _count(
    tx: Tx, units: Sequence[Units], times: Mapping[OrderId, datetime], what: str
) -> dict[OrderId, Counted | Problem]:
    held = access.to_move(tx, times.keys())
    lines = by_order(store.lines(tx, times.keys()))
    wanted, named = _wanted(units), _named(units)
    outcomes: dict[OrderId, Counted | Problem] = {}
    for id, more in wanted.items():
        order = held[id]
        if isinstance(order, Problem):
            outcomes[id] = order
        else:
            outcomes[id] = _refusal(order, lines[id], more, what) or _all_counted(
                order, lines[id], _Count(what, more, named)
            )
    done = {id: found for id, found in outcomes.items() if not isinstance(found, Problem)}
    store.save_units(
        tx,
        [
            Change(order_id=id, pos=line.pos, taken=line.taken, **{what: wanted[id][line.pos]})
            for id, (_, counted) in done.items()
            for line in counted
            if line.pos in wanted[id]
        ],
    )
    moved = advanced(tx, done, times)
    return outcomes | {id: (order, done[id][1]) for id, order in moved.items()}


@dataclass(frozen=True, slots=True)
class _Count:
    """What is counted of an order: so many units of its lines, and which ones."""

    what: str
    more: Mapping[int, int]
    named: Mapping[tuple[OrderId, int], Sequence[int]]

    def of(self, line: Line) -> Line | Problem:
        """A line with what is counted of it."""
        more = self.more[line.pos]
        match self.what:
            case "shipped":
                units = chosen_units(line, more, self.named[line.order_id, line.pos])
                if isinstance(units, Problem):
                    return units
                return replace(line, shipped=line.shipped + more, taken=taking(line, units))
            case "delivered":
                return replace(line, delivered=line.delivered + more)
            case _:
                return replace(line, returned=line.returned + more)


def _all_counted(order: Order, lines: Sequence[Line], count: _Count) -> Counted | Problem:
    counted = []
    for line in lines:
        after = count.of(line) if line.pos in count.more else line
        if isinstance(after, Problem):
            return after
        counted.append(after)
    return order, counted


LEAVES = {
    "shipped": {State.AWAITING_SHIPMENT, State.PARTIALLY_SHIPPING, State.AWAITING_COLLECTION},
    # Of several parcels one can arrive before another is collected.
    "delivered": {State.PARTIALLY_SHIPPING, State.AWAITING_COLLECTION, State.IN_TRANSIT},
    "returned": {State.DELIVERED, State.COMPLETED},
}


def _refusal(
    order: Order, lines: Sequence[Line], more: Mapping[int, int], what: str
) -> Problem | None:
    if order.state not in LEAVES[what]:
        return TooManyUnits(
            f"no unit of order {order.id} can be {what}: it is {order.state}",
            order_id=str(order.id),
        )
    left = {line.pos: _left(line, what) for line in lines}
    for pos, quantity in more.items():
        if not 0 < quantity <= left.get(pos, 0):
            return TooManyUnits(
                f"line {pos} of order {order.id} has {left.get(pos, 0)} units left"
                f" that are not {what}; {quantity} were named",
                order_id=str(order.id),
                pos=pos,
            )
    return None


def _left(line: Line, what: str) -> int:
    match what:
        case "shipped":
            return line.open_units
        case "delivered":
            return line.shipped - line.delivered
        case _:
            return line.delivered - line.returned


def advanced(
    tx: Tx, counted: Mapping[OrderId, Counted], times: Mapping[OrderId, datetime]
) -> dict[OrderId, Order]:
    """Take each order as far as its units allow; a step is one statement for all of them."""
    now = {id: order for id, (order, _) in counted.items()}
    for _ in range(3):  # Label, collect, deliver: no count takes an order further at once.
        moves = []
        for id, order in now.items():
            verb = _verb(order, counted[id][1])
            if verb is None:
                continue
            step = Step(order_id=id, verb=verb, at=times[id])
            after = stepped(tx, order, step)
            assert isinstance(after, Order)
            moves.append(Move(before=order, after=after, verb=verb, at=times[id]))
        if not moves:
            break
        store.save_moves(tx, moves)
        emit(tx, [told(change) for change in moves])
        now |= {change.after.id: change.after for change in moves}
    return now


def _verb(order: Order, lines: Sequence[Line]) -> Verb | None:
    """The step that an order's units ask for, if any."""
    none_left = not any(line.open_units for line in lines)
    match order.state:
        case State.AWAITING_SHIPMENT | State.PARTIALLY_SHIPPING if none_left:
            return Verb.LABEL
        case State.AWAITING_SHIPMENT if any(line.shipped for line in lines):
            return Verb.SHIP_PART
        case State.AWAITING_COLLECTION if none_left:
            return Verb.COLLECT
        case State.IN_TRANSIT if all(
            line.delivered == line.quantity - line.cancelled for line in lines
        ):
            return Verb.DELIVER
        case _:
            return None
