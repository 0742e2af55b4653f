"""Stock of the seller's own: what sold out, and what came back."""

from collections.abc import Iterator, Mapping, Sequence

from entrepot.contexts import catalog, inventory
from entrepot.contexts.catalog import ProductId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.tx import Tx

from . import kinds
from .authorisations import shops_of
from .tellers import Notice, Tellers, seconds

tellers = Tellers()
Fact = inventory.StockTurned


@tellers.tell(kinds.INVENTORY_STATUS, inventory.StockTurned)
def inventory_status(tx: Tx, facts: Sequence[Fact]) -> Iterator[Notice]:
    """A SKU is sold out or free again, in each shop that has it; that it runs low nobody says."""
    own = [fact for fact in facts if fact.owner_id != inventory.PLATFORM]
    products = catalog.products_of_skus(tx, {fact.sku_id for fact in own})
    shops = {id: shops_of(tx, OrganisationId(id)) for id in {fact.owner_id for fact in own}}
    listed = _listed(tx, {shop for each in shops.values() for shop in each}, {*products.values()})
    for fact in own:
        product_id = products[fact.sku_id]
        data: dict[str, object] = {
            "product_id": str(product_id),
            "sku_id": str(fact.sku_id),
            "current_inventory_status": "OUT_OF_STOCK" if fact.sold_out else "SUFFICIENT_STOCK",
            "inventory_distribution": {
                "total_quantity": fact.on_hand,
                "available_quantity": fact.on_hand - fact.reserved,
                "creator_reserved_quantity": 0,
                "campaign_reserved_quantity": 0,
                "committed_quantity": fact.reserved,
            },
            "update_time": seconds(fact),
        }
        if fact.sold_out:
            data["trigger_reason"] = {"alert_type": "REALTIME"}
        for shop_id in shops[fact.owner_id]:
            if product_id in listed[shop_id]:
                yield Notice(fact=fact, shop_id=shop_id, data=data)


def _listed(
    tx: Tx, shops: set[ShopId], products: set[ProductId]
) -> Mapping[ShopId, set[ProductId]]:
    return {shop_id: {*catalog.in_shop(tx, shop_id, products)} for shop_id in shops}
