"""The table of parcels that conditions are built on; statements stand in `sql`."""

from datetime import datetime

from sqlalchemy import Column, DateTime, Named, Table, Text, TypedColumns

from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import metadata
from entrepot.kernel.ids import IdType

from .model import ParcelId


class ParcelColumns(TypedColumns):
    id: Named[ParcelId] = Column(IdType(ParcelId), primary_key=True)
    order_id: Named[OrderId] = Column(IdType(OrderId), nullable=False)
    merchant_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    market: Named[str] = Column(Text, nullable=False)
    carrier: Named[str] = Column(Text, nullable=False)
    tracking_number: Named[str] = Column(Text, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    created_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    handed_over_at: Named[datetime | None] = Column(DateTime(timezone=True))
    delivered_at: Named[datetime | None] = Column(DateTime(timezone=True))
    closed_at: Named[datetime | None] = Column(DateTime(timezone=True))
    changed_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)


parcels = Table("parcels", metadata, ParcelColumns, schema="logistics")
