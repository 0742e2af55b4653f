"""Public reads of identity."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from entrepot.kernel import clock
from entrepot.kernel.access import Actor, Grant, OrganisationId, PersonId
from entrepot.kernel.problems import Problem, Unauthenticated
from entrepot.kernel.tx import EVERY_ROW, Tx

from . import access, store
from .access import Permission
from .model import (
    IDLE,
    AuditId,
    AuditRow,
    DelegatedGrant,
    GrantId,
    Membership,
    Organisation,
    Person,
    Token,
    TokenId,
    digest,
)
from .problems import OrganisationNotFound
from .roles import Roles

PAGE = 200
GUEST = Actor("guest")


def resolve(sql: Connection, credential: str, roles: Roles) -> Actor:
    """Who holds this secret (of a session or of a token), and what that allows at this moment."""
    at = clock.real()
    rows = store.resolve(sql, digest(credential), at, at - IDLE)
    if not rows:
        raise Unauthenticated("this session or token has ended, or never was")
    first = rows[0]
    held = {grant for row in rows for grant in _grants(row, roles)}
    if first.scopes is not None:
        held = {grant for grant in held if grant.permission in first.scopes}
    return Actor(
        f"{first.kind}:{first.id}",
        frozenset(held),
        PersonId(first.person_id),
        by_token=first.scopes is not None,
    )


def organisations(tx: Tx, ids: Sequence[OrganisationId]) -> list[Organisation | Problem]:
    """Organisations as this actor may see them, in the order of the ids."""
    found = store.organisations_by_ids(tx, ids, access.visible_to(tx.actor))
    return [found.get(id) or OrganisationNotFound("organisation", id) for id in ids]


def organisation_page(
    tx: Tx, after: OrganisationId | None = None, limit: int = PAGE
) -> list[Organisation]:
    """A page of the organisations that this actor may see, by id."""
    return store.organisations_after(tx, after, min(limit, PAGE), access.visible_to(tx.actor))


def person_of(tx: Tx, email: str) -> PersonId | None:
    """Whose address this is. For tools: no permission is asked."""
    found = store.account(tx, email)
    return None if found is None else found[0]


def known(tx: Tx, ids: Sequence[OrganisationId]) -> dict[OrganisationId, Organisation]:
    """Those of the organisations that exist. For flows: no permission is asked."""
    return store.organisations_by_ids(tx, ids, EVERY_ROW)


def people(tx: Tx, ids: Sequence[PersonId]) -> dict[PersonId, Person]:
    """People with their personal data. For flows: no permission is asked."""
    return store.people_by_ids(tx, ids)


def members(tx: Tx, ids: Sequence[OrganisationId]) -> list[Membership]:
    """Who belongs to these organisations, as far as this actor may see."""
    return store.members_of(tx, ids, access.members_visible_to(tx.actor))


def memberships(tx: Tx, ids: Sequence[PersonId]) -> list[Membership]:
    """Where these people belong. For flows: no permission is asked."""
    return store.memberships_of(tx, ids)


def tokens(tx: Tx, after: TokenId | None = None, limit: int = PAGE) -> list[Token]:
    """A page of the tokens that this actor may see, by id."""
    return store.tokens_after(tx, after, min(limit, PAGE), access.tokens_visible_to(tx.actor))


def grants(tx: Tx, after: GrantId | None = None, limit: int = PAGE) -> list[DelegatedGrant]:
    """A page of the grants, given or received, that this actor may see, by id."""
    return store.grants_after(tx, after, min(limit, PAGE), access.grants_visible_to(tx.actor))


def trail(tx: Tx, before: AuditId | None = None, limit: int = PAGE) -> list[AuditRow]:
    """A page of the audit trail that this actor may see, the newest first."""
    return store.audit_before(tx, before, min(limit, PAGE), access.audit_visible_to(tx.actor))


def _grants(row: Row[Any], roles: Roles) -> Iterable[Grant]:
    allowed = roles.get(row.role, frozenset())
    if row.permissions is None:
        within = None if row.everywhere else row.within
        return (Grant(permission, within) for permission in allowed)
    # A delegated grant: for those of the other organisation whose role lets them work for clients.
    used = row.permissions if Permission.GRANT_USE in allowed else ()
    return (Grant(permission, row.within) for permission in used)
