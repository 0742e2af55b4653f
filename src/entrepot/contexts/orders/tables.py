"""The tables of orders that conditions are built on; statements stand in `sql`."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Named, Table, Text, TypedColumns
from sqlalchemy.dialects.postgresql import JSONB

from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.db import metadata
from entrepot.kernel.ids import IdType

from .model import CancellationId, GroupId, OrderId, QuoteId


class OrderColumns(TypedColumns):
    id: Named[OrderId] = Column(IdType(OrderId), primary_key=True)
    group_id: Named[GroupId] = Column(IdType(GroupId), nullable=False)
    shop_id: Named[ShopId] = Column(IdType(ShopId), nullable=False)
    merchant_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    record_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    market: Named[str] = Column(Text, nullable=False)
    mode: Named[str] = Column(Text, nullable=False)
    seller_type: Named[str] = Column(Text, nullable=False)
    currency: Named[str] = Column(Text, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    total_minor: Named[int] = Column(BigInteger, nullable=False)
    refunded_minor: Named[int] = Column(BigInteger, nullable=False)
    seller_fault: Named[bool] = Column(Boolean, nullable=False)
    placed_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    paid_at: Named[datetime | None] = Column(DateTime(timezone=True))
    dispatched_at: Named[datetime | None] = Column(DateTime(timezone=True))
    delivered_at: Named[datetime | None] = Column(DateTime(timezone=True))
    closed_at: Named[datetime | None] = Column(DateTime(timezone=True))
    changed_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    due_at: Named[datetime | None] = Column(DateTime(timezone=True))
    timers: Named[str] = Column(Text, nullable=False)
    replaces_id: Named[OrderId | None] = Column(IdType(OrderId))


orders = Table("orders", metadata, OrderColumns, schema="orders")


class GroupColumns(TypedColumns):
    id: Named[GroupId] = Column(IdType(GroupId), primary_key=True)
    quote_id: Named[QuoteId] = Column(IdType(QuoteId), nullable=False)
    buyer_id: Named[PersonId | None] = Column(IdType(PersonId))


groups = Table("groups", metadata, GroupColumns, schema="orders")


class CancellationColumns(TypedColumns):
    id: Named[CancellationId] = Column(IdType(CancellationId), primary_key=True)
    order_id: Named[OrderId] = Column(IdType(OrderId), nullable=False)
    asked_by: Named[str] = Column(Text, nullable=False)
    reason: Named[str] = Column(Text, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    units: Named[dict[str, list[int]]] = Column(JSONB, nullable=False)
    refunds: Named[dict[str, int]] = Column(JSONB, nullable=False)
    refused_because: Named[str] = Column(Text, nullable=False)
    note: Named[str] = Column(Text, nullable=False)
    asked_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    decided_at: Named[datetime | None] = Column(DateTime(timezone=True))
    due_at: Named[datetime | None] = Column(DateTime(timezone=True))


cancellations = Table("cancellations", metadata, CancellationColumns, schema="orders")


class QuoteColumns(TypedColumns):
    id: Named[QuoteId] = Column(IdType(QuoteId), primary_key=True)


quotes = Table("quotes", metadata, QuoteColumns, schema="orders")
