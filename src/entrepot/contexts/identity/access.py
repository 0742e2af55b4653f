"""The only ways to organisations, tokens, grants and the audit trail."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement, or_

from entrepot.kernel.access import Actor, Grant, OrganisationId, PersonId
from entrepot.kernel.problems import Forbidden

from .tables import audit, grants, memberships, organisations, tokens


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`, so that a diff shows what is new."""

    AUDIT_READ = "audit:read"
    GRANT_EDIT = "grant:edit"
    GRANT_READ = "grant:read"
    GRANT_USE = "grant:use"  # Whose members work in the organisations that let theirs in.
    MEMBER_EDIT = "member:edit"
    MEMBER_READ = "member:read"
    ORGANISATION_FOUND = "organisation:found"
    READ = "organisation:read"
    PERSON_ERASE = "person:erase"
    PERSON_INVITE = "person:invite"
    SESSION_REVOKE = "session:revoke"
    TOKEN_EDIT = "token:edit"  # noqa: S105 - the name of a permission.
    TOKEN_READ = "token:read"  # noqa: S105


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The organisations that this actor may see: bound by every list and every view."""
    return actor.reach(Permission.READ, organisations.c.id)


def members_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The memberships that this actor may see; one's own always."""
    reached = actor.reach(Permission.MEMBER_READ, memberships.c.organisation_id)
    return reached if actor.person is None else or_(reached, _own(actor.person))


def tokens_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The API tokens that this actor may see, without their secrets."""
    return actor.reach(Permission.TOKEN_READ, tokens.c.organisation_id)


def grants_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The delegated grants that this actor may see, from either side."""
    given = actor.reach(Permission.GRANT_READ, grants.c.from_id)
    return or_(given, actor.reach(Permission.GRANT_READ, grants.c.to_id))


def audit_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The part of the audit trail that this actor may see."""
    return actor.reach(Permission.AUDIT_READ, audit.c.organisation_id)


def lacking(actor: Actor, permissions: Collection[str], within: OrganisationId | None) -> list[str]:
    """Those of the permissions that the actor does not hold there, and so cannot hand on.

    Without a place it is the whole platform: that is where the roles of an operator hold.
    """
    if actor.almighty:
        return []
    held = actor.grants
    return [p for p in permissions if Grant(p) not in held and Grant(p, within) not in held]


def refusal(permission: Permission) -> Forbidden:
    """Said to who may see a thing but not do this to it."""
    return Forbidden(f"{permission} is not granted to you", permission=permission)


def _own(person: PersonId) -> ColumnElement[bool]:
    return memberships.c.person_id == person
