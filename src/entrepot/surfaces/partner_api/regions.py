"""Regions: the dialect's name of a market is its country's code."""

from entrepot.contexts.merchants import Shop


def region_of(shop: Shop) -> str:
    """`us` is "US"."""
    return shop.market.upper()
