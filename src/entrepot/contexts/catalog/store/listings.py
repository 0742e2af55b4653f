"""Statements on listings, their moves and their shadow versions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, select, text

from entrepot.contexts.catalog.lifecycle import State, Verb
from entrepot.contexts.catalog.model import (
    Audit,
    CategoryId,
    Content,
    Listing,
    ListingFilters,
    ListingId,
    ProductId,
    Shadow,
)
from entrepot.contexts.catalog.tables import listings
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import among
from entrepot.kernel.tx import Tx

from . import said

ADD_LISTINGS, SAVE_MOVES, SUPERSEDE, DECIDE, REPLACE = (
    sql_file(__file__, name)
    for name in ("add_listings", "save_moves", "supersede", "decide", "replace_contents")
)
SHADOWS = text(
    "select listing_id, number, category_id, title, description, details from catalog.shadows"
    " where state = 'auditing' and listing_id = any(cast(:ids as bigint[]))"
    " order by listing_id for no key update"
)
OF_SHOPS = text(
    "select shop_id, count(*) as n from catalog.listings"
    " where state <> 'deleted' and shop_id = any(cast(:shops as bigint[])) group by shop_id"
)


def add_listings(tx: Tx, made: Sequence[Listing]) -> set[ListingId]:
    """Write listings; returns those whose product had none in the market yet."""
    if not made:
        return set()
    columns = {
        "ids": [int(listing.id) for listing in made],
        "products": [int(listing.product_id) for listing in made],
        "shops": [int(listing.shop_id) for listing in made],
        "merchants": [int(listing.merchant_id) for listing in made],
        "markets": [listing.market for listing in made],
        **_contents([listing.content for listing in made]),
        "states": [listing.state.value for listing in made],
        "now": tx.now,
    }
    return {ListingId(id) for id in tx.sql.scalars(ADD_LISTINGS, columns)}


def listings_by(
    tx: Tx, ids: Collection[ListingId], visible: ColumnElement[bool]
) -> dict[ListingId, Listing]:
    query = select(listings).where(among(listings.c.id, ids), visible)
    return {row.id: listing_of(row) for row in tx.sql.execute(query)}


def listings_page(
    tx: Tx,
    filters: ListingFilters,
    after: ListingId,
    limit: int,
    visible: ColumnElement[bool],
) -> list[Listing]:
    query = select(listings).where(listings.c.id > after, visible)
    if filters.state is not None:
        query = query.where(listings.c.state == filters.state.value)
    if filters.market is not None:
        query = query.where(listings.c.market == filters.market)
    if filters.shop_id is not None:
        query = query.where(listings.c.shop_id == filters.shop_id)
    return [listing_of(row) for row in tx.sql.execute(query.order_by(listings.c.id).limit(limit))]


def live_detail(tx: Tx, market: str, product_id: ProductId) -> Listing | None:
    query = select(listings).where(
        listings.c.product_id == product_id,
        listings.c.market == market,
        listings.c.state == State.ACTIVATE.value,
    )
    row = tx.sql.execute(query).one_or_none()
    return None if row is None else listing_of(row)


def listings_of_shops(tx: Tx, shop_ids: Collection[ShopId]) -> dict[ShopId, int]:
    """How many products each shop lists, live or not."""
    rows = tx.sql.execute(OF_SHOPS, {"shops": [int(id) for id in shop_ids]})
    return {ShopId(row.shop_id): row.n for row in rows}


def save_moves(
    tx: Tx,
    moves: Sequence[tuple[Listing, Listing, Verb, tuple[str, ...]]],
) -> set[ListingId]:
    """Write moves with their history; returns the listings that stood where they started from.

    Several moves of one listing are one change of its row, from the first state to the last.
    """
    if not moves:
        return set()
    first = {before.id: before for before, _, _, _ in reversed(moves)}
    last = {after.id: after for _, after, _, _ in moves}
    columns = {
        "ids": [int(id) for id in first],
        "from": [before.state.value for before in first.values()],
        "to": [last[id].state.value for id in first],
        "live": [last[id].live_at for id in first],
        "deleted": [last[id].deleted_at for id in first],
        "audits": [last[id].audit_at for id in first],
        "moved": [int(after.id) for _, after, _, _ in moves],
        "verbs": [verb.value for _, _, verb, _ in moves],
        "before": [before.state.value for before, _, _, _ in moves],
        "after": [after.state.value for _, after, _, _ in moves],
        "reasons": [orjson.dumps(reasons).decode() for _, _, _, reasons in moves],
        "actor": tx.actor.name,
        "now": tx.now,
    }
    return {ListingId(id) for id in tx.sql.scalars(SAVE_MOVES, columns)}


def replace_contents(
    tx: Tx, edits: Sequence[tuple[Listing, Content]]
) -> dict[ListingId, CategoryId]:
    """Write contents; returns the listings that were still in the state that was read.

    With the category that each had until now: a rival may have changed it since it was read.
    """
    if not edits:
        return {}
    columns = {
        "ids": [int(listing.id) for listing, _ in edits],
        "states": [listing.state.value for listing, _ in edits],
        **_contents([content for _, content in edits]),
        "now": tx.now,
    }
    rows = tx.sql.execute(REPLACE, columns)
    return {ListingId(row.id): CategoryId(row.category_id) for row in rows}


def supersede(
    tx: Tx, edits: Sequence[tuple[Listing, Content]], audits: Sequence[datetime | None]
) -> dict[ListingId, int]:
    """Write shadow versions, in place of those that were waiting; returns their numbers."""
    if not edits:
        return {}
    columns = {
        "ids": [int(listing.id) for listing, _ in edits],
        **_contents([content for _, content in edits]),
        "audits": list(audits),
        "actor": tx.actor.name,
        "now": tx.now,
    }
    tx.sql.execute(SUPERSEDE_WAITING, {"ids": columns["ids"], "now": tx.now})
    return {ListingId(row.listing_id): row.number for row in tx.sql.execute(SUPERSEDE, columns)}


SUPERSEDE_WAITING = text(
    "update catalog.shadows set state = 'superseded', decided_at = :now, audit_at = null"
    " where state = 'auditing' and listing_id = any(cast(:ids as bigint[]))"
)


def open_shadows(tx: Tx, ids: Collection[ListingId]) -> dict[ListingId, Shadow]:
    """The versions that wait for an audit, locked."""
    rows = tx.sql.execute(SHADOWS, {"ids": [int(id) for id in ids]})
    found = (
        Shadow(listing_id=ListingId(row.listing_id), number=row.number, content=_content(row))
        for row in rows
    )
    return {shadow.listing_id: shadow for shadow in found}


def decide_shadows(
    tx: Tx, decided: Sequence[tuple[Shadow, Audit]], replaced: Mapping[ListingId, Content]
) -> None:
    """Write what became of shadow versions, with what was live before the ones that passed."""
    columns = {
        "ids": [int(shadow.listing_id) for shadow, _ in decided],
        "states": ["passed" if audit.passes else "rejected" for _, audit in decided],
        "reasons": [orjson.dumps(audit.reasons).decode() for _, audit in decided],
        "replaced": [
            _json(replaced[shadow.listing_id]) if audit.passes else None
            for shadow, audit in decided
        ],
        "now": tx.now,
    }
    tx.sql.execute(DECIDE, columns)


def _contents(contents: Sequence[Content]) -> dict[str, list[str]]:
    return {
        "categories": [str(content.category_id) for content in contents],
        "titles": [content.title for content in contents],
        "descriptions": [content.description for content in contents],
        "details": [said.listing(content.details) for content in contents],
    }


def _json(content: Content) -> str:
    return orjson.dumps(
        {
            "category_id": str(content.category_id),
            "title": content.title,
            "description": content.description,
            "details": orjson.Fragment(said.listing(content.details)),
        }
    ).decode()


def _content(row: Row[Any]) -> Content:
    return Content(
        category_id=CategoryId(row.category_id),
        title=row.title,
        description=row.description,
        details=said.listing_of(row.details),
    )


def listing_of(row: Row[Any]) -> Listing:
    return Listing(
        id=row.id,
        product_id=row.product_id,
        shop_id=row.shop_id,
        merchant_id=row.merchant_id,
        market=row.market,
        content=_content(row),
        state=State(row.state),
        listed_at=row.listed_at,
        live_at=row.live_at,
        deleted_at=row.deleted_at,
        updated_at=row.updated_at,
        audit_at=row.audit_at,
    )
