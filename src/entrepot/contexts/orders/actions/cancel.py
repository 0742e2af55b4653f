"""Cancelling: free, by consent, or by the seller's fault."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from entrepot.contexts.orders import access, store
from entrepot.contexts.orders.events import (
    CancellationRefused,
    CancellationRequested,
    OrderCancelled,
)
from entrepot.contexts.orders.lifecycle import State, Verb
from entrepot.contexts.orders.model import (
    SELLERS_FAULT,
    Cancellation,
    CancellationId,
    Cancelled,
    CancelReason,
    Line,
    Order,
    OrderId,
    Side,
    Step,
    by_order,
)
from entrepot.contexts.orders.problems import CannotCancel, TooManyUnits
from entrepot.contexts.orders.requests import Verdict
from entrepot.contexts.orders.store import Change, Move
from entrepot.contexts.orders.timers import market_of
from entrepot.contexts.orders.units import chosen_units, free_units, taking
from entrepot.kernel.events import Event, emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import Forbidden, NotFound, Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import AftersaleTimers
from entrepot.rulebook import of as rules_of

from .goods import advanced
from .move import stepped

# Before hand-over; what is on its way comes back as a return or a refund.
OPEN = {
    State.UNPAID,
    State.ON_HOLD,
    State.AWAITING_SHIPMENT,
    State.PARTIALLY_SHIPPING,
    State.AWAITING_COLLECTION,
}
FREE_FOR_BUYERS = {State.UNPAID, State.ON_HOLD}
WHOLE_ONLY = {State.UNPAID, State.AWAITING_COLLECTION}


def cancel(tx: Tx, wishes: Sequence[Cancellation]) -> list[Cancelled | Problem]:
    """Cancel orders or units of them. One outcome for each wish, in their order.

    A buyer is free until the hour after payment is over; then the merchant has to consent. An
    order comes once in a batch.
    """
    return _cancel(tx, wishes, {})


def _cancel(
    tx: Tx, wishes: Sequence[Cancellation], asked: Mapping[OrderId, CancellationId]
) -> list[Cancelled | Problem]:
    """Carry out what was `asked` for under its own id, the rest under fresh ones."""
    ids = {wish.order_id for wish in wishes}
    assert len(ids) == len(wishes), "an order comes once in a batch"
    held = access.to_change(tx, ids, access.Permission.CANCEL)
    lines = by_order(store.lines(tx, [id for id in ids if isinstance(held[id], Order)]))
    waiting = store.requested(tx, ids)
    fresh = new_ids(tx.sql, CancellationId, len(wishes))
    outcomes: list[Cancelled | Problem] = []
    for wish, id in zip(wishes, fresh, strict=True):
        order = held[wish.order_id]
        if isinstance(order, Problem):
            outcomes.append(order)
        elif wish.by is Side.BUYER and wish.order_id in waiting:
            outcomes.append(CannotCancel("the merchant was asked already", order_id=str(order.id)))
        else:
            named = asked.get(order.id, id)
            outcomes.append(_decided(tx, order, lines[order.id], wish, named))
    done = [
        (outcome, wish)
        for outcome, wish in zip(outcomes, wishes, strict=True)
        if isinstance(outcome, Cancelled)
    ]
    store.add_cancellations(
        tx,
        [
            (outcome, wish.by, wish.reason, _answer_at(tx, outcome))
            for outcome, wish in done
            if outcome.order.id not in asked
        ],
    )
    store.accept(tx, [outcome for outcome, _ in done if outcome.order.id in asked])
    superseded = [
        CancellationId(waiting[outcome.order.id].id)
        for outcome, _ in done
        if not outcome.asked and outcome.order.id in waiting.keys() - asked.keys()
    ]
    store.decide(tx, superseded, "accepted", tx.now)
    return _carried_out(tx, outcomes, wishes)


def decide(tx: Tx, verdicts: Mapping[OrderId, Verdict]) -> list[Cancelled | Problem]:
    """The merchant consents to cancellations that buyers asked for, or refuses them."""
    held = access.to_change(tx, verdicts.keys(), access.Permission.CANCEL)
    waiting = store.requested(tx, verdicts.keys())
    outcomes: dict[OrderId, Cancelled | Problem] = {}
    wishes: list[Cancellation] = []
    refused: dict[CancellationId, Verdict] = {}
    for id, verdict in verdicts.items():
        order, row = held[id], waiting.get(id)
        if isinstance(order, Problem):
            outcomes[id] = order
        elif not tx.actor.may(access.Permission.CANCEL, order.merchant_id):
            outcomes[id] = Forbidden("only the merchant decides what the buyer asked for")
        elif row is None:
            outcomes[id] = NotFound("cancellation request of order", id)
        elif verdict.consents:
            wishes.append(_agreed(tx, row, verdict))
        else:
            refused[CancellationId(row.id)] = verdict
            outcomes[id] = _kept(tx, order, CancellationId(row.id))
    store.refuse(tx, refused)
    emit(tx, [_refused(tx, one) for one in outcomes.values() if isinstance(one, Cancelled)])
    asked = {wish.order_id: CancellationId(waiting[wish.order_id].id) for wish in wishes}
    done = _cancel(tx, wishes, asked)
    outcomes |= {wish.order_id: outcome for wish, outcome in zip(wishes, done, strict=True)}
    return [outcomes[id] for id in verdicts]


def _agreed(tx: Tx, row: Row[Any], verdict: Verdict) -> Cancellation:
    id = OrderId(row.order_id)
    return Cancellation(
        order_id=id,
        by=Side.MERCHANT,
        reason=CancelReason(row.reason),
        units={int(pos): count for pos, count in row.quantities.items()},
        which=_still_free(by_order(store.lines(tx, [id]))[id], row.units),
        due_at=verdict.at,
    )


def _kept(tx: Tx, order: Order, id: CancellationId) -> Cancelled:
    return Cancelled(
        id=id,
        order=order,
        asked=True,
        units={},
        which={},
        refund_minor={},
        lines=(),
        was_paid=True,
        at=tx.now,
    )


def _refused(tx: Tx, one: Cancelled) -> Event:
    return CancellationRefused(**_head(one.order, tx.now), cancellation_id=one.id)


def _answer_at(tx: Tx, outcome: Cancelled) -> datetime | None:
    """Until when the merchant can answer a wish; none if it was not asked."""
    if not outcome.asked:
        return None
    order = outcome.order
    market = market_of(tx, order, order.placed_at)
    version = rules_of(tx).on(AftersaleTimers, order.market, market.day_of(order.placed_at))
    row = version.row({"mode": order.mode, "seller_type": order.seller_type})
    return outcome.at + timedelta(hours=row.cancel_answer_h)


def _decided(
    tx: Tx, order: Order, lines: Sequence[Line], wish: Cancellation, id: CancellationId
) -> Cancelled | Problem:
    if order.state not in OPEN:
        return CannotCancel(
            f"order {order.id} is {order.state}", order_id=str(order.id), state=order.state
        )
    left = {line.pos: line.open_units for line in lines if line.open_units}
    units = left if wish.units is None else dict(wish.units)
    for pos, count in units.items():
        if not 0 < count <= left.get(pos, 0):
            return TooManyUnits(
                f"line {pos} of order {order.id} has {left.get(pos, 0)} units to cancel",
                order_id=str(order.id),
                pos=pos,
            )
    if not units:
        return CannotCancel(f"nothing of order {order.id} is left", order_id=str(order.id))
    if units != left and order.state in WHOLE_ONLY:
        return CannotCancel(
            f"an order that is {order.state} is cancelled whole", order_id=str(order.id)
        )
    which = {
        line.pos: chosen_units(line, units[line.pos], wish.which.get(line.pos, ()))
        for line in lines
        if line.pos in units
    }
    for chosen in which.values():
        if isinstance(chosen, Problem):
            return chosen
    refunds = {line.pos: line.cancelling(units[line.pos]) for line in lines if line.pos in units}
    asked = wish.by is Side.BUYER and order.state not in FREE_FOR_BUYERS
    return Cancelled(
        id=id,
        order=order,
        asked=asked,
        units=units,
        which={pos: units for pos, units in which.items() if not isinstance(units, Problem)},
        refund_minor=refunds if order.paid_at else dict.fromkeys(units, 0),
        lines=tuple(lines),
        was_paid=order.paid_at is not None,
        at=wish.due_at or tx.now,
    )


def _still_free(
    lines: Sequence[Line], asked: Mapping[str, Sequence[int]]
) -> dict[int, Sequence[int]]:
    """The units that were asked for where all of them still can be had; others take their place."""
    free = {line.pos: {*free_units(line)} for line in lines if str(line.pos) in asked}
    return {pos: asked[str(pos)] for pos in free if {*asked[str(pos)]} <= free[pos]}


def _carried_out(
    tx: Tx, outcomes: Sequence[Cancelled | Problem], wishes: Sequence[Cancellation]
) -> list[Cancelled | Problem]:
    """Write what was decided; an order of which the rest was sent goes as far as that takes it."""
    final = [
        _counted(outcome) if isinstance(outcome, Cancelled) and not outcome.asked else outcome
        for outcome in outcomes
    ]
    pairs = [
        (outcome, wish)
        for outcome, wish in zip(final, wishes, strict=True)
        if isinstance(outcome, Cancelled)
    ]
    done = [(outcome, wish) for outcome, wish in pairs if not outcome.asked]
    changes = [change for outcome, _ in done for change in _changes(outcome)]
    closing = {outcome.order.id: _closing(tx, outcome, wish) for outcome, wish in done}
    moves = [move for move in closing.values() if move is not None]
    store.save_units(tx, changes)
    store.save_moves(tx, moves)
    store.add_refunds(tx, [change for change in changes if closing[change.order_id] is None])
    emit(tx, [_told(each, wish, whole=_whole(each, closing)) for each, wish in pairs])
    rest = {each.order.id: each for each, _ in done if not _whole(each, closing)}
    moved = advanced(
        tx,
        {id: (each.order, [*each.lines]) for id, each in rest.items()},
        {id: each.at for id, each in rest.items()},
    )
    after = {move.after.id: move.after for move in moves} | moved
    return [
        replace(each, order=after.get(each.order.id, each.order))
        if isinstance(each, Cancelled)
        else each
        for each in final
    ]


def _whole(outcome: Cancelled, closing: Mapping[OrderId, Move | None]) -> bool:
    return closing.get(outcome.order.id) is not None


def _counted(outcome: Cancelled) -> Cancelled:
    lines = tuple(
        replace(
            line,
            cancelled=line.cancelled + outcome.units[line.pos],
            refunded_minor=line.refunded_minor + outcome.refund_minor[line.pos],
            taken=taking(line, outcome.which[line.pos]),
        )
        if line.pos in outcome.units
        else line
        for line in outcome.lines
    )
    return replace(outcome, lines=lines)


def _changes(outcome: Cancelled) -> list[Change]:
    return [
        Change(
            order_id=outcome.order.id,
            pos=line.pos,
            cancelled=outcome.units[line.pos],
            refunded=outcome.refund_minor[line.pos],
            taken=line.taken,
        )
        for line in outcome.lines
        if line.pos in outcome.units
    ]


def _closing(tx: Tx, outcome: Cancelled, wish: Cancellation) -> Move | None:
    """The move to CANCELLED, if no unit of the order is left to be sent or on its way."""
    order, at = outcome.order, outcome.at
    if any(line.shipped or line.open_units for line in outcome.lines):
        return None
    after = stepped(tx, order, Step(order_id=order.id, verb=Verb.CANCEL, at=at))
    assert isinstance(after, Order)
    fault = order.paid_at is not None and wish.reason in SELLERS_FAULT
    return Move(
        before=order,
        after=replace(after, seller_fault=fault),
        verb=Verb.CANCEL,
        at=at,
        reason=wish.reason,
        refund_minor=sum(outcome.refund_minor.values()),
    )


def _told(outcome: Cancelled, wish: Cancellation, *, whole: bool) -> Event:
    if outcome.asked:
        return CancellationRequested(
            **_head(outcome.order, outcome.at), reason=wish.reason, cancellation_id=outcome.id
        )
    return OrderCancelled(
        **_head(outcome.order, outcome.at),
        cancellation_id=outcome.id,
        by=wish.by,
        reason=wish.reason,
        whole=whole,
        refund_minor=sum(outcome.refund_minor.values()),
        currency=outcome.order.total.currency.value,
    )


def _head(order: Order, at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "order_id": order.id,
        "group_id": order.group_id,
        "shop_id": order.shop_id,
        "merchant_id": order.merchant_id,
    }
