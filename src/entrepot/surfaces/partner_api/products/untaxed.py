"""Prices without the tax that they include."""

from typing import Any

from entrepot.contexts.catalog import CategoryId
from entrepot.rulebook import Market, Tax
from entrepot.rulebook import of as rules_of
from entrepot.surfaces.partner_api.operations import Ask
from entrepot.surfaces.partner_api.regions import region_of


class Untaxed:
    """For a buyer in the market's own country, today. A tax on top leaves the price as it is."""

    def __init__(self, ask: Ask[Any, Any]) -> None:
        rules, shop = rules_of(ask.tx), ask.shop
        day = rules.on(Market, shop.market, ask.tx.now.date()).row({}).day_of(ask.tx.now)
        self._version = rules.on(Tax, shop.market, day)
        self._shared = {
            "country": region_of(shop),
            "region": "",
            "mode": shop.mode,
            "seller_type": str(shop.seller_type),
        }
        self._rows: dict[str, Tax] = {}

    def of(self, category_id: str, price_minor: int) -> int:
        """What is left of a price of goods of a category, in minor units."""
        row = self._rows.get(category_id)
        if row is None:
            case = {**self._shared, "category": CategoryId(category_id).path}
            row = self._rows[category_id] = self._version.row(case)
        return price_minor - (row.of(price_minor) if row.included else 0)
