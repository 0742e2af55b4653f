"""Statements on categories, products and their SKUs."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, any_, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from entrepot.contexts.catalog.model import (
    Category,
    CategoryId,
    NewProduct,
    NewSku,
    Product,
    ProductId,
    Sku,
    SkuId,
)
from entrepot.contexts.catalog.tables import categories, products, skus
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import among, new_ids
from entrepot.kernel.tx import Tx

from . import said

ADD_CATEGORIES, ADD_PRODUCTS = (
    sql_file(__file__, name) for name in ("add_categories", "add_products")
)
KNOWN_SKUS = text("select id from catalog.skus where id = any(cast(:ids as bigint[]))")


def add_categories(tx: Tx, rows: Sequence[Category]) -> None:
    """Write categories, each after its parent; one that is there gets its new names."""
    columns = {
        "ids": [str(row.id) for row in rows],
        "parents": [row.id.parent for row in rows],
        "en": [row.name_en for row in rows],
        "zh_cn": [row.name_zh_cn for row in rows],
        "leaves": [row.is_leaf for row in rows],
    }
    tx.sql.execute(ADD_CATEGORIES, columns)


def categories_by(tx: Tx, ids: Collection[CategoryId]) -> dict[CategoryId, Category]:
    wanted = literal([str(id) for id in ids], ARRAY(TEXT))
    query = select(categories).where(categories.c.id == any_(wanted))
    found = (_category(row) for row in tx.sql.execute(query))
    return {category.id: category for category in found}


def all_categories(tx: Tx) -> list[Category]:
    return [_category(row) for row in tx.sql.execute(select(categories).order_by(categories.c.id))]


def category_count(tx: Tx) -> int:
    return tx.sql.execute(select(func.count()).select_from(categories)).scalar_one()


def children(tx: Tx, parent: CategoryId | None) -> list[Category]:
    query = select(categories).where(categories.c.parent_id.is_not_distinct_from(parent))
    return [_category(row) for row in tx.sql.execute(query.order_by(categories.c.name_en))]


def add_products(tx: Tx, wishes: Sequence[NewProduct]) -> list[Product]:
    """Write products with their SKUs in one statement."""
    ids = new_ids(tx.sql, ProductId, len(wishes))
    fresh = iter(new_ids(tx.sql, SkuId, sum(len(wish.skus) for wish in wishes)))
    made = [_product_of(tx, id, wish, fresh) for id, wish in zip(ids, wishes, strict=True)]
    lines = [(product.id, sku) for product in made for sku in product.skus]
    columns = {
        "ids": [int(product.id) for product in made],
        "merchants": [int(product.merchant_id) for product in made],
        "categories": [str(product.category_id) for product in made],
        "titles": [product.title for product in made],
        "descriptions": [product.description for product in made],
        "skus": [int(sku.id) for _, sku in lines],
        "products": [int(product_id) for product_id, _ in lines],
        "codes": [sku.code for _, sku in lines],
        "options": [orjson.dumps(dict(sku.options)).decode() for _, sku in lines],
        "sku_details": [said.sku(sku.details) for _, sku in lines],
        "now": tx.now,
    }
    tx.sql.execute(ADD_PRODUCTS, columns)
    return made


def products_by(
    tx: Tx, ids: Collection[ProductId], visible: ColumnElement[bool]
) -> dict[ProductId, Product]:
    query = select(products).where(among(products.c.id, ids), visible)
    return {product.id: product for product in _with_skus(tx, tx.sql.execute(query).all())}


def products_page(
    tx: Tx, after: ProductId, limit: int, visible: ColumnElement[bool]
) -> list[Product]:
    query = select(products).where(products.c.id > after, visible)
    rows = tx.sql.execute(query.order_by(products.c.id).limit(limit)).all()
    return _with_skus(tx, rows)


def skus_of(tx: Tx, ids: Collection[ProductId]) -> Mapping[ProductId, tuple[Sku, ...]]:
    """The SKUs of products, in the order in which they were made."""
    there = skus.c.removed_at.is_(None)
    query = select(skus).where(among(skus.c.product_id, ids), there).order_by(skus.c.id)
    found: dict[ProductId, list[Sku]] = defaultdict(list)
    for row in tx.sql.execute(query):
        found[row.product_id].append(sku_of(row))
    return {product_id: tuple(each) for product_id, each in found.items()}


def known_skus(tx: Tx, ids: Collection[SkuId]) -> set[SkuId]:
    """Those of the SKUs that exist."""
    rows = tx.sql.scalars(KNOWN_SKUS, {"ids": [int(id) for id in ids]})
    return {SkuId(id) for id in rows}


def _with_skus(tx: Tx, rows: Sequence[Row[Any]]) -> list[Product]:
    variants = skus_of(tx, [row.id for row in rows]) if rows else {}
    return [
        Product(
            id=row.id,
            merchant_id=row.merchant_id,
            category_id=CategoryId(row.category_id),
            title=row.title,
            description=row.description,
            skus=variants.get(row.id, ()),
            created_at=row.created_at,
        )
        for row in rows
    ]


def _product_of(tx: Tx, id: ProductId, wish: NewProduct, fresh: Iterator[SkuId]) -> Product:
    return Product(
        id=id,
        merchant_id=wish.merchant_id,
        category_id=wish.category_id,
        title=wish.title,
        description=wish.description,
        skus=tuple(made_sku(next(fresh), sku) for sku in wish.skus),
        created_at=tx.now,
    )


def made_sku(id: SkuId, wish: NewSku) -> Sku:
    return Sku(id=id, code=wish.code, options=dict(wish.options), details=wish.details)


def sku_of(row: Row[Any]) -> Sku:
    return Sku(
        id=row.id,
        code=row.code,
        options=row.options,
        details=said.sku_of(row.details),
    )


def _category(row: Row[Any]) -> Category:
    return Category(
        id=CategoryId(row.id),
        name_en=row.name_en,
        name_zh_cn=row.name_zh_cn,
        is_leaf=row.is_leaf,
    )
