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

from .model import PromotionId


class PromotionColumns(TypedColumns):
    id: Named[PromotionId] = Column(IdType(PromotionId), primary_key=True)
    owner_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    market: Named[str] = Column(Text, nullable=False)
    layer: Named[str] = Column(Text, nullable=False)
    title: Named[str] = Column(Text, nullable=False)
    code: Named[str | None] = Column(Text)
    shop_id: Named[Id | None] = Column(IdType(Id))
    product_id: Named[Id | None] = Column(IdType(Id))
    rate_bp: Named[int | None] = Column(Integer)
    amount_minor: Named[int | None] = Column(BigInteger)
    currency: Named[str] = Column(Text, nullable=False)
    min_spend_minor: Named[int] = Column(BigInteger, nullable=False)
    max_discount_minor: Named[int | None] = Column(BigInteger)
    seller_share_bp: Named[int] = Column(Integer, nullable=False)
    new_customers_only: Named[bool] = Column(Boolean, nullable=False)
    starts_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    ends_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    state: Named[str] = Column(Text, nullable=False)


class BudgetColumns(TypedColumns):
    promotion_id: Named[PromotionId] = Column(IdType(PromotionId), primary_key=True)
    per_buyer: Named[int | None] = Column(Integer)
    total: Named[int | None] = Column(Integer)
    budget_minor: Named[int | None] = Column(BigInteger)
    used: Named[int] = Column(Integer, nullable=False)
    spent_minor: Named[int] = Column(BigInteger, nullable=False)


class UseColumns(TypedColumns):
    promotion_id: Named[PromotionId] = Column(IdType(PromotionId), primary_key=True)
    reference: Named[str] = Column(Text, primary_key=True)
    buyer: Named[str | None] = Column(Text)
    minor: Named[int] = Column(BigInteger, nullable=False)
    used_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    given_back_at: Named[datetime | None] = Column(DateTime(timezone=True))


promotions = Table("promotions", metadata, PromotionColumns, schema="promotions")
budgets = Table("budgets", metadata, BudgetColumns, schema="promotions")
uses = Table("uses", metadata, UseColumns, schema="promotions")
