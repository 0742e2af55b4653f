"""Categories and products."""

from collections import Counter
from collections.abc import Collection, Sequence

from entrepot.contexts import merchants
from entrepot.contexts.catalog import access, store
from entrepot.contexts.catalog.access import Permission
from entrepot.contexts.catalog.model import Category, CategoryId, NewProduct, Product
from entrepot.contexts.catalog.saying import bad_sku
from entrepot.kernel.problems import BadInput, NotFound, Problem
from entrepot.kernel.tx import Tx


def load_categories(tx: Tx, rows: Sequence[Category]) -> None:
    """Bring the tree in, or up to date. The platform does this when it starts."""
    assert tx.actor.almighty, "the tree is the platform's own"
    store.add_categories(tx, rows)


def create(tx: Tx, wishes: Sequence[NewProduct]) -> list[Product | Problem]:
    """Create products with their SKUs. They are sold nowhere until they are listed."""
    known = store.categories_by(tx, {wish.category_id for wish in wishes})
    refused = [_problem(tx, wish, known) for wish in wishes]
    allowed = [wish for wish, no in zip(wishes, refused, strict=True) if no is None]
    made = iter(store.add_products(tx, allowed) if allowed else ())
    return [no or next(made) for no in refused]


def _problem(tx: Tx, wish: NewProduct, known: Collection[CategoryId]) -> Problem | None:
    if not merchants.sides(tx.actor, Permission.EDIT, wish.merchant_id):
        return access.not_granted(Permission.EDIT)
    if wish.category_id not in known:
        return NotFound("category", wish.category_id)
    if not wish.title.strip():
        return BadInput("title", "give the product a title")
    if not wish.skus:
        return BadInput("skus", "a product has at least one SKU")
    codes = Counter(sku.code for sku in wish.skus)
    if not all(code.strip() for code in codes) or max(codes.values()) > 1:
        return BadInput("skus.code", "each SKU has a code of its own")
    bad = (bad_sku(tx, wish.merchant_id, sku.details) for sku in wish.skus)
    return next(filter(None, bad), None)
