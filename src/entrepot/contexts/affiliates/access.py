"""The only ways to a plan."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement

from entrepot.kernel.access import Actor
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import store
from .model import Plan, PlanId
from .problems import PlanNotFound
from .tables import plans


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`, so that a diff shows what is new."""

    EDIT = "plan:edit"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The plans whose terms this actor may change: those of its shops."""
    return actor.reach(Permission.EDIT, plans.c.merchant_id)


def to_change(tx: Tx, ids: Collection[PlanId]) -> dict[PlanId, Plan | Problem]:
    """Plans held until the end; for each that the actor cannot have, the reason."""
    held = store.hold(tx, ids, visible_to(tx.actor))
    return {id: held.get(id) or PlanNotFound(id) for id in ids}
