"""Counts of what is free, as systems that keep stock elsewhere say them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from entrepot.contexts import catalog
from entrepot.contexts.catalog import SkuId
from entrepot.contexts.inventory import access, store
from entrepot.contexts.inventory.access import Permission
from entrepot.contexts.inventory.books import Books
from entrepot.contexts.inventory.events import StockAdjusted
from entrepot.contexts.inventory.model import (
    PLATFORM,
    Adjusted,
    Adjustment,
    Count,
    Location,
    LocationId,
    Position,
    PositionId,
    Reason,
)
from entrepot.kernel.events import emit
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, Problem
from entrepot.kernel.tx import Tx


def count(tx: Tx, wishes: Sequence[Count]) -> list[Position | Problem]:
    """Bring what is free to a number, whatever else happened since the caller looked.

    What is set aside stays so: on hand is what is free and what is reserved. A position that is not
    there yet is opened. Of two counts of one position the later one holds.
    """
    skus = catalog.known_skus(tx, {wish.sku_id for wish in wishes})
    places = store.locations_by(tx, {wish.location_id for wish in wishes})
    refused = [_problem(tx, wish, skus, places) for wish in wishes]
    allowed = [wish for wish, no in zip(wishes, refused, strict=True) if no is None]
    at = {key: one.id for key, one in store.open_positions(tx, allowed).items()} if allowed else {}
    held = _held(tx, [*at.values()])
    outcomes: list[Position | Problem] = []
    books, facts = Books(tx.now), list[StockAdjusted]()
    for wish, no in zip(wishes, refused, strict=True):
        if no is not None:
            outcomes.append(no)
            continue
        before = held[at[wish.place]]
        after = replace(before, on_hand=before.reserved + wish.free)
        outcomes.append(after)
        held[before.id] = after
        if after != before:
            facts.append(_corrected(tx, before, after, books))
    store.write(tx, books)
    emit(tx, facts)
    return outcomes


def _held(tx: Tx, ids: Sequence[PositionId]) -> dict[PositionId, Position]:
    """Locked, and read again afterwards."""
    held = access.to_change(tx, ids, Permission.EDIT) if ids else {}
    return {id: one for id, one in held.items() if isinstance(one, Position)}


def _corrected(tx: Tx, before: Position, after: Position, books: Books) -> StockAdjusted:
    change = after.on_hand - before.on_hand
    books.move(before.id, "adjusted", change, Reason.COUNTED)
    wish = Adjustment(position_id=before.id, change=change, reason=Reason.COUNTED)
    done = Adjusted(position_id=before.id, change=change, on_hand=after.on_hand, cost=None)
    return StockAdjusted.of(wish, done, tx.now)


def _problem(
    tx: Tx, wish: Count, skus: set[SkuId], places: Mapping[LocationId, Location]
) -> Problem | None:
    place = places.get(wish.location_id)
    if place is None:
        return NotFound("location", wish.location_id)
    permission = Permission.EDIT
    mine = wish.owner_id == PLATFORM or tx.actor.may(Permission.READ, wish.owner_id)
    if not (mine and access.may(tx.actor, permission, place.keeper_id)):
        return Forbidden(f"{permission} is not granted to you", permission=permission)
    if wish.sku_id not in skus:
        return NotFound("sku", wish.sku_id)
    if wish.owner_id == PLATFORM:
        return BadInput("owner_id", "bought-out goods come in by receipts, which have a cost")
    return BadInput("free", "zero or more") if wish.free < 0 else None
