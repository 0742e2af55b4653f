"""The only ways to supply agreements."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement

from entrepot.kernel.access import Actor
from entrepot.kernel.problems import Forbidden, NotFound, Problem
from entrepot.kernel.tx import Tx

from . import store
from .model import Agreement, AgreementId
from .tables import agreements


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`. A supplier reads; buyers of the platform write."""

    EDIT = "agreement:edit"
    READ = "agreement:read"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The agreements that this actor may see: bound by every list and every view."""
    return actor.reach(Permission.READ, agreements.c.supplier_id)


def to_change(
    tx: Tx, ids: Collection[AgreementId], permission: Permission
) -> dict[AgreementId, Agreement | Problem]:
    """Agreements, locked by rising id; for each that the actor cannot have, the reason."""
    found = store.held(tx, ids, visible_to(tx.actor))
    may = tx.actor.may(permission)
    return {
        id: NotFound("agreement", id)
        if id not in found
        else found[id]
        if may
        else not_granted(permission)
        for id in ids
    }


def not_granted(permission: Permission) -> Forbidden:
    """The refusal of who may see a thing but not do this to it."""
    return Forbidden(f"{permission} is not granted to you", permission=permission)
