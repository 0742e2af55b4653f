"""Public reads of global products."""

from collections.abc import Collection

from entrepot.contexts.catalog import access
from entrepot.contexts.catalog import store as products
from entrepot.contexts.catalog.model import Listing, ProductId
from entrepot.kernel.problems import NotFound, Problem
from entrepot.kernel.tx import Tx

from . import store
from .model import GlobalProduct, GlobalSearch


def global_products(tx: Tx, ids: Collection[ProductId]) -> list[GlobalProduct | Problem]:
    """Global products as this actor may see them, deleted ones too, in the order of the ids."""
    visible = access.products_visible_to(tx.actor)
    found = store.globals_by(tx, products.products_by(tx, ids, visible))
    return [found.get(id) or NotFound("global product", id) for id in ids]


def find_globals(
    tx: Tx, asked: GlobalSearch, after: ProductId | None = None, limit: int = 50
) -> tuple[list[GlobalProduct], int]:
    """The next global products of a merchant, the newest first, and how many there are in all."""
    ids, total = store.global_ids(tx, asked, after, limit)
    rows = global_products(tx, ids)
    return [one for one in rows if not isinstance(one, Problem)], total


def listings_everywhere(tx: Tx, ids: Collection[ProductId]) -> list[Listing]:
    """The listings of products in all markets, as this actor may see them, by market."""
    return products.in_markets(tx, ids, access.visible_to(tx.actor))
