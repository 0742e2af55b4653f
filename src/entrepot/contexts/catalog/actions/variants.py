"""Changing which SKUs a product has, and what is said of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from entrepot.contexts import merchants
from entrepot.contexts.catalog import access, store
from entrepot.contexts.catalog.access import Permission
from entrepot.contexts.catalog.events import SkusChanged
from entrepot.contexts.catalog.model import (
    Product,
    ProductId,
    Sku,
    SkuChange,
    SkuEdit,
    SkuId,
)
from entrepot.contexts.catalog.responsibility import Grounds, refused
from entrepot.contexts.catalog.saying import bad_sku
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import BadInput, NotFound, Problem
from entrepot.kernel.tx import Tx

MOST = 300


def change_skus(tx: Tx, wishes: Sequence[SkuChange]) -> list[Product | Problem]:
    """Add, change and remove SKUs. What is removed is offered nowhere any more, for good.

    A product has at least one SKU, each with a code of its own. One wish for a product at a time.
    SKUs belong to the content: wherever the product is listed, the one who wishes has to own that.
    """
    ids = {wish.product_id for wish in wishes}
    store.hold_products(tx, ids)
    held = access.products_to_list(tx, ids)
    others = _decided_by_others(tx, held)
    outcomes = [others.get(wish.product_id) or _changed(tx, wish, held) for wish in wishes]
    done = [
        (wish, product)
        for wish, product in zip(wishes, outcomes, strict=True)
        if isinstance(product, Product)
    ]
    store.remove_skus(tx, [id for wish, _ in done for id in wish.removed])
    edited = {edit.sku_id for wish, _ in done for edit in wish.edits}
    before = {sku.id for product in held.values() for sku in product.skus}
    every = [(product.id, sku) for _, product in done for sku in product.skus]
    store.save_skus(tx, [sku for _, sku in every if sku.id in edited])
    store.add_skus(tx, [(id, sku) for id, sku in every if sku.id not in before])
    store.touch(tx, [product.id for _, product in done])
    emit(tx, [SkusChanged.of(product, wish.removed, tx.now) for wish, product in done])
    return outcomes


def _decided_by_others(tx: Tx, held: Mapping[ProductId, Product]) -> dict[ProductId, Problem]:
    """Products with a listing whose content this actor does not decide, and by which rule."""
    listings = store.in_markets(tx, held.keys(), access.visible_to(tx.actor))
    grounds = Grounds.of(tx, {listing.shop_id for listing in listings})
    found: dict[ProductId, Problem] = {}
    for listing in listings:
        ground = grounds.at(listing.shop_id)
        if isinstance(ground, Problem):
            no: Problem | None = ground
        else:
            no = refused(tx, ground, Permission.EDIT, listing.merchant_id)
        if no is not None:
            found.setdefault(listing.product_id, no)
    return found


def _changed(tx: Tx, wish: SkuChange, held: Mapping[ProductId, Product]) -> Product | Problem:
    product = held.get(wish.product_id)
    if product is None:
        return NotFound("product", wish.product_id)
    if not merchants.sides(tx.actor, Permission.EDIT, product.merchant_id):
        return access.not_granted(Permission.EDIT)
    known = {sku.id: sku for sku in product.skus}
    asked = [*(edit.sku_id for edit in wish.edits), *wish.removed]
    unknown = next((id for id in asked if id not in known), None)
    if unknown is not None:
        return NotFound("sku", unknown)
    edits = {edit.sku_id: edit for edit in wish.edits}
    kept = [_edited(sku, edits.get(id)) for id, sku in known.items() if id not in wish.removed]
    fresh = [
        Sku(id=id, code=new.code, options=dict(new.options), details=new.details)
        for id, new in zip(new_ids(tx.sql, SkuId, len(wish.new)), wish.new, strict=True)
    ]
    after = replace(product, skus=(*kept, *fresh))
    return _bad(tx, after) or after


def _edited(sku: Sku, edit: SkuEdit | None) -> Sku:
    if edit is None:
        return sku
    return replace(
        sku,
        code=sku.code if edit.code is None else edit.code,
        options=sku.options if edit.options is None else dict(edit.options),
        details=sku.details if edit.details is None else edit.details,
    )


def _bad(tx: Tx, after: Product) -> Problem | None:
    if not 1 <= len(after.skus) <= MOST:
        return BadInput("skus", f"1 to {MOST} SKUs")
    codes = Counter(sku.code for sku in after.skus)
    if not all(code.strip() for code in codes) or max(codes.values()) > 1:
        return BadInput("skus.code", "each SKU has a code of its own")
    bad = (bad_sku(tx, after.merchant_id, sku.details) for sku in after.skus)
    return next(filter(None, bad), None)
