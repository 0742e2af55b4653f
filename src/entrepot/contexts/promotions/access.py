"""The only ways to a promotion."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, true

from entrepot.kernel.access import Actor
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import store
from .model import Promotion, PromotionId
from .problems import PromotionNotFound
from .tables import activities, promotions


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`, so that a diff shows what is new."""

    EDIT = "coupon:edit"
    READ = "coupon:read"


ANYBODYS = true()  # For sweeps.


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The promotions whose limits and uses this actor may see."""
    column = promotions.c.owner_id
    return or_(actor.reach(Permission.READ, column), actor.reach(Permission.EDIT, column))


def activities_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The activities that this actor may see."""
    column = activities.c.owner_id
    return or_(actor.reach(Permission.READ, column), actor.reach(Permission.EDIT, column))


def activities_to_change(actor: Actor) -> ColumnElement[bool]:
    """The activities that this actor may change."""
    return actor.reach(Permission.EDIT, activities.c.owner_id)


def to_change(tx: Tx, ids: Collection[PromotionId]) -> dict[PromotionId, Promotion | Problem]:
    """Promotions held until the end; for each that the actor cannot have, the reason."""
    held = store.hold(tx, ids, tx.actor.reach(Permission.EDIT, promotions.c.owner_id))
    return {id: held.get(id) or PromotionNotFound(id) for id in ids}
