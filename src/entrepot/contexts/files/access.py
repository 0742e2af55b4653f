"""The only ways to files."""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_

from entrepot.kernel.access import Actor
from entrepot.kernel.problems import Forbidden

from .tables import files


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`."""

    ERASE = "file:erase"
    READ = "file:read"
    STORE = "file:store"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The files that this actor may see: bound by every list and every view."""
    return and_(linked(), actor.reach(Permission.READ, files.c.owner_id))


def public() -> ColumnElement[bool]:
    """The files that anybody may see who knows their hash."""
    return and_(linked(), files.c.is_public.is_(True))


def linked() -> ColumnElement[bool]:
    """Every file that is not erased: for who comes with a link that was signed for this one."""
    return files.c.erased_at.is_(None)


def erasable(actor: Actor) -> ColumnElement[bool]:
    """The files that this actor may erase."""
    return and_(linked(), actor.reach(Permission.ERASE, files.c.owner_id))


def not_granted(permission: Permission) -> Forbidden:
    """The refusal of who may not do this for the organisation named."""
    return Forbidden(f"{permission} is not granted to you", permission=permission)
