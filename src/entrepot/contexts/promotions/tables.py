"""The tables of promotions."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    Named,
    Table,
    Text,
    TypedColumns,
)

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import metadata
from entrepot.kernel.ids import Id, IdType

from .model import ActivityId, PromotionId


class PromotionColumns(TypedColumns):
    id: Named[PromotionId] = Column(IdType(PromotionId), primary_key=True)
    owner_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    market: Named[str] = Column(Text, nullable=False)
    layer: Named[str] = Column(Text, nullable=False)
    title: Named[str] = Column(Text, nullable=False)
    code: Named[str | None] = Column(Text)
    shop_id: Named[Id | None] = Column(IdType(Id))
    product_id: Named[Id | None] = Column(IdType(Id))
    sku_id: Named[Id | None] = Column(IdType(Id))
    activity_id: Named[ActivityId | None] = Column(IdType(ActivityId))
    rate_bp: Named[int | None] = Column(Integer)
    amount_minor: Named[int | None] = Column(BigInteger)
    price_minor: Named[int | None] = Column(BigInteger)
    min_units: Named[int] = Column(Integer, nullable=False)
    currency: Named[str] = Column(Text, nullable=False)
    min_spend_minor: Named[int] = Column(BigInteger, nullable=False)
    max_discount_minor: Named[int | None] = Column(BigInteger)
    seller_share_bp: Named[int] = Column(Integer, nullable=False)
    new_customers_only: Named[bool] = Column(Boolean, nullable=False)
    starts_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    ends_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    state: Named[str] = Column(Text, nullable=False)


class ActivityColumns(TypedColumns):
    id: Named[ActivityId] = Column(IdType(ActivityId), primary_key=True)
    owner_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    shop_id: Named[Id] = Column(IdType(Id), nullable=False)
    market: Named[str] = Column(Text, nullable=False)
    currency: Named[str] = Column(Text, nullable=False)
    kind: Named[str] = Column(Text, nullable=False)
    level: Named[str] = Column(Text, nullable=False)
    title: Named[str] = Column(Text, nullable=False)
    starts_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    ends_at: Named[datetime | None] = Column(DateTime(timezone=True))
    off_minor: Named[int | None] = Column(BigInteger)
    min_units: Named[int] = Column(Integer, nullable=False)
    min_spend_minor: Named[int] = Column(BigInteger, nullable=False)
    once: Named[bool] = Column(Boolean, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    due_at: Named[datetime | None] = Column(DateTime(timezone=True))
    created_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    changed_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)


class BudgetColumns(TypedColumns):
    promotion_id: Named[PromotionId] = Column(IdType(PromotionId), primary_key=True)
    per_buyer: Named[int | None] = Column(Integer)
    total: Named[int | None] = Column(Integer)
    budget_minor: Named[int | None] = Column(BigInteger)
    used: Named[int] = Column(Integer, nullable=False)
    spent_minor: Named[int] = Column(BigInteger, nullable=False)
    units: Named[int | None] = Column(Integer)
    units_per_buyer: Named[int | None] = Column(Integer)
    units_used: Named[int] = Column(Integer, nullable=False)


class UseColumns(TypedColumns):
    promotion_id: Named[PromotionId] = Column(IdType(PromotionId), primary_key=True)
    reference: Named[str] = Column(Text, primary_key=True)
    buyer: Named[str | None] = Column(Text)
    minor: Named[int] = Column(BigInteger, nullable=False)
    units: Named[int] = Column(Integer, nullable=False)
    used_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    given_back_at: Named[datetime | None] = Column(DateTime(timezone=True))


activities = Table("activities", metadata, ActivityColumns, schema="promotions")
promotions = Table("promotions", metadata, PromotionColumns, schema="promotions")
budgets = Table("budgets", metadata, BudgetColumns, schema="promotions")
uses = Table("uses", metadata, UseColumns, schema="promotions")
