"""Products and SKUs as they lie on a shop's shelf: with prices and what is free."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from entrepot.contexts.catalog import State
from entrepot.kernel.money import Currency
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.money import amount
from entrepot.surfaces.partner_api.operations import Ask
from entrepot.surfaces.partner_api.regions import region_of
from entrepot.views.listed import ListedSku

from .untaxed import Untaxed
from .words import AUDITS

NAMES = {str(state): state.name for state in State}
AUDIT = {str(state): {"status": AUDITS.get(state, "NONE")} for state in State}
AUDITING = {"status": "AUDITING"}


@dataclass(frozen=True, slots=True)
class Shelf:
    """Products of one shop in its market."""

    region: str
    untaxed: Untaxed

    @staticmethod
    def of(ask: Ask[Any, Any]) -> "Shelf":
        """That of the shop that is asked about."""
        return Shelf(region_of(ask.shop), Untaxed(ask))

    def product(self, skus: Sequence[ListedSku]) -> Data:
        """As it stands in lists."""
        first = skus[0]
        return {
            "id": first.product_id,
            "title": first.title,
            "status": NAMES[first.state],
            "create_time": first.listed_s,
            "update_time": first.updated_s,
            "sales_regions": [self.region],
            "skus": [self.sku(sku) for sku in skus if sku.sku_id is not None],
            "audit": AUDITING if first.waits else AUDIT[first.state],
            "has_draft": False,
            "is_not_for_sale": False,
            "product_sync_fail_reasons": [],
        }

    def sku(self, sku: ListedSku) -> dict[str, Any]:
        """What lists tell of a SKU, and what its product told whole begins with."""
        told: dict[str, Any] = {
            "id": sku.sku_id,
            "seller_sku": sku.code if sku.has_code else "",
            "inventory": [] if sku.free is None else _stock(sku.free),
            "status_info": {"status": "NORMAL"},
        }
        if sku.price_minor is None:
            return told
        currency = Currency(sku.currency)
        bare = self.untaxed.of(sku.category_id, sku.price_minor)
        told["price"] = {
            "currency": sku.currency,
            "sale_price": amount(sku.price_minor, currency),
            "tax_exclusive_price": amount(bare, currency),
        }
        if sku.list_minor is not None:
            told["list_price"] = {
                "amount": amount(sku.list_minor, currency),
                "currency": sku.currency,
            }
        return told


def _stock(free: str) -> list[Data]:
    return [{"warehouse_id": place, "quantity": number} for place, number in orjson.loads(free)]
