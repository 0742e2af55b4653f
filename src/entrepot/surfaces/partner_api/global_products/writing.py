"""Creating, editing and deleting global products, and saying where their goods lie."""

from collections.abc import Sequence
from typing import Any

from entrepot.contexts import catalog
from entrepot.contexts.catalog import (
    Details,
    Edit,
    GlobalEdit,
    GlobalPrice,
    GlobalProduct,
    Listing,
    NewGlobal,
    NewProduct,
    PriceChange,
    Product,
    ProductId,
    Sku,
    SkuId,
)
from entrepot.kernel.problems import NotFound, Problem, each, only
from entrepot.surfaces.partner_api.codes import Code, invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.money import minor
from entrepot.surfaces.partner_api.operations import Ask, Operations, Scope
from entrepot.surfaces.partner_api.products.stock import put_stock
from entrepot.surfaces.partner_api.products.words import category_of
from entrepot.surfaces.partner_api.products.writing import new_sku, sku_change
from entrepot.surfaces.partner_api.shapes import Nothing

from .said import Deletion, GlobalSaid, GlobalSku, Stocks
from .showing import code_of

operations = Operations()

PATH = "/product/202309/global_products"


@operations.post(PATH, scope=Scope.GLOBAL_PRODUCT_WRITE, body=GlobalSaid, shop=False)
def create_global_product(ask: Ask[Nothing, GlobalSaid]) -> Data:
    """Say what a product is, before any market lists it."""
    said, tx = ask.body, ask.tx
    if said.title is None or said.category_id is None or not said.global_skus:
        raise invalid("body", "title, category_id and skus")
    wish = NewGlobal(
        product=NewProduct(
            merchant_id=ask.seller,
            category_id=category_of(said.category_id),
            title=said.title,
            description=catalog.sanitised(said.description or ""),
            skus=tuple(new_sku(sku, number) for number, sku in enumerate(said.global_skus, 1)),
        ),
        details=said.details(Details()),
        locale=said.source_locale,
        prices=tuple(_price(sku) for sku in said.global_skus),
    )
    made = only(catalog.create_globals(tx, [wish]))
    pairs = zip(made.product.skus, said.global_skus, strict=True)
    put_stock(ask, [(sku.id, stock) for sku, one in pairs for stock in one.stock()])
    return {"global_product_id": str(made.product.id), "global_skus": _skus(made.product)}


@operations.put(
    f"{PATH}/{{global_product_id}}",
    scope=Scope.GLOBAL_PRODUCT_WRITE,
    body=GlobalSaid,
    shop=False,
)
def edit_global_product(ask: Ask[Nothing, GlobalSaid]) -> Data:
    """Say everything again; SKUs that are not named are sold no more."""
    said = ask.body
    if said.title is None or said.category_id is None or not said.global_skus:
        raise invalid("body", "title, category_id and skus")
    return _edited(ask, whole=True)


@operations.put(
    "/product/202509/global_products/{global_product_id}/partial_edit",
    scope=Scope.GLOBAL_PRODUCT_WRITE,
    body=GlobalSaid,
    shop=False,
)
def partial_edit_global_product(ask: Ask[Nothing, GlobalSaid]) -> Data:
    """Say something; what is not said stays."""
    return _edited(ask, whole=False)


@operations.delete(PATH, scope=Scope.GLOBAL_PRODUCT_DELETE, body=Deletion, shop=False)
def delete_global_products(ask: Ask[Nothing, Deletion]) -> Data:
    """Put global products away; local products go on. What cannot be deleted is told."""
    ids = [ProductId(id) for id in ask.body.global_product_ids]
    outcomes = zip(ids, catalog.delete_globals(ask.tx, ids), strict=True)
    return {
        "errors": [
            {
                "code": int(Code.NOT_FOUND),
                "message": str(no),
                "detail": {"global_product_id": str(id)},
            }
            for id, no in outcomes
            if isinstance(no, Problem)
        ]
    }


@operations.post(
    f"{PATH}/{{global_product_id}}/inventory/update",
    scope=Scope.GLOBAL_PRODUCT_WRITE,
    body=Stocks,
    shop=False,
)
def update_global_inventory(ask: Ask[Nothing, Stocks]) -> Data:
    """Say how much is free in warehouses, whatever markets they ship to."""
    known = {int(sku.id) for sku in found_global(ask).product.skus}
    wrong = next((said.id for said in ask.body.global_skus if said.id not in known), None)
    if wrong is not None:
        raise NotFound("global SKU", wrong)
    wanted = [(SkuId(said.id), stock) for said in ask.body.global_skus for stock in said.inventory]
    put_stock(ask, wanted)
    return {}


