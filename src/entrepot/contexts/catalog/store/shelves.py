"""What shoppers leaf through."""

from typing import Any

from sqlalchemy import Row, func, or_, select, tuple_

from entrepot.contexts.catalog.lifecycle import State
from entrepot.contexts.catalog.model import Card, CategoryId, Cursor, Filters
from entrepot.contexts.catalog.tables import listings, offers
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Tx


def cards(tx: Tx, market: str, filters: Filters, after: Cursor | None, limit: int) -> list[Card]:
    """The next live listings of a market, the newest first."""
    cheapest = (
        select(
            func.min(offers.c.price_minor).label("minor"),
            func.min(offers.c.currency).label("currency"),
        )
        .where(offers.c.listing_id == listings.c.id)
        .lateral("cheapest")
    )
    query = select(listings, cheapest.c.minor, cheapest.c.currency).where(
        listings.c.market == market,
        listings.c.state == State.ACTIVATE.value,
        cheapest.c.minor.is_not(None),
    )
    if after is not None:
        key = tuple_(listings.c.live_at, listings.c.id)
        query = query.where(key < tuple_(after.live_at, int(after.listing_id)))
    if filters.category_id is not None:
        below = listings.c.category_id.startswith(f"{filters.category_id}-", autoescape=True)
        query = query.where(or_(listings.c.category_id == filters.category_id, below))
    if filters.shop_id is not None:
        query = query.where(listings.c.shop_id == filters.shop_id)
    if filters.text is not None:
        query = query.where(listings.c.title.icontains(filters.text, autoescape=True))
    if filters.min_minor is not None:
        query = query.where(cheapest.c.minor >= filters.min_minor)
    if filters.max_minor is not None:
        query = query.where(cheapest.c.minor <= filters.max_minor)
    newest = query.order_by(listings.c.live_at.desc(), listings.c.id.desc())
    return [_card(row) for row in tx.sql.execute(newest.limit(limit))]


def _card(row: Row[Any]) -> Card:
    return Card(
        listing_id=row.id,
        product_id=row.product_id,
        shop_id=row.shop_id,
        category_id=CategoryId(row.category_id),
        title=row.title,
        from_minor=row.minor,
        currency=Currency(row.currency),
        live_at=row.live_at,
    )
