"""The only ways to a refund."""

from enum import StrEnum

from sqlalchemy import ColumnElement

from entrepot.kernel.access import Actor

from .tables import refunds


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`."""

    APPROVE = "refund:approve"
    READ = "refund:read"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The refunds that this actor may see: bound by every list and every view."""
    return actor.reach(Permission.READ, refunds.c.merchant_id)
