"""Public reads of affiliates."""

from collections.abc import Sequence
from datetime import datetime

from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .model import Plan, PlanId
from .problems import PlanNotFound


def by_ids(tx: Tx, ids: Sequence[PlanId]) -> list[Plan | Problem]:
    """Plans as this actor may see them, in the order of the ids."""
    found = store.by_ids(tx, ids, access.visible_to(tx.actor))
    return [found.get(id) or PlanNotFound(id) for id in ids]


def page(tx: Tx, after: PlanId | None = None, limit: int = 50) -> list[Plan]:
    """The plans that this actor may change, oldest first."""
    return store.page(tx, access.visible_to(tx.actor), after, limit)


def history(tx: Tx, plan: Plan) -> list[tuple[datetime, int]]:
    """The rates of a plan that the caller has found visible, each with its first instant."""
    return store.history(tx, plan.id)
