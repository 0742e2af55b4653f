"""Goods that leave, and goods that come back."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from entrepot.contexts.inventory import store
from entrepot.contexts.inventory.books import Books
from entrepot.contexts.inventory.model import Cost, Draw, LineKey, PositionId, Reservation, Units
from entrepot.contexts.inventory.problems import NothingHeld, NothingToReturn
from entrepot.kernel.ids import Id
from entrepot.kernel.tx import Tx

from .release import by_line, granted, held_parts, spread


def commit(tx: Tx, order_ids: Collection[Id], at: datetime | None = None) -> dict[LineKey, Cost]:
    """All that is set aside for orders leaves; returns what the bought-out part of it had cost.

    For flows: no permission is asked.
    """
    parts = held_parts(tx, order_ids)
    return _ship(tx, [(part, part.held) for part in parts], at or tx.now)


def commit_units(
    tx: Tx, wishes: Sequence[Units], at: datetime | None = None
) -> tuple[list[NothingHeld | None], dict[LineKey, Cost]]:
    """Some units of order lines leave, with an outcome for each wish and what they had cost.

    For flows: no permission is asked.
    """
    lines = by_line(held_parts(tx, {wish.order_id for wish in wishes}))
    left = {line: sum(part.held for part in parts) for line, parts in lines.items()}
    outcomes: list[NothingHeld | None] = []
    going: list[tuple[Reservation, int]] = []
    for line, quantity, outcome in granted(wishes, left):
        outcomes.append(outcome)
        going += spread(lines[line], quantity, left.get(line, 0))
    return outcomes, _ship(tx, going, at or tx.now)


def _ship(tx: Tx, going: Iterable[tuple[Reservation, int]], at: datetime) -> dict[LineKey, Cost]:
    books, going = Books(at), [*going]
    bought_out = {part.position_id for part, _ in going if part.currency is not None}
    layers = store.layers_of(tx, bought_out)
    for part, quantity in going:
        books.ship(part, quantity, layers)
    store.write(tx, books)
    return books.costs


def restock(tx: Tx, wishes: Sequence[Units]) -> list[Cost | NothingToReturn | None]:
    """Units of order lines are on hand again; tells what bought-out ones had cost.

    For flows: no permission is asked. They go back where they came from.
    """
    order_ids = {wish.order_id for wish in wishes}
    seen = [part for part in store.reservations_of(tx, order_ids) if part.shipped]
    store.hold_positions(tx, {part.position_id for part in seen})
    parts = by_line(part for part in store.held_of(tx, order_ids) if part.shipped)
    draws: dict[tuple[LineKey, PositionId], list[Draw]] = defaultdict(list)
    for draw in store.draws_of(tx, {part.order_id for part in seen if part.currency is not None}):
        draws[draw.line, draw.position_id].append(draw)
    books, outcomes = Books(tx.now), list[Cost | NothingToReturn | None]()
    out = {key: [part.shipped - part.returned for part in line] for key, line in parts.items()}
    for wish in wishes:
        left = out.get(wish.line, [])
        if wish.quantity > sum(left):
            outcomes.append(NothingToReturn(wish.order_id, wish.pos, sum(left)))
            continue
        before, quantity = books.costs.get(wish.line), wish.quantity
        for n, part in enumerate(parts[wish.line]):
            units = min(quantity, left[n])
            if units:
                books.take_back(part, units, draws[part.line, part.position_id])
            left[n] -= units
            quantity -= units
        outcomes.append(_more(before, books.costs.get(wish.line)))
    store.write(tx, books)
    return outcomes


def _more(before: Cost | None, after: Cost | None) -> Cost | None:
    if before is None or after is None:
        return after
    return Cost(after.minor - before.minor, after.currency)
