"""The tables of payments."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, LargeBinary, Named, Table, Text, TypedColumns

from entrepot.kernel.db import metadata
from entrepot.kernel.ids import Id, IdType

from .model import AttemptId, IntentId, RefundId


class IntentColumns(TypedColumns):
    id: Named[IntentId] = Column(IdType(IntentId), primary_key=True)
    group_id: Named[Id] = Column(IdType(Id), nullable=False)
    provider: Named[str] = Column(Text, nullable=False)
    method: Named[str] = Column(Text, nullable=False)
    amount_minor: Named[int] = Column(BigInteger, nullable=False)
    currency: Named[str] = Column(Text, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    captured_minor: Named[int] = Column(BigInteger, nullable=False)
    promised_minor: Named[int] = Column(BigInteger, nullable=False)
    refunded_minor: Named[int] = Column(BigInteger, nullable=False)
    provider_ref: Named[str | None] = Column(Text)
    opened_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)


class RefundColumns(TypedColumns):
    id: Named[RefundId] = Column(IdType(RefundId), primary_key=True)
    intent_id: Named[IntentId] = Column(IdType(IntentId), nullable=False)
    reference: Named[str] = Column(Text, nullable=False)
    amount_minor: Named[int] = Column(BigInteger, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    requested_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)


class AttemptColumns(TypedColumns):
    id: Named[AttemptId] = Column(IdType(AttemptId), primary_key=True)
    intent_id: Named[IntentId] = Column(IdType(IntentId), nullable=False)
    refund_id: Named[RefundId | None] = Column(IdType(RefundId))
    kind: Named[str] = Column(Text, nullable=False)
    key: Named[str] = Column(Text, nullable=False)
    method: Named[str] = Column(Text, nullable=False)
    amount_minor: Named[int] = Column(BigInteger, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    provider_ref: Named[str | None] = Column(Text)
    reason: Named[str | None] = Column(Text)
    begun_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)


class ProviderEventColumns(TypedColumns):
    provider: Named[str] = Column(Text, primary_key=True)
    event_id: Named[str] = Column(Text, primary_key=True)
    serial: Named[int] = Column(BigInteger, nullable=False)
    key: Named[str | None] = Column(Text)
    result: Named[str] = Column(Text, nullable=False)
    provider_ref: Named[str | None] = Column(Text)
    reason: Named[str | None] = Column(Text)
    amount_minor: Named[int | None] = Column(BigInteger)
    payload: Named[bytes] = Column(LargeBinary, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    received_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)


intents = Table("intents", metadata, IntentColumns, schema="payments")
refunds = Table("refunds", metadata, RefundColumns, schema="payments")
attempts = Table("attempts", metadata, AttemptColumns, schema="payments")
provider_events = Table("provider_events", metadata, ProviderEventColumns, schema="payments")
