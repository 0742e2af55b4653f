"""Creating and editing products."""

import hashlib
from typing import Any

from entrepot.contexts import catalog
from entrepot.contexts.catalog import (
    Content,
    Edit,
    Listing,
    NewListing,
    NewPrice,
    NewProduct,
    NewSku,
    Product,
    ProductId,
    Sku,
    SkuChange,
    SkuDetails,
    SkuEdit,
    SkuId,
    State,
)
from entrepot.contexts.catalog import Details as ListingDetails
from entrepot.kernel.idempotency import Key, once
from entrepot.kernel.problems import each, only
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations, Scope
from entrepot.surfaces.partner_api.shapes import Nothing

from .pricing import currency_of, put_prices
from .reading import ProductSaid, SaveMode, SkuSaid, options_of
from .stock import put_stock
from .words import AUDITS, category_of, listing_of

operations = Operations()

SUBMITTED = {State.DRAFT, State.FAILED}


@operations.post("/product/202309/products", scope=Scope.PRODUCT_WRITE, body=ProductSaid)
def create_product(ask: Ask[Nothing, ProductSaid]) -> Data:
    """List a product: a draft with its SKUs, prices and stock, handed in unless it shall wait."""
    key = ask.body.idempotency_key
    if not key:
        return _answer(ask, _create(ask))
    digest = hashlib.sha256(ask.body.model_dump_json().encode()).digest()
    call = Key(f"partner.products:{ask.shop.id}", key, digest)
    return _answer(ask, once(ask.tx, call, ProductId, lambda: _create(ask)))


@operations.put(
    "/product/202509/products/{product_id}",
    older=("202309",),
    scope=Scope.PRODUCT_WRITE,
    body=ProductSaid,
)
def edit_product(ask: Ask[Nothing, ProductSaid]) -> Data:
    """Say everything of a product again; SKUs that are not named are sold no more."""
    return _edited(ask, whole=True)


@operations.post(
    "/product/202509/products/{product_id}/partial_edit",
    older=("202309",),
    scope=Scope.PRODUCT_WRITE,
    body=ProductSaid,
)
def partial_edit_product(ask: Ask[Nothing, ProductSaid]) -> Data:
    """Say something of a product; what is not said stays."""
    return _edited(ask, whole=False)


def _create(ask: Ask[Nothing, ProductSaid]) -> ProductId:
    said, tx = ask.body, ask.tx
    if said.title is None or said.category_id is None or not said.skus or not said.main_images:
        raise invalid("body", "title, category_id, main_images and skus")
    wish = NewProduct(
        merchant_id=ask.seller,
        category_id=category_of(said.category_id),
        title=said.title,
        description=catalog.sanitised(said.description or ""),
        skus=tuple(new_sku(sku, number) for number, sku in enumerate(said.skus, 1)),
    )
    product = only(catalog.create(tx, [wish]))
    currency = currency_of(ask)
    prices = tuple(
        NewPrice(sku_id=sku.id, price_minor=one.price.minor(currency, "skus.price"))
        for sku, one in zip(product.skus, said.skus, strict=True)
        if one.price is not None
    )
    draft = only(
        catalog.list_products(
            tx,
            [
                NewListing(
                    product_id=product.id,
                    shop_id=ask.shop.id,
                    prices=prices,
                    details=said.details(ListingDetails()),
                )
            ],
        )
    )
    _put_goods(ask, product, said.skus, fresh=True)
    if said.save_mode is SaveMode.LISTING:
        only(catalog.submit(tx, [draft.id]))
    return product.id


def _edited(ask: Ask[Nothing, ProductSaid], *, whole: bool) -> Data:
    said, tx = ask.body, ask.tx
    id = ask.id("product_id", ProductId)
    listing = listing_of(ask, id)
    if whole and (said.title is None or said.category_id is None or not said.skus):
        raise invalid("body", "title, category_id and skus")
    start = ListingDetails() if whole else _latest(ask, listing).details
    outcome = only(catalog.edit(tx, [_edit(listing, said, said.details(start))]))
    if said.skus is not None:
        [product] = each(catalog.products(tx, [id]))
        changed = only(catalog.change_skus(tx, [sku_change(product, said.skus, whole=whole)]))
        _put_goods(ask, changed, said.skus, fresh=False)
    if said.save_mode is SaveMode.LISTING and listing.state in SUBMITTED:
        outcome = only(catalog.submit(tx, [listing.id]))
    waits = isinstance(outcome, catalog.Shadow)
    now = "AUDITING" if waits else AUDITS.get(listing_of(ask, id).state, "NONE")
    return {**_answer(ask, id), "audit": {"status": now}}


def _latest(ask: Ask[Any, Any], listing: Listing) -> Content:
    """What a further edit starts from: the version that waits, if one does."""
    shadow = catalog.shadows(ask.tx, [listing.id]).get(listing.id)
    return listing.content if shadow is None else shadow.content


def _edit(listing: Listing, said: ProductSaid, details: ListingDetails) -> Edit:
    return Edit(
        listing_id=listing.id,
        title=said.title,
        description=None if said.description is None else catalog.sanitised(said.description),
        category_id=None if said.category_id is None else category_of(said.category_id),
        details=details,
    )


def sku_change(product: Product, said: list[SkuSaid], *, whole: bool) -> SkuChange:
    known = {sku.id: sku for sku in product.skus}
    named = {SkuId(one.id): one for one in said if one.id is not None}
    gone = [id for id in known if whole and id not in named]
    return SkuChange(
        product_id=product.id,
        edits=tuple(_sku_edit(known.get(id), id, one, whole) for id, one in named.items()),
        new=tuple(
            new_sku(one, len(known) + number)
            for number, one in enumerate((one for one in said if one.id is None), 1)
        ),
        removed=tuple(gone),
    )


def _sku_edit(before: Sku | None, id: SkuId, said: SkuSaid, whole: bool) -> SkuEdit:
    details = said.details(before.details if before else SkuDetails(), whole=whole)
    return SkuEdit(
        sku_id=id, code=said.seller_sku or None, options=options_of(details), details=details
    )


def new_sku(said: SkuSaid, number: int) -> NewSku:
    details = said.details(SkuDetails(has_code=False), whole=False)
    return NewSku(
        code=said.seller_sku or f"sku-{number}", options=options_of(details), details=details
    )


def _put_goods(ask: Ask[Any, Any], product: Product, said: list[SkuSaid], *, fresh: bool) -> None:
    """Prices and stock of what was said: by id, and new SKUs in the order they came in."""
    known = {int(sku.id): sku for sku in product.skus}
    if fresh:
        pairs = list(zip(product.skus, said, strict=True))
    else:
        new = iter(product.skus[-count:] if (count := sum(one.id is None for one in said)) else ())
        pairs = [(known[one.id] if one.id is not None else next(new), one) for one in said]
    put_prices(ask, [(sku, one) for sku, one in pairs], listed=not fresh)
    put_stock(ask, [(sku.id, stock) for sku, one in pairs for stock in one.inventory])


def _answer(ask: Ask[Any, Any], id: ProductId) -> dict[str, Any]:
    [product] = each(catalog.products(ask.tx, [id]))
    return {
        "product_id": str(product.id),
        "skus": [_sku(sku) for sku in product.skus],
    }


def _sku(sku: Sku) -> Data:
    return {
        "id": str(sku.id),
        "seller_sku": sku.code if sku.details.has_code else "",
        "external_sku_id": sku.details.external_id,
        "sales_attributes": [
            {"id": one.id, "value_id": one.value.id} for one in sku.details.sales_attributes
        ],
    }
