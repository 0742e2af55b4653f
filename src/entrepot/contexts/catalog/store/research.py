"""What is found by those who check products for compliance."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from entrepot.contexts.catalog.lifecycle import State
from entrepot.contexts.catalog.model import Listing, ListingId
from entrepot.contexts.catalog.research import Research
from entrepot.contexts.catalog.tables import listings
from entrepot.kernel.ids import among
from entrepot.kernel.tx import Tx

from .listings import listing_of
from .search import MOST_COUNTED


def research(
    tx: Tx,
    asked: Research,
    after: ListingId | None,
    limit: int,
    visible: ColumnElement[bool],
) -> tuple[list[Listing], int]:
    """The next listings in whichever markets, the newest first, and how many there are."""
    query = _narrowed(select(listings), asked, visible)
    if after is not None:
        query = query.where(listings.c.id < after)
    rows = tx.sql.execute(query.order_by(listings.c.id.desc()).limit(limit)).all()
    counted = _narrowed(select(listings.c.id), asked, visible).limit(MOST_COUNTED).subquery()
    total: int = tx.sql.execute(select(func.count()).select_from(counted)).scalar_one()
    return [listing_of(row) for row in rows], total


def _narrowed(query: Select[Any], asked: Research, visible: ColumnElement[bool]) -> Select[Any]:
    there = query.where(visible, listings.c.state != State.DELETED.value)
    if asked.product_ids:
        return there.where(among(listings.c.product_id, asked.product_ids))
    if asked.title:
        there = there.where(listings.c.title.icontains(asked.title, autoescape=True))
    if asked.shop_ids:
        there = there.where(among(listings.c.shop_id, asked.shop_ids))
    if asked.category_ids:
        there = there.where(listings.c.category_id.in_([str(id) for id in asked.category_ids]))
    if asked.brand_ids:
        brands = [str(int(id)) for id in asked.brand_ids]
        there = there.where(listings.c.details["brand_id"].astext.in_(brands))
    return there
