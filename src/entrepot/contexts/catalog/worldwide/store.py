"""Statements on global products."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, text

from entrepot.contexts.catalog.details import Details
from entrepot.contexts.catalog.model import Product, ProductId, SkuId
from entrepot.contexts.catalog.store import said
from entrepot.kernel.db import sql_file
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Tx

from .model import (
    GlobalEdit,
    GlobalPrice,
    GlobalProduct,
    GlobalSearch,
    GlobalState,
    NewGlobal,
)

FIND_GLOBALS = sql_file(__file__, "find_globals")
ADD = text(
    "insert into catalog.global_products"
    " (product_id, merchant_id, details, locale, made_at, updated_at)"
    " select g.*, cast(:now as timestamptz), cast(:now as timestamptz) from unnest("
    " cast(:ids as bigint[]), cast(:merchants as bigint[]), cast(:details as jsonb[]),"
    " cast(:locales as text[])) as g"
)
PRICE = text(
    "insert into catalog.global_prices (sku_id, price_minor, currency)"
    " select p.* from unnest(cast(:skus as bigint[]), cast(:minors as bigint[]),"
    " cast(:currencies as text[])) as p"
    " on conflict (sku_id) do update set price_minor = excluded.price_minor,"
    " currency = excluded.currency"
)
PRICES = text(
    "select sku_id, price_minor, currency from catalog.global_prices"
    " where sku_id = any(cast(:ids as bigint[]))"
)
BY_IDS = text(
    "select g.product_id, g.details, g.locale, g.updated_at, g.deleted_at, exists ("
    "  select from catalog.listings l where l.product_id = g.product_id and l.state <> 'deleted'"
    " ) as is_listed from catalog.global_products g"
    " where g.product_id = any(cast(:ids as bigint[]))"
)
SAY = text(
    "update catalog.products p set title = coalesce(e.title, p.title),"
    " description = coalesce(e.description, p.description),"
    " category_id = coalesce(e.category, p.category_id)"
    " from unnest(cast(:ids as bigint[]), cast(:titles as text[]), cast(:descriptions as text[]),"
    " cast(:categories as text[])) as e (id, title, description, category) where p.id = e.id"
)
SAY_MORE = text(
    "update catalog.global_products g set updated_at = :now,"
    " details = coalesce(e.details, g.details)"
    " from unnest(cast(:ids as bigint[]), cast(:details as jsonb[])) as e (id, details)"
    " where g.product_id = e.id"
)
DELETE = text(
    "update catalog.global_products set deleted_at = :now, updated_at = :now"
    " where product_id = any(cast(:ids as bigint[])) and deleted_at is null"
)


def add_globals(tx: Tx, made: Sequence[tuple[Product, NewGlobal]]) -> None:
    columns = {
        "ids": [int(product.id) for product, _ in made],
        "merchants": [int(product.merchant_id) for product, _ in made],
        "details": [said.listing(wish.details) for _, wish in made],
        "locales": [wish.locale for _, wish in made],
        "now": tx.now,
    }
    tx.sql.execute(ADD, columns)
    pairs = [pair for product, wish in made for pair in zip(product.skus, wish.prices, strict=True)]
    set_global_prices(tx, {sku.id: price for sku, price in pairs})


def set_global_prices(tx: Tx, prices: Mapping[SkuId, GlobalPrice]) -> None:
    columns = {
        "skus": [int(id) for id in prices],
        "minors": [price.price_minor for price in prices.values()],
        "currencies": [price.currency.value for price in prices.values()],
    }
    tx.sql.execute(PRICE, columns)


def globals_by(tx: Tx, products: Mapping[ProductId, Product]) -> dict[ProductId, GlobalProduct]:
    """Those of the products that are global."""
    rows = tx.sql.execute(BY_IDS, {"ids": [int(id) for id in products]}).all()
    skus = [sku.id for product in products.values() for sku in product.skus]
    prices = {
        SkuId(row.sku_id): GlobalPrice(price_minor=row.price_minor, currency=Currency(row.currency))
        for row in tx.sql.execute(PRICES, {"ids": [int(id) for id in skus]})
    }
    found = (_global(row, products[ProductId(row.product_id)], prices) for row in rows)
    return {one.product.id: one for one in found}


def global_ids(
    tx: Tx, asked: GlobalSearch, after: ProductId | None, limit: int
) -> tuple[list[ProductId], int]:
    """The next ids of a search, the newest first, and how many there are in all."""
    where = {
        "merchant": int(asked.merchant_id),
        "state": None if asked.state is None else asked.state.value,
        "codes": list(asked.codes),
        "made_from": asked.made_from,
        "made_to": asked.made_to,
        "updated_from": asked.updated_from,
        "updated_to": asked.updated_to,
        "after": None if after is None else int(after),
        "limit": limit,
    }
    row = tx.sql.execute(FIND_GLOBALS, where).one()
    return [ProductId(id) for id in row.ids], row.total


def edit_globals(tx: Tx, edits: Sequence[GlobalEdit]) -> None:
    columns = {
        "ids": [int(edit.product_id) for edit in edits],
        "titles": [edit.title for edit in edits],
        "descriptions": [edit.description for edit in edits],
        "categories": [edit.category_id for edit in edits],
    }
    tx.sql.execute(SAY, columns)
    details = [None if edit.details is None else said.listing(edit.details) for edit in edits]
    tx.sql.execute(SAY_MORE, {"ids": columns["ids"], "details": details, "now": tx.now})
    for edit in edits:
        if edit.prices:
            set_global_prices(tx, edit.prices)


def delete_globals(tx: Tx, ids: Collection[ProductId]) -> None:
    tx.sql.execute(DELETE, {"ids": [int(id) for id in ids], "now": tx.now})


def _global(row: Row[Any], product: Product, prices: Mapping[SkuId, GlobalPrice]) -> GlobalProduct:
    listed = GlobalState.PUBLISHED if row.is_listed else GlobalState.UNPUBLISHED
    details: Details = said.listing_of(row.details)
    return GlobalProduct(
        product=product,
        details=details,
        locale=row.locale,
        prices={sku.id: prices[sku.id] for sku in product.skus if sku.id in prices},
        state=listed if row.deleted_at is None else GlobalState.DELETED,
        updated_at=row.updated_at,
    )