def found_global(ask: Ask[Any, Any]) -> GlobalProduct:
    """The global product of the path; a deleted one is none."""
    id = ask.id("global_product_id", ProductId)
    one = only(catalog.global_products(ask.tx, [id]))
    if one.state is catalog.GlobalState.DELETED:
        raise NotFound("global product", id)
    return one


def _edited(ask: Ask[Nothing, GlobalSaid], *, whole: bool) -> Data:
    said, tx, before = ask.body, ask.tx, found_global(ask)
    id = before.product.id
    product = before.product
    if said.global_skus is not None:
        change = sku_change(product, [*said.global_skus], whole=whole)
        product = only(catalog.change_skus(tx, [change]))
    pairs = _pairs(product, said.global_skus or [])
    edit = GlobalEdit(
        product_id=id,
        title=said.title,
        description=None if said.description is None else catalog.sanitised(said.description),
        category_id=None if said.category_id is None else category_of(said.category_id),
        details=said.details(Details() if whole else before.details),
        prices={sku.id: price for sku, one in pairs if (price := one.global_price())},
    )
    only(catalog.edit_globals(tx, [edit]))
    put_stock(ask, [(sku.id, stock) for sku, one in pairs for stock in one.stock()])
    results = _spread(ask, edit, whole=whole)
    _put_local_prices(ask, pairs)
    return {"global_skus": _skus(product), "publish_results": results}


def _pairs(product: Product, said: Sequence[GlobalSku]) -> list[tuple[Sku, GlobalSku]]:
    """By id; new ones in the order they came in."""
    known = {int(sku.id): sku for sku in product.skus}
    fresh = sum(one.id is None for one in said)
    new = iter(product.skus[-fresh:] if fresh else ())
    return [(known[one.id] if one.id is not None else next(new), one) for one in said]


def _spread(ask: Ask[Nothing, GlobalSaid], edit: GlobalEdit, *, whole: bool) -> list[Data]:
    """Edit the listings of all markets alike; each is audited, or refused, by itself."""
    listings = catalog.listings_everywhere(ask.tx, [edit.product_id])
    waiting = catalog.shadows(ask.tx, [listing.id for listing in listings])
    wishes = [
        Edit(
            listing_id=one.id,
            title=edit.title,
            description=edit.description,
            category_id=edit.category_id,
            details=_local_details(ask, one, waiting.get(one.id), whole=whole),
        )
        for one in listings
    ]
    outcomes = catalog.edit(ask.tx, wishes)
    return [told(one.market, no) for one, no in zip(listings, outcomes, strict=True)]


def _local_details(
    ask: Ask[Nothing, GlobalSaid],
    listing: Listing,
    shadow: catalog.Shadow | None,
    *,
    whole: bool,
) -> Details:
    content = listing.content if shadow is None else shadow.content
    return ask.body.details(Details() if whole else content.details)


def told(market: str, outcome: object) -> Data:
    """What became of a product in a market."""
    region = market.upper()
    if isinstance(outcome, Problem):
        reasons = [{"message": f"{outcome.title}. {outcome}"}]
        return {"region": region, "status": "FAILED", "fail_reasons": reasons}
    return {"region": region, "status": "SUCCESS", "fail_reasons": []}


def _put_local_prices(ask: Ask[Any, Any], pairs: Sequence[tuple[Sku, GlobalSku]]) -> None:
    wishes = [(sku, said) for sku, one in pairs for said in one.sale_prices]
    changes = list[PriceChange]()
    for sku, said in wishes:
        market = said.region.lower()
        offer = catalog.offers(ask.tx, market, [sku.id]).get(sku.id)
        if offer is None:
            raise catalog.NotListed(sku.id, market)
        changes.append(
            PriceChange(
                sku_id=sku.id,
                market=market,
                price_minor=minor(said.amount, offer.currency, "skus.sale_prices.amount"),
                shipping_minor=offer.shipping_minor,
            )
        )
    each(catalog.set_prices(ask.tx, changes))


def _price(said: GlobalSku) -> GlobalPrice:
    price = said.global_price()
    if price is None:
        raise invalid("skus.price", "say the price")
    return price


def _skus(product: Product) -> list[Data]:
    return [
        {
            "id": str(sku.id),
            "seller_sku": code_of(sku),
            "external_global_sku_id": sku.details.external_id,
            "sales_attributes": [
                {"id": one.id, "value_id": one.value.id} for one in sku.details.sales_attributes
            ],
        }
        for sku in product.skus
    ]
