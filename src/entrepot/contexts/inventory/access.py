"""The only ways to stock."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement

from entrepot.kernel.access import Actor, OrganisationId
from entrepot.kernel.problems import Forbidden, NotFound, Problem
from entrepot.kernel.tx import Tx

from . import store
from .model import PLATFORM, Position, PositionId
from .tables import positions


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`. All but reading is asked where the goods are kept."""

    EDIT = "stock:edit"
    READ = "stock:read"
    RECEIVE = "receipt:record"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The positions that this actor may see: bound by every list and every view."""
    return actor.reach(Permission.READ, positions.c.owner_id)


def may(actor: Actor, permission: Permission, keeper_id: OrganisationId) -> bool:
    """Whether this actor may do that to goods in somebody's keeping; 0 keeps for the platform."""
    return actor.may(permission, None if keeper_id == PLATFORM else keeper_id)


def sees(actor: Actor, keeper_id: OrganisationId) -> bool:
    """Whether this actor may know of a place: the platform's are known to everybody."""
    return keeper_id == PLATFORM or actor.may(Permission.READ, keeper_id)


def set_aside_at(order_id: str) -> str:
    """The orders for which goods in `:locations` are or were set aside, as a condition for lists.

    For flows and higher contexts, in SQL: who may see the orders is theirs to ask.
    """
    return (
        "exists (select from inventory.reservations held"
        " join inventory.positions place on place.id = held.position_id"
        f" where held.order_id = {order_id} and held.released < held.quantity"
        " and place.location_id = any(cast(:locations as bigint[])))"
    )


def to_change(
    tx: Tx, ids: Collection[PositionId], permission: Permission
) -> dict[PositionId, Position | Problem]:
    """Positions held until the work ends; for each that the actor cannot have, the reason."""
    mine = visible_to(tx.actor)
    visible = store.positions_by(tx, ids, mine)
    store.hold_positions(tx, visible.keys())  # What is not visible is not even locked.
    found = store.positions_by(tx, visible.keys(), mine)
    held: dict[PositionId, Position | Problem] = {}
    for id in ids:
        position = found.get(id)
        if position is None:  # Absent or another's: the answer must not tell which.
            held[id] = NotFound("position", id)
        elif not may(tx.actor, permission, position.keeper_id):
            held[id] = Forbidden(f"{permission} is not granted to you", permission=permission)
        else:
            held[id] = position
    return held
