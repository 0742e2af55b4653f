"""Giving back what was set aside."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from entrepot.contexts.catalog import SkuId
from entrepot.contexts.inventory import store
from entrepot.contexts.inventory.books import Books
from entrepot.contexts.inventory.events import ReservationExpired
from entrepot.contexts.inventory.model import LineKey, Reservation, Units
from entrepot.contexts.inventory.problems import NothingHeld
from entrepot.kernel.events import emit
from entrepot.kernel.ids import Id
from entrepot.kernel.tx import Tx


def held_parts(
    tx: Tx, order_ids: Collection[Id], lines: Collection[LineKey] | None = None
) -> list[Reservation]:
    """What is still set aside for orders, or for some lines of them; all of it is locked."""
    if not order_ids:
        return []
    seen = [part for part in store.reservations_of(tx, order_ids) if part.held_for(lines)]
    store.hold_positions(tx, {part.position_id for part in seen})
    return [part for part in store.held_of(tx, order_ids) if part.held_for(lines)]


def hold(tx: Tx, order_ids: Collection[Id]) -> None:
    """Lock the stock that orders have or had set aside, for a flow that moves it twice."""
    if order_ids:
        seen = store.reservations_of(tx, order_ids)
        store.hold_positions(tx, {part.position_id for part in seen})


def hold_goods(tx: Tx, sku_ids: Collection[SkuId]) -> None:
    """Lock all stock of some SKUs, for a flow that sets it aside and puts it back in one work."""
    if sku_ids:
        store.hold_shelves(tx, sku_ids)


def by_line(parts: Iterable[Reservation]) -> dict[LineKey, list[Reservation]]:
    """Reservations of each line, in the order in which they are used."""
    lines: dict[LineKey, list[Reservation]] = defaultdict(list)
    for part in parts:
        lines[part.line].append(part)
    return lines


def release(tx: Tx, order_ids: Collection[Id], at: datetime | None = None) -> None:
    """Free all that is set aside for orders. For flows: no permission is asked.

    What had ended before is freed as of its end.
    """
    free_parts(tx, held_parts(tx, order_ids), at or tx.now)


def free_parts(tx: Tx, parts: Iterable[Reservation], at: datetime) -> None:
    """Free reservations that are locked, at an instant or when they ended before."""
    books = Books(at)
    for part in parts:
        books.free(part, part.held, min(part.expires_at or at, at))
    store.write(tx, books)


def release_units(tx: Tx, wishes: Sequence[Units]) -> list[NothingHeld | None]:
    """Free some units of order lines. For flows: no permission is asked."""
    books = Books(tx.now)
    lines = by_line(held_parts(tx, {wish.order_id for wish in wishes}))
    outcomes: list[NothingHeld | None] = []
    left = {line: sum(part.held for part in parts) for line, parts in lines.items()}
    for line, quantity, outcome in granted(wishes, left):
        outcomes.append(outcome)
        for part, units in spread(lines[line], quantity, left.get(line, 0)):
            books.free(part, units, tx.now)
    store.write(tx, books)
    return outcomes


def granted(
    wishes: Sequence[Units], left: dict[LineKey, int]
) -> Iterable[tuple[LineKey, int, NothingHeld | None]]:
    """Each wish with what it gets; `left` falls as the wishes go by."""
    for wish in wishes:
        held = left.get(wish.line, 0)
        if wish.quantity > held:
            yield wish.line, 0, NothingHeld(wish.order_id, wish.pos, held)
        else:
            left[wish.line] = held - wish.quantity
            yield wish.line, wish.quantity, None


def spread(
    parts: Sequence[Reservation], quantity: int, left_after: int
) -> Iterable[tuple[Reservation, int]]:
    """Where units of a line come from, if `left_after` of them stay: the first parts go first."""
    skip = sum(part.held for part in parts) - left_after - quantity
    for part in parts:
        units = min(max(part.held - skip, 0), quantity)
        skip = max(skip - part.held, 0)
        quantity -= units
        if units:
            yield part, units


def expire(tx: Tx, as_of: datetime, at_most: int = 1_000) -> list[Id]:
    """Free reservations that ended by then, each as of its own end; returns their orders.

    One sweep's batch: call it again until it returns none.
    """
    due = store.due(tx, as_of, at_most)
    books = Books(tx.now)
    ended: dict[Id, datetime] = {}
    for part in held_parts(tx, due):
        if part.expires_at is not None and part.expires_at <= as_of:
            books.free(part, part.held, part.expires_at)
            ended[part.order_id] = max(part.expires_at, ended.get(part.order_id, part.expires_at))
    store.write(tx, books)
    emit(tx, [ReservationExpired(at=at, order_id=id) for id, at in ended.items()])
    return [*ended]
