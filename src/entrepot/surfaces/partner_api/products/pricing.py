"""Prices in the shop's market, and those shown crossed out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from entrepot.contexts import catalog
from entrepot.contexts.catalog import ListPrice, PriceChange, ProductId, Sku, SkuId
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import NotFound, each
from entrepot.rulebook import ListingCheck, Market
from entrepot.rulebook import of as rules_of
from entrepot.surfaces.partner_api.codes import Code, invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations, Scope
from entrepot.surfaces.partner_api.shapes import Body, Nothing, Number

from .reading import AmountSaid, Picture, SkuSaid
from .words import file_id, listing_of

operations = Operations()


class Prices(Body):
    skus: list[SkuSaid] = Field(min_length=1, max_length=300)


class Paid(AmountSaid):
    transaction_time: AwareDatetime
    image: Picture | None = None


class Proof(Body):
    id: Number
    external_sku_id: str
    external_retail_price: AmountSaid
    external_transaction_price: Paid


class Proofs(Body):
    external_product_id: str
    skus: Annotated[list[Proof], Field(min_length=1, max_length=300)]


@operations.post(
    "/product/202309/products/{product_id}/prices/update", scope=Scope.PRODUCT_WRITE, body=Prices
)
def update_prices(ask: Ask[Nothing, Prices]) -> Data:
    """Set prices of SKUs; who may is asked of the shop's mode."""
    skus = _skus(ask)
    pairs = []
    for said in ask.body.skus:
        sku = skus.get(said.id or 0)
        if sku is None:
            raise NotFound("sku", said.id)
        if said.price is None:
            raise invalid("skus.price", "say the price")
        pairs.append((sku, said))
    put_prices(ask, pairs, listed=True)
    return {}


@operations.post(
    "/product/202609/products/{product_id}/strikethrough_price/submit",
    scope=Scope.PRODUCT_WRITE,
    body=Proofs,
)
def submit_proofs(ask: Ask[Nothing, Proofs]) -> Data:
    """Prove crossed-out prices by what was paid elsewhere. What does not prove them is told."""
    skus, market, currency = _skus(ask), ask.shop.market, currency_of(ask)
    said = listing_of(ask, ask.id("product_id", ProductId)).content.details
    if said.external_id != ask.body.external_product_id:
        raise invalid("external_product_id", "the one that the product was created with")
    lists = catalog.list_prices(ask.tx, market, [sku.id for sku in skus.values()])
    wishes, errors = list[ListPrice](), list[Data]()
    for proof in ask.body.skus:
        sku = skus.get(proof.id)
        retail = proof.external_retail_price.minor(currency, "external_retail_price")
        paid = proof.external_transaction_price
        listed = lists.get(SkuId(proof.id))
        wish = ListPrice(
            sku_id=SkuId(proof.id),
            market=market,
            list_minor=listed.list_minor if listed else retail,
            proof_minor=paid.minor(currency, "external_transaction_price"),
            proof_at=paid.transaction_time,
            proof_file_id=None if paid.image is None else file_id(paid.image.uri, "image"),
        )
        if sku is None or not _proves(ask, sku, proof, wish):
            errors.append(_error(proof.id, "The proof is of another SKU, too old or too low."))
        else:
            wishes.append(wish)
    each(catalog.set_list_prices(ask.tx, wishes))
    return {"errors": errors}


def put_prices(ask: Ask[Any, Any], pairs: Sequence[tuple[Sku, SkuSaid]], *, listed: bool) -> None:
    """Set the prices that were said; those of a fresh listing came with it already."""
    market, currency = ask.shop.market, currency_of(ask)
    now = catalog.offers(ask.tx, market, [sku.id for sku, _ in pairs]) if listed else {}
    changes = [
        PriceChange(
            sku_id=sku.id,
            market=market,
            price_minor=wanted,
            shipping_minor=now[sku.id].shipping_minor if sku.id in now else 0,
        )
        for sku, said in pairs
        if listed and said.price is not None
        for wanted in [said.price.minor(currency, "skus.price")]
        if sku.id not in now or now[sku.id].price_minor != wanted
    ]
    each(catalog.set_prices(ask.tx, changes))
    lists = [
        ListPrice(
            sku_id=sku.id,
            market=market,
            list_minor=said.list_price.minor(currency, "skus.list_price"),
        )
        for sku, said in pairs
        if said.list_price is not None
    ]
    each(catalog.set_list_prices(ask.tx, lists))


def currency_of(ask: Ask[Any, Any]) -> Currency:
    """The currency of the shop's market."""
    return rules_of(ask.tx).on(Market, ask.shop.market, ask.tx.now.date()).row({}).currency


def _skus(ask: Ask[Any, Any]) -> dict[int, Sku]:
    listing = listing_of(ask, ask.id("product_id", ProductId))
    [product] = each(catalog.products(ask.tx, [listing.product_id]))
    return {int(sku.id): sku for sku in product.skus}


def _proves(ask: Ask[Any, Any], sku: Sku, proof: Proof, wish: ListPrice) -> bool:
    rows = rules_of(ask.tx).on(ListingCheck, ask.shop.market, ask.tx.now.date()).rows
    days = max((row.proof_days for row in rows), default=0)
    at: datetime | None = wish.proof_at
    return (
        sku.details.external_id == proof.external_sku_id
        and wish.proof_minor is not None
        and wish.proof_minor >= wish.list_minor
        and at is not None
        and ask.tx.now - timedelta(days=days) <= at <= ask.tx.now
    )


def _error(sku_id: int, message: str) -> Data:
    return {
        "code": int(Code.CONFLICT),
        "message": message,
        "detail": {"sku_id": str(sku_id)},
    }
