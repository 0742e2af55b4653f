"""People's corrections of what is on hand."""

from collections.abc import Sequence
from dataclasses import replace

from entrepot.contexts.inventory import access, store
from entrepot.contexts.inventory.access import Permission, may
from entrepot.contexts.inventory.books import Books, Layers
from entrepot.contexts.inventory.events import StockAdjusted
from entrepot.contexts.inventory.model import (
    PLATFORM,
    Adjusted,
    Adjustment,
    Cost,
    Position,
    Reason,
)
from entrepot.contexts.inventory.problems import StockHeld
from entrepot.kernel.events import emit
from entrepot.kernel.problems import BadInput, Forbidden, Problem
from entrepot.kernel.tx import Tx


def adjust(tx: Tx, wishes: Sequence[Adjustment]) -> list[Adjusted | Problem]:
    """Correct counts, for a reason. What is reserved cannot be taken.

    Bought-out goods that go use up the oldest layers; what is found has a cost given. They are
    the platform's money: whoever keeps them for it does not write them off.
    """
    held = access.to_change(tx, {wish.position_id for wish in wishes}, Permission.EDIT)
    layers = store.layers_of(
        tx, {p.id for p in held.values() if isinstance(p, Position) and p.currency is not None}
    )
    books = Books(tx.now)
    facts: list[StockAdjusted] = []
    outcomes: list[Adjusted | Problem] = []
    for wish in wishes:
        position = held[wish.position_id]
        outcome = (
            _refused(tx, position, wish) or _adjusted(position, wish, books, layers)
            if isinstance(position, Position)
            else position
        )
        outcomes.append(outcome)
        if isinstance(position, Position) and isinstance(outcome, Adjusted):
            held[position.id] = replace(position, on_hand=outcome.on_hand)
            facts.append(StockAdjusted.of(wish, outcome, tx.now))
    store.write(tx, books)
    emit(tx, facts)
    return outcomes


def _refused(tx: Tx, position: Position, wish: Adjustment) -> Problem | None:
    """What speaks against correcting what the platform had bought out."""
    if position.currency is None:
        return None
    if not may(tx.actor, Permission.EDIT, PLATFORM):
        return Forbidden(
            f"{Permission.EDIT} on the whole platform is not granted to you",
            permission=Permission.EDIT,
        )
    if wish.reason is Reason.RETURNED_TO_SUPPLIER:
        return BadInput("reason", "another one: what was accepted is the platform's for good")
    return None


def _adjusted(
    position: Position, wish: Adjustment, books: Books, layers: Layers
) -> Adjusted | Problem:
    if wish.change == 0:
        return BadInput("change", "say by how many units the count is corrected")
    if position.free + wish.change < 0:
        return StockHeld(position.id, position.free)
    needs_cost = position.currency is not None and wish.change > 0
    if needs_cost != (wish.unit_cost_minor is not None):
        return BadInput("unit_cost_minor", "bought-out goods that are found have a cost, only they")
    books.move(position.id, "adjusted", wish.change, wish.reason)
    return Adjusted(
        position_id=position.id,
        change=wish.change,
        on_hand=position.on_hand + wish.change,
        cost=_cost(position, wish, books, layers),
    )


def _cost(position: Position, wish: Adjustment, books: Books, layers: Layers) -> Cost | None:
    if position.currency is None:
        return None
    if wish.unit_cost_minor is not None:
        books.lay(position.id, wish.change, wish.unit_cost_minor)
        return Cost(wish.change * wish.unit_cost_minor, position.currency)
    gone = layers.draw(position.id, -wish.change)
    for layer, units in gone:
        books.drawn[layer.id] += units
    return Cost(-sum(units * layer.unit_cost_minor for layer, units in gone), position.currency)
