"""Prices without the tax that they include."""

from collections.abc import Mapping
from typing import Any

from entrepot.contexts.catalog import Offer, SkuId
from entrepot.rulebook import Market, Tax
from entrepot.rulebook import of as rules_of
from entrepot.surfaces.partner_api.operations import Ask
from entrepot.surfaces.partner_api.regions import region_of


def untaxed(ask: Ask[Any, Any], offers: Mapping[SkuId, Offer]) -> dict[SkuId, int]:
    """In minor units, for a buyer in the market's own country. A tax on top leaves the price."""
    rules, shop = rules_of(ask.tx), ask.shop
    day = rules.on(Market, shop.market, ask.tx.now.date()).row({}).day_of(ask.tx.now)
    version = rules.on(Tax, shop.market, day)
    shared = {
        "country": region_of(shop),
        "region": "",
        "mode": shop.mode,
        "seller_type": str(shop.seller_type),
    }
    found: dict[SkuId, int] = {}
    for id, offer in offers.items():
        row = version.row({**shared, "category": offer.category_path})
        found[id] = offer.price_minor - (row.of(offer.price_minor) if row.included else 0)
    return found
