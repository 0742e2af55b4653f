"""The tables of parcels that conditions are built on; statements stand in `sql`."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, DateTime, Integer, Named, Table, Text, TypedColumns
from sqlalchemy.dialects.postgresql import JSONB

from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import GroupId, OrderId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import metadata
from entrepot.kernel.ids import IdType

from .model import ParcelId


class ParcelColumns(TypedColumns):
    id: Named[ParcelId] = Column(IdType(ParcelId), primary_key=True)
    order_id: Named[OrderId] = Column(IdType(OrderId), nullable=False)
    group_id: Named[GroupId] = Column(IdType(GroupId), nullable=False)
    merchant_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    shop_id: Named[ShopId] = Column(IdType(ShopId), nullable=False)
    market: Named[str] = Column(Text, nullable=False)
    shipper: Named[str] = Column(Text, nullable=False)
    origin: Named[str] = Column(Text, nullable=False)
    carrier: Named[str | None] = Column(Text)
    tracking_number: Named[str | None] = Column(Text)
    service: Named[str | None] = Column(Text)
    handover: Named[str | None] = Column(Text)
    pickup_from: Named[datetime | None] = Column(DateTime(timezone=True))
    pickup_until: Named[datetime | None] = Column(DateTime(timezone=True))
    weight_g: Named[int | None] = Column(Integer)
    length_mm: Named[int | None] = Column(Integer)
    width_mm: Named[int | None] = Column(Integer)
    height_mm: Named[int | None] = Column(Integer)
    note: Named[str] = Column(Text, nullable=False)
    dispatch: Named[Any | None] = Column(JSONB)
    state: Named[str] = Column(Text, nullable=False)
    created_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    labelled_at: Named[datetime | None] = Column(DateTime(timezone=True))
    handed_over_at: Named[datetime | None] = Column(DateTime(timezone=True))
    delivered_at: Named[datetime | None] = Column(DateTime(timezone=True))
    closed_at: Named[datetime | None] = Column(DateTime(timezone=True))
    invalid_at: Named[datetime | None] = Column(DateTime(timezone=True))
    changed_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    updated_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)


parcels = Table("parcels", metadata, ParcelColumns, schema="logistics")
