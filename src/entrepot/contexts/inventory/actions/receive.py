"""Goods that arrive."""

from collections.abc import Mapping, Sequence

from entrepot.contexts import catalog
from entrepot.contexts.catalog import SkuId
from entrepot.contexts.inventory import store
from entrepot.contexts.inventory.access import Permission, may
from entrepot.contexts.inventory.books import Books
from entrepot.contexts.inventory.events import StockReceived
from entrepot.contexts.inventory.model import (
    PLATFORM,
    Location,
    LocationId,
    NewReceipt,
    Position,
    Receipt,
)
from entrepot.kernel.events import emit
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, Problem
from entrepot.kernel.tx import Tx


def receive(tx: Tx, wishes: Sequence[NewReceipt]) -> list[Receipt | Problem]:
    """Take goods in: what is accepted is on hand, what is rejected is only written down.

    Bought-out goods (owner 0) come with their cost and lie on top of the layers.
    """
    outcomes = _checked(tx, wishes)
    places = store.open_positions(tx, [wish for wish in outcomes if isinstance(wish, NewReceipt)])
    going: list[tuple[Position, NewReceipt]] = []
    answers: list[int | Problem] = []
    for wish in outcomes:
        outcome = wish if isinstance(wish, Problem) else _placed(wish, places)
        if isinstance(outcome, Problem):
            answers.append(outcome)
        else:
            answers.append(len(going))
            going.append(outcome)
    receipts = _received(tx, going)
    emit(tx, [StockReceived.of(receipt) for receipt in receipts])
    return [answer if isinstance(answer, Problem) else receipts[answer] for answer in answers]


def receipt_refusals(tx: Tx, wishes: Sequence[NewReceipt]) -> list[Problem | None]:
    """Why this actor may not take goods in there, before anything else is asked of them."""
    found = store.locations_by(tx, {wish.location_id for wish in wishes})
    return [_refusal(tx, wish, found.get(wish.location_id)) for wish in wishes]


def _received(tx: Tx, going: Sequence[tuple[Position, NewReceipt]]) -> list[Receipt]:
    store.hold_positions(tx, {position.id for position, _ in going})
    ids = store.add_receipts(tx, [(position.id, wish) for position, wish in going])
    books, receipts = Books(tx.now), list[Receipt]()
    for id, (position, wish) in zip(ids, going, strict=True):
        if wish.accepted:
            books.move(position.id, "received", wish.accepted, f"receipt:{id}")
            if wish.unit_cost_minor is not None:
                books.lay(position.id, wish.accepted, wish.unit_cost_minor)
        receipts.append(Receipt(id=id, position_id=position.id, wish=wish, received_at=tx.now))
    store.write(tx, books)
    return receipts


def _checked(tx: Tx, wishes: Sequence[NewReceipt]) -> list[NewReceipt | Problem]:
    skus = catalog.known_skus(tx, {wish.sku_id for wish in wishes})
    found = store.locations_by(tx, {wish.location_id for wish in wishes})
    return [_problem(tx, wish, skus, found) or wish for wish in wishes]


def _problem(
    tx: Tx, wish: NewReceipt, skus: set[SkuId], found: Mapping[LocationId, Location]
) -> Problem | None:
    refusal = _refusal(tx, wish, found.get(wish.location_id))
    if refusal is not None:
        return refusal
    if wish.sku_id not in skus:
        return NotFound("sku", wish.sku_id)
    return _bad_count(wish) or _bad_cost(wish)


def _refusal(tx: Tx, wish: NewReceipt, location: Location | None) -> Problem | None:
    """Merchants count in their own goods at their own places; the platform counts all others."""
    if location is None:
        return NotFound("location", wish.location_id)
    own = wish.owner_id == location.keeper_id
    if may(tx.actor, Permission.RECEIVE, wish.owner_id if own else PLATFORM):
        return None
    return Forbidden(f"{Permission.RECEIVE} is not granted to you", permission=Permission.RECEIVE)


def _bad_count(wish: NewReceipt) -> BadInput | None:
    if min(wish.accepted, wish.rejected) < 0 or wish.accepted + wish.rejected == 0:
        return BadInput("accepted", "count at least one unit, accepted or rejected")
    return None


def _bad_cost(wish: NewReceipt) -> BadInput | None:
    if (wish.owner_id == PLATFORM) != (wish.unit_cost_minor is not None):
        return BadInput("unit_cost_minor", "bought-out goods have a cost, and only they")
    if (wish.unit_cost_minor is None) != (wish.currency is None):
        return BadInput("currency", "a cost has a currency")
    if wish.unit_cost_minor is not None and wish.unit_cost_minor < 0:
        return BadInput("unit_cost_minor", "a cost is not negative")
    return None


def _placed(
    wish: NewReceipt, places: Mapping[tuple[int, int, int], Position]
) -> tuple[Position, NewReceipt] | Problem:
    position = places[wish.sku_id, wish.location_id, wish.owner_id]
    if position.currency is not wish.currency:
        return BadInput("currency", f"these goods are kept at cost in {position.currency}")
    return position, wish
