"""The tables of inventory."""

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Named,
    SmallInteger,
    Table,
    Text,
    TypedColumns,
)
from sqlalchemy.dialects.postgresql import JSONB

from entrepot.contexts.catalog import SkuId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import metadata
from entrepot.kernel.ids import Id, IdType

from .model import LocationId, PositionId, ReceiptId


class LocationColumns(TypedColumns):
    id: Named[LocationId] = Column(IdType(LocationId), primary_key=True)
    code: Named[str] = Column(Text, nullable=False)
    name: Named[str] = Column(Text, nullable=False)
    country: Named[str] = Column(Text, nullable=False)
    keeper_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    markets: Named[list[str] | None] = Column(ARRAY(Text))
    address: Named[dict[str, str] | None] = Column(JSONB)


class PositionColumns(TypedColumns):
    id: Named[PositionId] = Column(IdType(PositionId), primary_key=True)
    sku_id: Named[SkuId] = Column(IdType(SkuId), nullable=False)
    location_id: Named[LocationId] = Column(IdType(LocationId), nullable=False)
    owner_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    on_hand: Named[int] = Column(BigInteger, nullable=False)
    reserved: Named[int] = Column(BigInteger, nullable=False)
    currency: Named[str | None] = Column(Text)


class ReceiptColumns(TypedColumns):
    id: Named[ReceiptId] = Column(IdType(ReceiptId), primary_key=True)
    position_id: Named[PositionId] = Column(IdType(PositionId), nullable=False)
    accepted: Named[int] = Column(BigInteger, nullable=False)
    rejected: Named[int] = Column(BigInteger, nullable=False)
    unit_cost_minor: Named[int | None] = Column(BigInteger)
    supplier_id: Named[OrganisationId | None] = Column(IdType(OrganisationId))
    agreement_id: Named[int | None] = Column(BigInteger)
    note: Named[str] = Column(Text, nullable=False)
    received_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)


class ReservationColumns(TypedColumns):
    order_id: Named[Id] = Column(IdType(Id), primary_key=True)
    pos: Named[int] = Column(SmallInteger, primary_key=True)
    round: Named[int] = Column(SmallInteger, primary_key=True)
    position_id: Named[PositionId] = Column(IdType(PositionId), primary_key=True)
    quantity: Named[int] = Column(BigInteger, nullable=False)
    shipped: Named[int] = Column(BigInteger, nullable=False)
    released: Named[int] = Column(BigInteger, nullable=False)
    returned: Named[int] = Column(BigInteger, nullable=False)
    expires_at: Named[datetime | None] = Column(DateTime(timezone=True))


locations = Table("locations", metadata, LocationColumns, schema="inventory")
positions = Table("positions", metadata, PositionColumns, schema="inventory")
receipts = Table("receipts", metadata, ReceiptColumns, schema="inventory")
reservations = Table("reservations", metadata, ReservationColumns, schema="inventory")
