"""The tables of the catalog that more than one statement reads."""

from datetime import datetime
from typing import Any

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
from sqlalchemy.dialects.postgresql import JSONB

from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import metadata
from entrepot.kernel.ids import IdType

from .model import ListingId, ProductId, SkuId


class CategoryColumns(TypedColumns):
    id: Named[str] = Column(Text, primary_key=True)
    parent_id: Named[str | None] = Column(Text)
    name_en: Named[str] = Column(Text, nullable=False)
    name_zh_cn: Named[str] = Column(Text, nullable=False)
    is_leaf: Named[bool] = Column(Boolean, nullable=False)


class ProductColumns(TypedColumns):
    id: Named[ProductId] = Column(IdType(ProductId), primary_key=True)
    merchant_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    category_id: Named[str] = Column(Text, nullable=False)
    title: Named[str] = Column(Text, nullable=False)
    description: Named[str] = Column(Text, nullable=False)
    created_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)


class SkuColumns(TypedColumns):
    id: Named[SkuId] = Column(IdType(SkuId), primary_key=True)
    product_id: Named[ProductId] = Column(IdType(ProductId), nullable=False)
    code: Named[str] = Column(Text, nullable=False)
    options: Named[dict[str, Any]] = Column(JSONB, nullable=False)
    details: Named[dict[str, Any]] = Column(JSONB, nullable=False)
    removed_at: Named[datetime | None] = Column(DateTime(timezone=True))


class ListingColumns(TypedColumns):
    id: Named[ListingId] = Column(IdType(ListingId), primary_key=True)
    product_id: Named[ProductId] = Column(IdType(ProductId), nullable=False)
    shop_id: Named[ShopId] = Column(IdType(ShopId), nullable=False)
    merchant_id: Named[OrganisationId] = Column(IdType(OrganisationId), nullable=False)
    market: Named[str] = Column(Text, nullable=False)
    category_id: Named[str] = Column(Text, nullable=False)
    title: Named[str] = Column(Text, nullable=False)
    description: Named[str] = Column(Text, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    listed_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    live_at: Named[datetime | None] = Column(DateTime(timezone=True))
    deleted_at: Named[datetime | None] = Column(DateTime(timezone=True))
    details: Named[dict[str, Any]] = Column(JSONB, nullable=False)
    updated_at: Named[datetime] = Column(DateTime(timezone=True), nullable=False)
    audit_at: Named[datetime | None] = Column(DateTime(timezone=True))


class OfferColumns(TypedColumns):
    sku_id: Named[SkuId] = Column(IdType(SkuId), primary_key=True)
    market: Named[str] = Column(Text, primary_key=True)
    listing_id: Named[ListingId] = Column(IdType(ListingId), nullable=False)
    price_minor: Named[int] = Column(BigInteger, nullable=False)
    shipping_minor: Named[int] = Column(BigInteger, nullable=False)
    currency: Named[str] = Column(Text, nullable=False)
    version: Named[int] = Column(Integer, nullable=False)


categories = Table("categories", metadata, CategoryColumns, schema="catalog")
products = Table("products", metadata, ProductColumns, schema="catalog")
skus = Table("skus", metadata, SkuColumns, schema="catalog")
listings = Table("listings", metadata, ListingColumns, schema="catalog")
offers = Table("offers", metadata, OfferColumns, schema="catalog")
