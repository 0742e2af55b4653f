"""What lies where: in the dialect a number per SKU and warehouse, which is what is free."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from entrepot.contexts import catalog, inventory
from entrepot.contexts.catalog import ProductId, SkuId
from entrepot.contexts.inventory import Count, LocationId, Position
from entrepot.kernel.problems import NotFound, each
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations, Scope
from entrepot.surfaces.partner_api.shapes import Body, Nothing, Number, Numbers

from .reading import StockSaid
from .words import listing_of

operations = Operations()


class Wanted(Body):
    product_ids: Numbers = Field(default_factory=list)
    sku_ids: Annotated[list[Number], Field(max_length=600)] = Field(default_factory=list)


class SkuStock(Body):
    id: Number
    inventory: list[StockSaid] = Field(max_length=100)


class Stocks(Body):
    skus: list[SkuStock] = Field(min_length=1, max_length=300)


class Setting(Body):
    enable_auto_restock: bool = True


class Settings(Body):
    seller_id: str
    sku_ids: Annotated[list[Number], Field(max_length=500)] = Field(default_factory=list)
    stock_operation_setting: Setting = Field(default_factory=Setting)


@operations.post("/product/202309/inventory/search", scope=Scope.PRODUCT_READ, body=Wanted)
def search_inventory(ask: Ask[Nothing, Wanted]) -> Data:
    """What is free and what is set aside for orders, by product, SKU and warehouse."""
    tx, body = ask.tx, ask.body
    if not body.sku_ids and not body.product_ids:
        raise invalid("product_ids", "products or SKUs")
    asked = [SkuId(id) for id in body.sku_ids]
    owners = catalog.products_of_skus(tx, asked)
    ids = [ProductId(id) for id in body.product_ids] if not asked else [*owners.values()]
    listed = catalog.in_shop(tx, ask.shop.id, ids)
    products = each(catalog.products(tx, list(listed)))
    positions = positions_by_sku(ask, [sku.id for product in products for sku in product.skus])
    return {
        "inventory": [
            {
                "product_id": str(product.id),
                "skus": [
                    _sku_stock(sku, positions.get(sku.id, []))
                    for sku in product.skus
                    if not asked or sku.id in owners
                ],
            }
            for product in products
        ]
    }


@operations.post(
    "/product/202309/products/{product_id}/inventory/update", scope=Scope.PRODUCT_WRITE, body=Stocks
)
def update_inventory(ask: Ask[Nothing, Stocks]) -> Data:
    """Say how much of SKUs is free in warehouses. All of it is done, or none."""
    listing = listing_of(ask, ask.id("product_id", ProductId))
    [product] = each(catalog.products(ask.tx, [listing.product_id]))
    known = {int(sku.id) for sku in product.skus}
    wrong = next((said.id for said in ask.body.skus if said.id not in known), None)
    if wrong is not None:
        raise NotFound("sku", wrong)
    put_stock(ask, [(SkuId(said.id), stock) for said in ask.body.skus for stock in said.inventory])
    return {"errors": []}


@operations.post(
    "/product/202608/inventory/operation/settings", scope=Scope.PRODUCT_WRITE, body=Settings
)
def update_settings(ask: Ask[Nothing, Settings]) -> Data:
    """What cancelled orders held is always for sale again: another wish is refused."""
    if ask.body.seller_id != str(int(ask.seller)):
        raise NotFound("seller", ask.body.seller_id)
    if not ask.body.stock_operation_setting.enable_auto_restock:
        raise invalid("enable_auto_restock", "true: what cancelled orders held is for sale again")
    ids = [SkuId(id) for id in ask.body.sku_ids]
    owners = catalog.products_of_skus(ask.tx, ids)
    mine = catalog.in_shop(ask.tx, ask.shop.id, {*owners.values()})
    done = [id for id in ids if owners.get(id) in mine]
    return {
        "stock_operation": {
            "success_sku_ids": [str(id) for id in done],
            "failed_sku_ids": [str(id) for id in ids if id not in done],
        }
    }


def put_stock(ask: Ask[Any, Any], wanted: Sequence[tuple[SkuId, StockSaid]]) -> None:
    """Count, so that what is free is what was said."""
    places = _places(ask) if wanted else set()
    counts = [
        Count(
            sku_id=sku_id,
            location_id=_place(places, said),
            owner_id=ask.seller,
            free=said.quantity,
        )
        for sku_id, said in wanted
    ]
    each(inventory.count(ask.tx, counts))


def positions_by_sku(ask: Ask[Any, Any], ids: Sequence[SkuId]) -> dict[SkuId, list[Position]]:
    """Where the seller's own goods lie, and how much."""
    found: dict[SkuId, list[Position]] = {}
    for position in inventory.positions_of(ask.tx, ids) if ids else ():
        if position.owner_id == ask.seller:
            found.setdefault(position.sku_id, []).append(position)
    return found


def _places(ask: Ask[Any, Any]) -> set[LocationId]:
    """The seller's warehouses, and those of others where goods of the seller lie."""
    mine = {place.id for place in inventory.places(ask.tx) if place.keeper_id == ask.seller}
    return mine | inventory.used_by(ask.tx, ask.seller)


def _place(places: set[LocationId], said: StockSaid) -> LocationId:
    """The warehouse that was named, or the only one there is."""
    if said.warehouse_id is None and len(places) == 1:
        [only_one] = places
        return only_one
    if said.warehouse_id is None or LocationId(said.warehouse_id) not in places:
        raise NotFound("warehouse", said.warehouse_id or "")
    return LocationId(said.warehouse_id)


def _sku_stock(sku: catalog.Sku, positions: Sequence[Position]) -> Data:
    free = sum(position.free for position in positions)
    return {
        "id": str(sku.id),
        "seller_sku": sku.code if sku.details.has_code else "",
        "total_available_quantity": free,
        "total_committed_quantity": sum(position.reserved for position in positions),
        "total_available_inventory_distribution": {"in_shop_inventory": {"quantity": free}},
        "warehouse_inventory": [
            {
                "warehouse_id": str(int(position.location_id)),
                "available_quantity": position.free,
                "committed_quantity": position.reserved,
            }
            for position in positions
        ],
    }
