"""The table of refunds that conditions are built on."""

from datetime import datetime

from sqlalchemy import Column, DateTime, Named, Table, Text, TypedColumns

from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import metadata
from entrepot.kernel.ids import IdType

from .model import RefundId


class RefundColumns(TypedColumns):
    id: Named[RefundId] = Column(IdType(RefundId), primary_key=True)
    order_id: Named[OrderId] = Column(IdType(OrderId), nullable=False)
    merchant_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    currency: Named[str] = Column(Text, nullable=False)
    reason: Named[str] = Column(Text, nullable=False)
    asked_by: Named[str] = Column(Text, nullable=False)
    refunded_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)


refunds = Table("refunds", metadata, RefundColumns, schema="aftersales")
