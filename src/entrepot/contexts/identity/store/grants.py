"""Delegated grants and the audit trail."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    insert,
    or_,
    select,
    update,
)

from entrepot.contexts.identity.model import (
    AuditId,
    AuditRow,
    DelegatedGrant,
    GrantId,
    Mark,
    Outcome,
)
from entrepot.contexts.identity.tables import audit, grants
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import among, new_ids
from entrepot.kernel.tx import Tx


def add_grants(tx: Tx, new: Sequence[DelegatedGrant]) -> None:
    rows = [
        {
            "id": grant.id,
            "from_id": grant.from_id,
            "to_id": grant.to_id,
            "permissions": [*grant.permissions],
            "given_by": tx.actor.name,
            "starts_at": grant.starts_at,
            "ends_at": grant.ends_at,
        }
        for grant in new
    ]
    if rows:
        tx.sql.execute(insert(grants), rows)


def grants_where(
    tx: Tx, *conditions: ColumnElement[bool], limit: int | None = None
) -> dict[GrantId, DelegatedGrant]:
    query = select(grants).where(*conditions).order_by(grants.c.id).limit(limit)
    return {row.id: _grant(row) for row in tx.sql.execute(query)}


def grants_by_ids(
    tx: Tx, ids: Collection[GrantId], visible: ColumnElement[bool]
) -> dict[GrantId, DelegatedGrant]:
    return grants_where(tx, among(grants.c.id, ids), visible)


def live_grants_to(tx: Tx, ids: Collection[OrganisationId], at: datetime) -> list[DelegatedGrant]:
    """What members of these organisations may do in others at an instant, or soon."""
    live = grants.c.revoked_at.is_(None), grants.c.ends_at > at
    return [*grants_where(tx, among(grants.c.to_id, ids), *live).values()]


def grants_after(
    tx: Tx, after: GrantId | None, limit: int, visible: ColumnElement[bool]
) -> list[DelegatedGrant]:
    return [*grants_where(tx, grants.c.id > (after or 0), visible, limit=limit).values()]


def revoke_grants(tx: Tx, ids: Collection[GrantId], at: datetime) -> None:
    live = among(grants.c.id, ids), grants.c.revoked_at.is_(None)
    tx.sql.execute(update(grants).where(*live).values(revoked_at=at))


def add_audit(tx: Tx, marks: Sequence[Mark]) -> None:
    ids = new_ids(tx.sql, AuditId, len(marks))
    rows = [
        {
            "id": id,
            "at": tx.now,
            "actor": tx.actor.name,
            "organisation_id": mark.organisation_id,
            "action": mark.action,
            "subject": mark.subject,
            "outcome": mark.outcome.value,
            "detail": dict(mark.detail),
        }
        for id, mark in zip(ids, marks, strict=True)
    ]
    if rows:
        tx.sql.execute(insert(audit), rows)


def audit_before(
    tx: Tx, before: AuditId | None, limit: int, *conditions: ColumnElement[bool]
) -> list[AuditRow]:
    """The newest rows first."""
    older = or_(before is None, audit.c.id < (before or 0))  # type: ignore[arg-type]
    query = select(audit).where(older, *conditions).order_by(audit.c.id.desc()).limit(limit)
    return [_audit_row(row) for row in tx.sql.execute(query)]


def _grant(row: Row[Any]) -> DelegatedGrant:
    return DelegatedGrant(
        id=row.id,
        from_id=row.from_id,
        to_id=row.to_id,
        permissions=tuple(row.permissions),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        revoked_at=row.revoked_at,
    )


def _audit_row(row: Row[Any]) -> AuditRow:
    mark = Mark(
        action=row.action,
        organisation_id=row.organisation_id,
        subject=row.subject,
        outcome=Outcome(row.outcome),
        detail=row.detail,
    )
    return AuditRow(id=row.id, at=row.at, happened_at=row.happened_at, actor=row.actor, mark=mark)
