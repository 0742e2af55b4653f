"""The only ways to stock."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement, select

from entrepot.kernel.access import Actor, OrganisationId
from entrepot.kernel.ids import IdT, among
from entrepot.kernel.problems import Forbidden, NotFound, Problem
from entrepot.kernel.tx import Tx

from . import store
from .model import PLATFORM, LocationId, Position, PositionId
from .tables import positions, reservations


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


def set_aside_at(
    order_id: ColumnElement[IdT], location_ids: Collection[LocationId]
) -> ColumnElement[bool]:
    """The orders for which goods in these places are or were set aside, as a condition for lists.

    For flows and higher contexts: who may see the orders is theirs to ask.
    """
    held = (
        select(reservations.c.order_id)
        .join(positions, positions.c.id == reservations.c.position_id)
        .where(
            reservations.c.order_id == order_id,
            reservations.c.released < reservations.c.quantity,
            among(positions.c.location_id, location_ids),
        )
    )
    return held.exists()


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
