"""Statements that change which SKUs a product has."""

from collections.abc import Collection, Sequence

import orjson
from sqlalchemy import text

from entrepot.contexts.catalog.model import ProductId, Sku, SkuId
from entrepot.kernel.tx import Tx

from . import said

ADD = text(
    "insert into catalog.skus (id, product_id, code, options, details)"
    " select s.* from unnest(cast(:ids as bigint[]), cast(:products as bigint[]),"
    " cast(:codes as text[]), cast(:options as jsonb[]), cast(:details as jsonb[])) as s"
)
SAVE = text(
    "update catalog.skus s set code = e.code, options = e.options, details = e.details"
    " from unnest(cast(:ids as bigint[]), cast(:codes as text[]), cast(:options as jsonb[]),"
    " cast(:details as jsonb[])) as e (id, code, options, details) where s.id = e.id"
)
REMOVE = text(
    "with gone as (update catalog.skus set removed_at = :now"
    " where id = any(cast(:ids as bigint[])) and removed_at is null returning id)"
    " delete from catalog.offers o using gone where o.sku_id = gone.id"
)
TOUCH = text(
    "update catalog.listings set updated_at = :now"
    " where product_id = any(cast(:products as bigint[])) and state <> 'deleted'"
)
HOLD = text(
    "select id from catalog.products where id = any(cast(:ids as bigint[]))"
    " order by id for no key update"
)


def hold_products(tx: Tx, ids: Collection[ProductId]) -> None:
    """Let one at a time change the SKUs of a product."""
    tx.sql.execute(HOLD, {"ids": [int(id) for id in ids]})


def add_skus(tx: Tx, made: Sequence[tuple[ProductId, Sku]]) -> None:
    if made:
        products = [int(product_id) for product_id, _ in made]
        tx.sql.execute(ADD, {**_columns([sku for _, sku in made]), "products": products})


def save_skus(tx: Tx, changed: Sequence[Sku]) -> None:
    if changed:
        tx.sql.execute(SAVE, _columns(changed))


def remove_skus(tx: Tx, ids: Collection[SkuId]) -> None:
    """Offer SKUs nowhere any more; what was ordered keeps naming them."""
    if ids:
        tx.sql.execute(REMOVE, {"ids": [int(id) for id in ids], "now": tx.now})


def touch(tx: Tx, ids: Collection[ProductId]) -> None:
    tx.sql.execute(TOUCH, {"products": [int(id) for id in ids], "now": tx.now})


def _columns(skus: Sequence[Sku]) -> dict[str, list[object]]:
    return {
        "ids": [int(sku.id) for sku in skus],
        "codes": [sku.code for sku in skus],
        "options": [orjson.dumps(dict(sku.options)).decode() for sku in skus],
        "details": [said.sku(sku.details) for sku in skus],
    }
