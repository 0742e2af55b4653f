"""The only ways to a promotion."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement

from entrepot.kernel.access import Actor
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import store
from .model import Promotion, PromotionId
from .problems import PromotionNotFound
from .tables import promotions


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`, so that a diff shows what is new."""

    EDIT = "coupon:edit"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The promotions whose limits and uses this actor may see: those that it may change."""
    return actor.reach(Permission.EDIT, promotions.c.owner_id)


def to_change(tx: Tx, ids: Collection[PromotionId]) -> dict[PromotionId, Promotion | Problem]:
    """Promotions held until the end; for each that the actor cannot have, the reason."""
    held = store.hold(tx, ids, visible_to(tx.actor))
    return {id: held.get(id) or PromotionNotFound(id) for id in ids}
