"""Statements that write what an action changed, and on the layers of cost."""

from collections.abc import Collection

from sqlalchemy import text

from entrepot.contexts.inventory.books import Books, Layers
from entrepot.contexts.inventory.model import (
    Draw,
    Layer,
    PositionId,
)
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import Id
from entrepot.kernel.tx import Tx

WRITE, WRITE_COSTS = (sql_file(__file__, name) for name in ("write", "write_costs"))
LAYERS = text(
    "select id, position_id, remaining, unit_cost_minor from inventory.layers"
    " where remaining > 0 and position_id = any(cast(:positions as bigint[])) order by id"
)
DRAWS = text(
    "select id, order_id, pos, position_id, quantity, returned, unit_cost_minor"
    " from inventory.draws where returned < quantity and order_id = any(cast(:orders as bigint[]))"
    " order by id"
)


def layers_of(tx: Tx, position_ids: Collection[PositionId]) -> Layers:
    """What is left of bought-out goods at locked positions, the oldest first."""
    if not position_ids:
        return Layers([])
    rows = tx.sql.execute(LAYERS, {"positions": [int(id) for id in position_ids]})
    return Layers(
        Layer(
            id=row.id,
            position_id=PositionId(row.position_id),
            remaining=row.remaining,
            unit_cost_minor=row.unit_cost_minor,
        )
        for row in rows
    )


def draws_of(tx: Tx, order_ids: Collection[Id]) -> list[Draw]:
    """What lines of orders took from layers and did not give back."""
    if not order_ids:
        return []
    rows = tx.sql.execute(DRAWS, {"orders": [int(id) for id in order_ids]})
    return [
        Draw(
            id=row.id,
            order_id=Id(row.order_id),
            pos=row.pos,
            position_id=PositionId(row.position_id),
            quantity=row.quantity,
            returned=row.returned,
            unit_cost_minor=row.unit_cost_minor,
        )
        for row in rows
    ]


def write(tx: Tx, books: Books) -> None:
    """Write all that an action changed: one statement, and one more if costs are touched."""
    touched = sorted(books.on_hand.keys() | books.reserved.keys())
    if not touched:
        return
    columns = {
        "orders": [int(line.reservation.order_id) for line in books.lines],
        "pos": [line.reservation.pos for line in books.lines],
        "rounds": [line.reservation.round for line in books.lines],
        "held_at": [int(line.reservation.position_id) for line in books.lines],
        "shipped": [line.shipped for line in books.lines],
        "released": [line.released for line in books.lines],
        "returned": [line.returned for line in books.lines],
        "released_at": [line.released_at for line in books.lines],
        "moved": [int(movement.position_id) for movement in books.movements],
        "kinds": [movement.kind for movement in books.movements],
        "quantities": [movement.quantity for movement in books.movements],
        "references": [movement.reference for movement in books.movements],
        "times": [movement.moved_at for movement in books.movements],
        "positions": [int(id) for id in touched],
        "on_hand": [books.on_hand[id] for id in touched],
        "reserved": [books.reserved[id] for id in touched],
        "actor": tx.actor.name,
    }
    tx.sql.execute(WRITE, columns)
    if books.drawn or books.given_back or books.layers:
        _write_costs(tx, books)


def _write_costs(tx: Tx, books: Books) -> None:
    columns = {
        "layers": [*books.drawn.keys()],
        "drawn": [*books.drawn.values()],
        "orders": [line[0] for line, _, _, _ in books.draws],
        "pos": [line[1] for line, _, _, _ in books.draws],
        "drawn_at": [int(position_id) for _, position_id, _, _ in books.draws],
        "draw_sizes": [quantity for _, _, quantity, _ in books.draws],
        "draw_costs": [unit_minor for _, _, _, unit_minor in books.draws],
        "draws": [*books.given_back.keys()],
        "given_back": [*books.given_back.values()],
        "laid": [int(layer.position_id) for layer in books.layers],
        "layer_sizes": [layer.quantity for layer in books.layers],
        "layer_costs": [layer.unit_cost_minor for layer in books.layers],
        "laid_at": [layer.laid_at for layer in books.layers],
    }
    tx.sql.execute(WRITE_COSTS, columns)
