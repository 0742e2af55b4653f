"""The tables of affiliates."""

from datetime import datetime

from sqlalchemy import Column, DateTime, Integer, Named, Table, Text, TypedColumns

from entrepot.contexts.catalog import ProductId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import metadata
from entrepot.kernel.ids import IdType

from .model import PlanId


class PlanColumns(TypedColumns):
    id: Named[PlanId] = Column(IdType(PlanId), primary_key=True)
    merchant_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    shop_id: Named[ShopId] = Column(IdType(ShopId), nullable=False)
    market: Named[str] = Column(Text, nullable=False)
    product_id: Named[ProductId | None] = Column(IdType(ProductId))
    creator_id: Named[OrganisationId | None] = Column(IdType(OrganisationId))
    starts_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    ends_at: Named[datetime | None] = Column(DateTime(timezone=True))


class RateColumns(TypedColumns):
    plan_id: Named[PlanId] = Column(IdType(PlanId), primary_key=True)
    from_at: Named[datetime] = Column(DateTime(timezone=True), primary_key=True)
    rate_bp: Named[int] = Column(Integer, nullable=False)
    set_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    rule: Named[str] = Column(Text, nullable=False)


plans = Table("plans", metadata, PlanColumns, schema="affiliates")
rates = Table("rates", metadata, RateColumns, schema="affiliates")
