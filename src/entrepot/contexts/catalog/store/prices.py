"""Statements on prices: what is in force, and all that ever was."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, select, text

from entrepot.contexts.catalog.lifecycle import State
from entrepot.contexts.catalog.model import (
    CategoryId,
    ListingId,
    Offer,
    Price,
    ProductId,
    SkuId,
)
from entrepot.contexts.catalog.tables import listings, skus
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import among
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Tx

OFFERS, ADD_PRICES, LOWEST, ASKED_FOR = (
    sql_file(__file__, name) for name in ("offers", "add_prices", "lowest", "asked_for")
)
LIST_LOCK = 7_060  # Advisory: who counts the listings of a capped shop before adding more.
COUNT_LOCK = text(
    "select pg_advisory_xact_lock(:room, hashint8(id)) from"
    " (select id from unnest(cast(:shops as bigint[])) as s (id) order by hashint8(id)) s"
)
PRICED = text(
    "select distinct listing_id from catalog.offers where listing_id = any(cast(:ids as bigint[]))"
)
HISTORY = text(
    "select sku_id, market, version, price_minor, shipping_minor, currency, from_at, side, rule"
    " from catalog.prices where sku_id = :sku and market = :market and version < :before"
    " order by version desc limit :limit"
)


def offers(tx: Tx, market: str, sku_ids: Collection[SkuId]) -> dict[SkuId, Offer]:
    """What SKUs cost in a market; those that were never priced there are left out."""
    # An array as text: on the hot path, the driver's own way takes longer.
    skus = "{" + ",".join(map(str, sku_ids)) + "}"
    rows = tx.sql.execute(OFFERS, {"market": market, "skus": skus})
    offers = (_offer(row) for row in rows)
    return {offer.sku_id: offer for offer in offers}


def targets(
    tx: Tx, wanted: Sequence[tuple[SkuId, str]], visible: ColumnElement[bool]
) -> dict[tuple[SkuId, str], ListingId]:
    """The listing that each SKU has in a market, if the actor may see it."""
    query = (
        select(skus.c.id.label("sku_id"), listings.c.market, listings.c.id)
        .join(listings, listings.c.product_id == skus.c.product_id)
        .where(among(skus.c.id, {sku_id for sku_id, _ in wanted}), visible)
    )
    return {(row.sku_id, row.market): row.id for row in tx.sql.execute(query)}


def add_prices(tx: Tx, prices: Sequence[tuple[ListingId, Price]]) -> dict[tuple[SkuId, str], int]:
    """Put prices in force and into the history; returns their versions."""
    if not prices:
        return {}
    columns = {
        "skus": [int(price.sku_id) for _, price in prices],
        "markets": [price.market for _, price in prices],
        "listings": [int(listing_id) for listing_id, _ in prices],
        "prices": [price.price_minor for _, price in prices],
        "shippings": [price.shipping_minor for _, price in prices],
        "currencies": [price.currency.value for _, price in prices],
        "sides": [price.side for _, price in prices],
        "rules": [price.rule for _, price in prices],
        "actor": tx.actor.name,
        "now": tx.now,
    }
    rows = tx.sql.execute(ADD_PRICES, columns)
    return {(SkuId(row.sku_id), row.market): row.version for row in rows}


def priced(tx: Tx, ids: Collection[ListingId]) -> set[ListingId]:
    """Those of the listings that have a price for some SKU."""
    return {ListingId(id) for id in tx.sql.scalars(PRICED, {"ids": [int(id) for id in ids]})}


def lowest(
    tx: Tx, market: str, sku_ids: Collection[SkuId], at: datetime, days: int
) -> dict[SkuId, int]:
    """The lowest price that was in force in the days before an instant."""
    where = {"market": market, "skus": [int(id) for id in sku_ids], "at": at, "days": days}
    return {SkuId(row.sku_id): row.minor for row in tx.sql.execute(LOWEST, where)}


def asked_for(tx: Tx, market: str, sku_ids: Collection[SkuId], days: int) -> dict[SkuId, int]:
    """What each SKU cost at least in the days before its present price, or costs now if more."""
    where = {"market": market, "skus": [int(id) for id in sku_ids], "days": days}
    return {SkuId(row.sku_id): row.minor for row in tx.sql.execute(ASKED_FOR, where)}


def history(tx: Tx, market: str, sku_id: SkuId, before: int, limit: int) -> list[Price]:
    """Prices of a SKU, the latest first."""
    where = {"market": market, "sku": int(sku_id), "before": before, "limit": limit}
    return [_price(row) for row in tx.sql.execute(HISTORY, where)]


def lock_listing_counts(tx: Tx, shop_ids: Collection[ShopId]) -> None:
    """Let one at a time count the listings of a shop; the next statement sees what was added."""
    tx.sql.execute(COUNT_LOCK, {"room": LIST_LOCK, "shops": [int(id) for id in shop_ids]})


@cache
def _path(category_id: str) -> tuple[str, ...]:
    return CategoryId(category_id).path


def _offer(row: Sequence[Any]) -> Offer:
    sku, listing, price_minor, shipping_minor, currency = row[:5]
    product, shop, merchant, category, title, state = row[5:]
    return Offer(
        sku_id=SkuId(sku),
        listing_id=ListingId(listing),
        product_id=ProductId(product),
        shop_id=ShopId(shop),
        merchant_id=OrganisationId(merchant),
        category_path=_path(category),
        title=title,
        price_minor=price_minor,
        shipping_minor=shipping_minor,
        currency=Currency(currency),
        live=state == State.ACTIVATE.value,
    )


def _price(row: Row[Any]) -> Price:
    return Price(
        sku_id=SkuId(row.sku_id),
        market=row.market,
        version=row.version,
        price_minor=row.price_minor,
        shipping_minor=row.shipping_minor,
        currency=Currency(row.currency),
        from_at=row.from_at,
        side=row.side,
        rule=row.rule,
    )
