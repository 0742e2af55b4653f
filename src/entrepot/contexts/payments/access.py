"""The only ways to a payment: the platform's own money, which no merchant sees."""

from enum import StrEnum

from sqlalchemy import ColumnElement, false, true

from entrepot.kernel.access import Actor


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`, so that a diff shows what is new."""

    READ = "payment:read"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """All payments or none: a group may span merchants, and its payment belongs to none of them."""
    return true() if actor.may(Permission.READ) else false()
