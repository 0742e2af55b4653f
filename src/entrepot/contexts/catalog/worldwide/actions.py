"""What is done to global products themselves; their listings are changed as any other."""

from collections.abc import Collection, Sequence

from entrepot.contexts import merchants
from entrepot.contexts.catalog import access, store
from entrepot.contexts.catalog.access import Permission
from entrepot.contexts.catalog.actions.create import create
from entrepot.contexts.catalog.model import CategoryId, ProductId
from entrepot.contexts.catalog.saying import bad_details
from entrepot.kernel.problems import BadInput, NotFound, Problem
from entrepot.kernel.tx import Tx

from . import store as rows
from .model import (
    GlobalEdit,
    GlobalPrice,
    GlobalProduct,
    GlobalState,
    NewGlobal,
)


def create_globals(tx: Tx, wishes: Sequence[NewGlobal]) -> list[GlobalProduct | Problem]:
    """Create products to be published in several markets. They are listed nowhere yet."""
    refused = [_bad(tx, wish) for wish in wishes]
    allowed = [wish for wish, no in zip(wishes, refused, strict=True) if no is None]
    made = create(tx, [wish.product for wish in allowed])
    pairs = [
        (product, wish)
        for product, wish in zip(made, allowed, strict=True)
        if not isinstance(product, Problem)
    ]
    rows.add_globals(tx, pairs)
    found = rows.globals_by(tx, {product.id: product for product, _ in pairs})
    outcomes = iter(one if isinstance(one, Problem) else found[one.id] for one in made)
    return [no or next(outcomes) for no in refused]


def edit_globals(tx: Tx, wishes: Sequence[GlobalEdit]) -> list[GlobalProduct | Problem]:
    """Say other things of global products; one wish for a product at a time.

    What is listed already is not touched: a listing is edited, and audited, by itself.
    """
    ids = [wish.product_id for wish in wishes]
    held = _held(tx, ids)
    known = store.categories_by(tx, {wish.category_id for wish in wishes if wish.category_id})
    refused = [_bad_edit(tx, wish, held[wish.product_id], known) for wish in wishes]
    rows.edit_globals(tx, [wish for wish, no in zip(wishes, refused, strict=True) if no is None])
    after = _held(tx, ids)
    return [no or after[wish.product_id] for no, wish in zip(refused, wishes, strict=True)]


def delete_globals(tx: Tx, ids: Sequence[ProductId]) -> list[GlobalProduct | Problem]:
    """Put global products away. Their listings go on: each is deleted by itself."""
    held = _held(tx, ids)
    gone = [id for id, one in held.items() if not isinstance(one, Problem)]
    rows.delete_globals(tx, gone)
    return [held[id] for id in ids]


def _held(tx: Tx, ids: Sequence[ProductId]) -> dict[ProductId, GlobalProduct | Problem]:
    store.hold_products(tx, ids)
    found = rows.globals_by(tx, access.products_to_list(tx, ids))
    return {id: _mine(tx, id, found.get(id)) for id in ids}


def _mine(tx: Tx, id: ProductId, found: GlobalProduct | None) -> GlobalProduct | Problem:
    if found is None or found.state is GlobalState.DELETED:
        return NotFound("global product", id)
    if not merchants.sides(tx.actor, Permission.EDIT, found.product.merchant_id):
        return access.not_granted(Permission.EDIT)
    return found


def _bad(tx: Tx, wish: NewGlobal) -> Problem | None:
    if len(wish.prices) != len(wish.product.skus):
        return BadInput("skus.price", "a price for each SKU")
    return _bad_price(wish.prices) or bad_details(tx, wish.product.merchant_id, wish.details)


def _bad_edit(
    tx: Tx, wish: GlobalEdit, held: GlobalProduct | Problem, known: Collection[CategoryId]
) -> Problem | None:
    if isinstance(held, Problem):
        return held
    if wish.title is not None and not wish.title.strip():
        return BadInput("title", "give the product a title")
    if wish.category_id is not None and wish.category_id not in known:
        return NotFound("category", wish.category_id)
    if wish.prices is not None and not wish.prices.keys() <= {one.id for one in held.product.skus}:
        return BadInput("skus.id", "SKUs of this product")
    if wish.prices is not None and (no := _bad_price([*wish.prices.values()])):
        return no
    owner = held.product.merchant_id
    return None if wish.details is None else bad_details(tx, owner, wish.details)


def _bad_price(prices: Sequence[GlobalPrice]) -> BadInput | None:
    free = any(price.price_minor <= 0 for price in prices)
    return BadInput("skus.price", "a price is more than nothing") if free else None
