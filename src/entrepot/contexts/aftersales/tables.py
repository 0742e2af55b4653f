"""The tables that conditions are built on."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Named, Table, Text, TypedColumns

from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import GroupId, OrderId
from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.db import metadata
from entrepot.kernel.ids import IdType

from .cases import CaseId
from .model import RefundId


class RefundColumns(TypedColumns):
    id: Named[RefundId] = Column(IdType(RefundId), primary_key=True)
    order_id: Named[OrderId] = Column(IdType(OrderId), nullable=False)
    merchant_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    currency: Named[str] = Column(Text, nullable=False)
    reason: Named[str] = Column(Text, nullable=False)
    asked_by: Named[str] = Column(Text, nullable=False)
    refunded_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)


class CaseColumns(TypedColumns):
    id: Named[CaseId] = Column(IdType(CaseId), primary_key=True)
    order_id: Named[OrderId] = Column(IdType(OrderId), nullable=False)
    group_id: Named[GroupId] = Column(IdType(GroupId), nullable=False)
    buyer_id: Named[PersonId | None] = Column(IdType(PersonId))
    shop_id: Named[ShopId] = Column(IdType(ShopId), nullable=False)
    merchant_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    market: Named[str] = Column(Text, nullable=False)
    mode: Named[str] = Column(Text, nullable=False)
    seller_type: Named[str] = Column(Text, nullable=False)
    currency: Named[str] = Column(Text, nullable=False)
    kind: Named[str] = Column(Text, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    opened_by: Named[str] = Column(Text, nullable=False)
    reason: Named[str] = Column(Text, nullable=False)
    refund_as: Named[str] = Column(Text, nullable=False)
    seller_fault: Named[bool] = Column(Boolean, nullable=False)
    offered_minor: Named[int | None] = Column(BigInteger)
    declined: Named[bool] = Column(Boolean, nullable=False)
    refunds: Named[bool] = Column(Boolean, nullable=False)
    ruling: Named[str | None] = Column(Text)
    evidence_until: Named[datetime | None] = Column(DateTime(timezone=True))
    carrier: Named[str] = Column(Text, nullable=False)
    tracking_number: Named[str] = Column(Text, nullable=False)
    label_file: Named[int | None] = Column(BigInteger)
    way_back_minor: Named[int] = Column(BigInteger, nullable=False)
    way_back_bearer: Named[str] = Column(Text, nullable=False)
    combined_id: Named[CaseId | None] = Column(IdType(CaseId))
    sent_at: Named[datetime | None] = Column(DateTime(timezone=True))
    received_at: Named[datetime | None] = Column(DateTime(timezone=True))
    grade: Named[str | None] = Column(Text)
    replacement_id: Named[OrderId | None] = Column(IdType(OrderId))
    timers: Named[str] = Column(Text, nullable=False)
    costs: Named[str] = Column(Text, nullable=False)
    opened_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    changed_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    due_at: Named[datetime | None] = Column(DateTime(timezone=True))


refunds = Table("refunds", metadata, RefundColumns, schema="aftersales")
cases = Table("cases", metadata, CaseColumns, schema="aftersales")
