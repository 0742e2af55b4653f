"""What sellers find among their products, and what waits for an audit."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, text, tuple_

from entrepot.contexts.catalog.lifecycle import State
from entrepot.contexts.catalog.model import Listing, ListingId, ProductId, ProductSearch, SkuId
from entrepot.contexts.catalog.tables import listings, skus
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.ids import among
from entrepot.kernel.tx import Tx

from .listings import listing_of

MOST_COUNTED = (
    10_000  # Beyond, a total is said to be this: counting on would cost more than it tells.
)
DUE = text(
    "select id from catalog.listings where audit_at <= :at and audit_at is not null"
    " order by audit_at, id limit :n for no key update skip locked"
)
DUE_SHADOWS = text(
    "select listing_id from catalog.shadows where audit_at <= :at and audit_at is not null"
    " order by audit_at, listing_id limit :n for no key update skip locked"
)
NEXT = text(
    "select least((select min(audit_at) from catalog.listings where audit_at is not null),"
    " (select min(audit_at) from catalog.shadows where audit_at is not null))"
)
LEAVE = (
    text(
        "update catalog.listings set audit_at = null"
        " where id = any(cast(:ids as bigint[])) and audit_at is not null"
    ),
    text(
        "update catalog.shadows set audit_at = null"
        " where listing_id = any(cast(:ids as bigint[])) and audit_at is not null"
    ),
)
REASONS = text(
    "select distinct on (listing_id) listing_id, reasons from catalog.moves"
    " where verb in ('reject', 'take_down', 'freeze')"
    " and listing_id = any(cast(:ids as bigint[])) order by listing_id, id desc"
)
SHADOW_STATES = text(
    "select distinct on (listing_id) listing_id, state, reasons from catalog.shadows"
    " where listing_id = any(cast(:ids as bigint[])) order by listing_id, number desc"
)


def search(
    tx: Tx,
    asked: ProductSearch,
    after: tuple[datetime, ListingId] | None,
    limit: int,
    visible: ColumnElement[bool],
) -> list[Listing]:
    """Listings of a shop, the last listed first, after a cursor of (listed_at, id)."""
    newest = _newest(_narrowed(select(listings), asked, visible), after, limit)
    return [listing_of(row) for row in tx.sql.execute(newest)]


def search_ids(
    tx: Tx,
    asked: ProductSearch,
    after: tuple[datetime, ListingId] | None,
    limit: int,
    visible: ColumnElement[bool],
) -> list[tuple[datetime, ListingId]]:
    """The same as the instant that they are sorted by, and their id."""
    query = _narrowed(select(listings.c.listed_at, listings.c.id), asked, visible)
    found = tx.sql.execute(_newest(query, after, limit)).all()
    return [(row[0], row[1]) for row in found]


def count(tx: Tx, asked: ProductSearch, visible: ColumnElement[bool]) -> int:
    """How many there are, up to a bound."""
    found = _narrowed(select(listings.c.id), asked, visible).limit(MOST_COUNTED).subquery()
    number: int = tx.sql.execute(select(func.count()).select_from(found)).scalar_one()
    return number


def _newest(
    query: Select[*tuple[Any, ...]], after: tuple[datetime, ListingId] | None, limit: int
) -> Select[*tuple[Any, ...]]:
    if after is not None:
        query = query.where(tuple_(listings.c.listed_at, listings.c.id) < (after[0], int(after[1])))
    return query.order_by(listings.c.listed_at.desc(), listings.c.id.desc()).limit(limit)


def _narrowed(
    query: Select[*tuple[Any, ...]], asked: ProductSearch, visible: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    conditions = [listings.c.shop_id == asked.shop_id, visible, *_times(asked)]
    if asked.states:
        conditions.append(listings.c.state.in_([state.value for state in asked.states]))
    if asked.codes:
        conditions.append(_has_sku(skus.c.code.in_(asked.codes)))
    if asked.sku_ids:
        conditions.append(_has_sku(among(skus.c.id, asked.sku_ids)))
    if asked.category_id is not None:
        below = listings.c.category_id.startswith(f"{asked.category_id}-", autoescape=True)
        conditions.append(or_(listings.c.category_id == asked.category_id, below))
    return query.where(*conditions)


def _times(asked: ProductSearch) -> list[ColumnElement[bool]]:
    listed, updated = listings.c.listed_at, listings.c.updated_at
    bounds: list[ColumnElement[bool] | None] = [
        None if asked.listed_from is None else listed >= asked.listed_from,
        None if asked.listed_to is None else listed <= asked.listed_to,
        None if asked.updated_from is None else updated >= asked.updated_from,
        None if asked.updated_to is None else updated <= asked.updated_to,
    ]
    return [bound for bound in bounds if bound is not None]


def _has_sku(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        skus.c.product_id == listings.c.product_id, skus.c.removed_at.is_(None), which
    )


def in_shop(
    tx: Tx, shop_id: ShopId, ids: Collection[ProductId], visible: ColumnElement[bool]
) -> dict[ProductId, Listing]:
    """The listings that products have in a shop."""
    query = select(listings).where(
        listings.c.shop_id == shop_id, among(listings.c.product_id, ids), visible
    )
    return {row.product_id: listing_of(row) for row in tx.sql.execute(query)}


def in_markets(tx: Tx, ids: Collection[ProductId], visible: ColumnElement[bool]) -> list[Listing]:
    """The listings that products have in whichever markets, by product and market."""
    there = listings.c.state != State.DELETED.value
    query = select(listings).where(among(listings.c.product_id, ids), there, visible)
    ordered = query.order_by(listings.c.product_id, listings.c.market)
    return [listing_of(row) for row in tx.sql.execute(ordered)]


def products_of_skus(tx: Tx, ids: Collection[SkuId]) -> dict[SkuId, ProductId]:
    query = select(skus.c.id, skus.c.product_id).where(among(skus.c.id, ids))
    return {row.id: row.product_id for row in tx.sql.execute(query)}


def due_for_audit(tx: Tx, at: datetime, n: int) -> tuple[list[ListingId], list[ListingId]]:
    """Listings, and listings with a version that waits, which the rules judge by now; locked."""
    where = {"at": at, "n": n}
    first, second = tx.sql.scalars(DUE, where), tx.sql.scalars(DUE_SHADOWS, where)
    return [ListingId(id) for id in first], [ListingId(id) for id in second]


def leave_to_people(tx: Tx, ids: Sequence[ListingId]) -> None:
    """Let a person decide what the rules could not."""
    for statement in LEAVE if ids else ():
        tx.sql.execute(statement, {"ids": [int(id) for id in ids]})


def next_audit_at(tx: Tx) -> datetime | None:
    at: datetime | None = tx.sql.execute(NEXT).scalar_one()
    return at


def last_reasons(tx: Tx, ids: Sequence[ListingId]) -> dict[ListingId, tuple[str, ...]]:
    """Why the platform refused or stopped listings last."""
    rows = tx.sql.execute(REASONS, {"ids": [int(id) for id in ids]})
    return {ListingId(row.listing_id): tuple(row.reasons) for row in rows}


def shadow_states(tx: Tx, ids: Sequence[ListingId]) -> dict[ListingId, tuple[str, tuple[str, ...]]]:
    """What became of the last version that waited, with its reasons."""
    rows = tx.sql.execute(SHADOW_STATES, {"ids": [int(id) for id in ids]})
    return {ListingId(row.listing_id): (row.state, tuple(row.reasons)) for row in rows}
