"""The tables of merchants."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    Named,
    Table,
    Text,
    TypedColumns,
)
from sqlalchemy.dialects.postgresql import JSONB

from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.db import metadata
from entrepot.kernel.ids import IdType

from .model import (
    AccountId,
    AgreementId,
    ApplicationId,
    ContractId,
    CorrectionId,
    DocumentId,
    ShopId,
)

INSTANT = DateTime(timezone=True)


class CompanyColumns(TypedColumns):
    merchant_id: Named[OrganisationId] = Column(IdType(OrganisationId), primary_key=True)
    legal_name: Named[str] = Column(Text, nullable=False)
    country: Named[str] = Column(Text, nullable=False)
    number_kind: Named[str] = Column(Text, nullable=False)
    number: Named[str] = Column(Text, nullable=False)
    register_number: Named[str | None] = Column(Text)
    holdings_bp: Named[dict[str, int]] = Column(JSONB, nullable=False)
    representative_id: Named[PersonId | None] = Column(IdType(PersonId))
    contact_id: Named[PersonId | None] = Column(IdType(PersonId))
    payment_account: Named[str | None] = Column(Text)
    self_certified_at: Named[datetime | None] = Column(INSTANT)
    verified_at: Named[datetime | None] = Column(INSTANT)


class DocumentColumns(TypedColumns):
    id: Named[DocumentId] = Column(IdType(DocumentId), primary_key=True)
    merchant_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    kind: Named[str] = Column(Text, nullable=False)
    number: Named[str] = Column(Text, nullable=False)
    country: Named[str] = Column(Text, nullable=False)
    expires_on: Named[date | None] = Column(Date)
    file: Named[str] = Column(Text, nullable=False)
    filed_at: Named[datetime] = Column(INSTANT, nullable=False)
    replaced_at: Named[datetime | None] = Column(INSTANT)
    lapsed_at: Named[datetime | None] = Column(INSTANT)


class ApplicationColumns(TypedColumns):
    id: Named[ApplicationId] = Column(IdType(ApplicationId), primary_key=True)
    merchant_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    shop_name: Named[str] = Column(Text, nullable=False)
    market: Named[str] = Column(Text, nullable=False)
    mode: Named[str] = Column(Text, nullable=False)
    seller_type: Named[str] = Column(Text, nullable=False)
    invited: Named[bool] = Column(Boolean, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    due_at: Named[datetime | None] = Column(INSTANT)
    rule: Named[str | None] = Column(Text)
    shop_id: Named[ShopId | None] = Column(IdType(ShopId))
    started_at: Named[datetime] = Column(INSTANT, nullable=False)
    moved_at: Named[datetime] = Column(INSTANT, nullable=False)


class CorrectionColumns(TypedColumns):
    id: Named[CorrectionId] = Column(IdType(CorrectionId), primary_key=True)
    application_id: Named[ApplicationId] = Column(IdType(ApplicationId), nullable=False)
    reason: Named[str] = Column(Text, nullable=False)
    field: Named[str] = Column(Text, nullable=False)
    note: Named[str] = Column(Text, nullable=False)
    asked_at: Named[datetime] = Column(INSTANT, nullable=False)
    due_at: Named[datetime] = Column(INSTANT, nullable=False)
    answered_at: Named[datetime | None] = Column(INSTANT)


class ShopColumns(TypedColumns):
    id: Named[ShopId] = Column(IdType(ShopId), primary_key=True)
    merchant_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    name: Named[str] = Column(Text, nullable=False)
    market: Named[str] = Column(Text, nullable=False)
    mode: Named[str] = Column(Text, nullable=False)
    seller_type: Named[str] = Column(Text, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    stage: Named[str] = Column(Text, nullable=False)
    opened_on: Named[date] = Column(Date, nullable=False)
    order_cap: Named[int | None] = Column(Integer)
    listing_cap: Named[int | None] = Column(Integer)


class ContractColumns(TypedColumns):
    id: Named[ContractId] = Column(IdType(ContractId), primary_key=True)
    shop_id: Named[ShopId] = Column(IdType(ShopId), nullable=False)
    mode: Named[str] = Column(Text, nullable=False)
    from_at: Named[datetime] = Column(INSTANT, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    proposed_at: Named[datetime] = Column(INSTANT, nullable=False)
    decided_at: Named[datetime | None] = Column(INSTANT)


class AccountColumns(TypedColumns):
    id: Named[AccountId] = Column(IdType(AccountId), primary_key=True)
    shop_id: Named[ShopId] = Column(IdType(ShopId), nullable=False)
    kind: Named[str] = Column(Text, nullable=False)
    handle: Named[str] = Column(Text, nullable=False)
    owner_country: Named[str] = Column(Text, nullable=False)
    owner_number: Named[str] = Column(Text, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    requested_at: Named[datetime] = Column(INSTANT, nullable=False)
    moved_at: Named[datetime] = Column(INSTANT, nullable=False)


class QualificationColumns(TypedColumns):
    shop_id: Named[ShopId] = Column(IdType(ShopId), primary_key=True)
    category: Named[str] = Column(Text, primary_key=True)
    state: Named[str] = Column(Text, nullable=False)
    proofs: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    reason: Named[str | None] = Column(Text)
    moved_at: Named[datetime] = Column(INSTANT, nullable=False)


class AgreementColumns(TypedColumns):
    id: Named[AgreementId] = Column(IdType(AgreementId), primary_key=True)
    shop_id: Named[ShopId] = Column(IdType(ShopId), nullable=False)
    topic: Named[str] = Column(Text, nullable=False)
    from_on: Named[date] = Column(Date, nullable=False)
    content: Named[dict[str, Any]] = Column(JSONB, nullable=False)
    reference: Named[str] = Column(Text, nullable=False)
    agreed_at: Named[datetime] = Column(INSTANT, nullable=False)


class HistoryColumns(TypedColumns):
    id: Named[int] = Column(BigInteger, primary_key=True)
    noun: Named[str] = Column(Text, nullable=False)
    subject: Named[int] = Column(BigInteger, nullable=False)
    before: Named[str | None] = Column(Text)
    after: Named[str] = Column(Text, nullable=False)
    reason: Named[str] = Column(Text, nullable=False)
    actor: Named[str] = Column(Text, nullable=False)
    at: Named[datetime] = Column(INSTANT, nullable=False)


companies = Table("companies", metadata, CompanyColumns, schema="merchants")
documents = Table("documents", metadata, DocumentColumns, schema="merchants")
applications = Table("applications", metadata, ApplicationColumns, schema="merchants")
corrections = Table("corrections", metadata, CorrectionColumns, schema="merchants")
shops = Table("shops", metadata, ShopColumns, schema="merchants")
contracts = Table("contracts", metadata, ContractColumns, schema="merchants")
accounts = Table("accounts", metadata, AccountColumns, schema="merchants")
qualifications = Table("qualifications", metadata, QualificationColumns, schema="merchants")
agreements = Table("agreements", metadata, AgreementColumns, schema="merchants")
history = Table("history", metadata, HistoryColumns, schema="merchants")
