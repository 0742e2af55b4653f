"""The only ways to files."""

from enum import StrEnum

from sqlalchemy import ColumnElement, true

from entrepot.kernel.access import Actor
from entrepot.kernel.problems import Forbidden

from .tables import files


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`."""

    READ = "file:read"
    STORE = "file:store"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The files that this actor may see: bound by every list and every view."""
    return actor.reach(Permission.READ, files.c.owner_id)


def public() -> ColumnElement[bool]:
    """The files that anybody may see who knows their hash."""
    return files.c.is_public.is_(True)


def linked() -> ColumnElement[bool]:
    """Every file: for who comes with a link that was signed for this one."""
    return true()


def not_granted(permission: Permission) -> Forbidden:
    """The refusal of who may not do this for the organisation named."""
    return Forbidden(f"{permission} is not granted to you", permission=permission)
