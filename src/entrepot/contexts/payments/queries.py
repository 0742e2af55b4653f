"""Public reads of payments."""

from collections.abc import Collection, Sequence

from sqlalchemy import true

from entrepot.kernel.ids import Id
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .model import Attempt, Intent, Refund
from .problems import IntentNotFound


def by_groups(tx: Tx, group_ids: Sequence[Id]) -> list[Intent | Problem]:
    """Payments as this actor may see them, in the order of the groups."""
    found = store.intents_of(tx, group_ids, access.visible_to(tx.actor))
    return [found.get(id) or IntentNotFound(id) for id in group_ids]


def of_groups(tx: Tx, group_ids: Collection[Id]) -> dict[Id, Intent]:
    """Payments of groups that the caller has found visible. For flows: no permission is asked."""
    return store.intents_of(tx, group_ids, true())


def refunds(tx: Tx, references: Collection[str]) -> dict[str, Refund]:
    """Refunds by reference. For flows: no permission is asked."""
    return store.refunds_by_reference(tx, references)


def attempts(tx: Tx, intents: Sequence[Intent]) -> list[list[Attempt]]:
    """What the providers were asked for each payment, oldest first."""
    found = store.attempts_of(tx, {intent.id for intent in intents})
    return [found[intent.id] for intent in intents]
