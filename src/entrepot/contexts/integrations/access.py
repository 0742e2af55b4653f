"""The only ways to apps, authorisations and endpoints."""

from enum import StrEnum

from sqlalchemy import ColumnElement

from entrepot.kernel.access import Actor
from entrepot.kernel.problems import Forbidden
from entrepot.kernel.tx import Tx

from .tables import authorisations


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`, so that a diff shows what is new."""

    APP_EDIT = "app:edit"  # Of the platform's operators: who may knock at all.
    APP_READ = "app:read"
    AUTHORISATION_EDIT = "authorisation:edit"  # Of an organisation: whom it lets in.
    AUTHORISATION_READ = "authorisation:read"
    ENDPOINT_EDIT = "endpoint:edit"
    ENDPOINT_READ = "endpoint:read"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The authorisations that this actor may see: those of its organisations."""
    return actor.reach(Permission.AUTHORISATION_READ, authorisations.c.organisation_id)


def demand(tx: Tx, permission: Permission) -> None:
    """Apps belong to the platform as a whole."""
    if not tx.actor.may(permission):
        raise refusal(permission)


def refusal(permission: Permission) -> Forbidden:
    """Said to who may see a thing but not do this to it."""
    return Forbidden(f"{permission} is not granted to you", permission=permission)
