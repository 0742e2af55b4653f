"""The tables of identity."""

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
)
from sqlalchemy.dialects.postgresql import JSONB

from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.db import metadata
from entrepot.kernel.ids import IdType

from .model import AuditId, GrantId, InvitationId, SessionId, TokenId

INSTANT = DateTime(timezone=True)


class OrganisationColumns(TypedColumns):
    id: Named[OrganisationId] = Column(IdType(OrganisationId), primary_key=True)
    kind: Named[str] = Column(Text, nullable=False)
    name: Named[str] = Column(Text, nullable=False)
    country: Named[str] = Column(Text, nullable=False)
    founded_at: Named[datetime] = Column(INSTANT, nullable=False)


class PersonColumns(TypedColumns):
    id: Named[PersonId] = Column(IdType(PersonId), primary_key=True)
    name: Named[str | None] = Column(Text)
    email: Named[str | None] = Column(Text)
    phone: Named[str | None] = Column(Text)
    address: Named[str | None] = Column(Text)
    password: Named[str | None] = Column(Text)
    enrolled_at: Named[datetime] = Column(INSTANT, nullable=False)
    erased_at: Named[datetime | None] = Column(INSTANT)


class MembershipColumns(TypedColumns):
    person_id: Named[PersonId] = Column(IdType(PersonId), primary_key=True)
    organisation_id: Named[OrganisationId] = Column(IdType(OrganisationId), primary_key=True)
    role: Named[str] = Column(Text, primary_key=True)
    since_at: Named[datetime] = Column(INSTANT, nullable=False)


class SessionColumns(TypedColumns):
    id: Named[SessionId] = Column(IdType(SessionId), primary_key=True)
    person_id: Named[PersonId] = Column(IdType(PersonId), nullable=False)
    secret: Named[bytes] = Column(LargeBinary, nullable=False)
    started_at: Named[datetime] = Column(INSTANT, nullable=False)
    seen_at: Named[datetime] = Column(INSTANT, nullable=False)
    ends_at: Named[datetime] = Column(INSTANT, nullable=False)
    revoked_at: Named[datetime | None] = Column(INSTANT)


class InvitationColumns(TypedColumns):
    id: Named[InvitationId] = Column(IdType(InvitationId), primary_key=True)
    person_id: Named[PersonId] = Column(IdType(PersonId), nullable=False)
    secret: Named[bytes] = Column(LargeBinary, nullable=False)
    made_by: Named[str] = Column(Text, nullable=False)
    made_at: Named[datetime] = Column(INSTANT, nullable=False)
    ends_at: Named[datetime] = Column(INSTANT, nullable=False)
    used_at: Named[datetime | None] = Column(INSTANT)


class TokenColumns(TypedColumns):
    id: Named[TokenId] = Column(IdType(TokenId), primary_key=True)
    organisation_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    person_id: Named[PersonId] = Column(IdType(PersonId), nullable=False)
    name: Named[str] = Column(Text, nullable=False)
    prefix: Named[str] = Column(Text, nullable=False)
    secret: Named[bytes] = Column(LargeBinary, nullable=False)
    scopes: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    issued_at: Named[datetime] = Column(INSTANT, nullable=False)
    ends_at: Named[datetime] = Column(INSTANT, nullable=False)
    revoked_at: Named[datetime | None] = Column(INSTANT)


class GrantColumns(TypedColumns):
    id: Named[GrantId] = Column(IdType(GrantId), primary_key=True)
    from_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    to_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    permissions: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    given_by: Named[str] = Column(Text, nullable=False)
    starts_at: Named[datetime] = Column(INSTANT, nullable=False)
    ends_at: Named[datetime] = Column(INSTANT, nullable=False)
    revoked_at: Named[datetime | None] = Column(INSTANT)


class AuditColumns(TypedColumns):
    id: Named[AuditId] = Column(IdType(AuditId), primary_key=True)
    at: Named[datetime] = Column(INSTANT, nullable=False)
    happened_at: Named[datetime] = Column(INSTANT, nullable=False)
    actor: Named[str] = Column(Text, nullable=False)
    # Null where an action is the platform's own; the type is what `reach` needs.
    organisation_id: Named[OrganisationId] = Column(IdType(OrganisationId))
    action: Named[str] = Column(Text, nullable=False)
    subject: Named[int | None] = Column(BigInteger)
    outcome: Named[str] = Column(Text, nullable=False)
    detail: Named[dict[str, object]] = Column(JSONB, nullable=False)


organisations = Table("organisations", metadata, OrganisationColumns, schema="identity")
people = Table("people", metadata, PersonColumns, schema="identity")
memberships = Table("memberships", metadata, MembershipColumns, schema="identity")
sessions = Table("sessions", metadata, SessionColumns, schema="identity")
invitations = Table("invitations", metadata, InvitationColumns, schema="identity")
tokens = Table("tokens", metadata, TokenColumns, schema="identity")
grants = Table("grants", metadata, GrantColumns, schema="identity")
audit = Table("audit", metadata, AuditColumns, schema="identity")
