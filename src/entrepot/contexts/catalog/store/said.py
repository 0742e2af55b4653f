"""Details as columns keep them: what is not said is left out."""

from typing import Any

from pydantic import TypeAdapter

from entrepot.contexts.catalog.details import NO_DETAILS, NO_SKU_DETAILS, Details, SkuDetails

LISTING, SKU = TypeAdapter(Details), TypeAdapter(SkuDetails)


def listing(details: Details) -> str:
    return LISTING.dump_json(details, exclude_defaults=True).decode()


def listing_of(column: dict[str, Any]) -> Details:
    return LISTING.validate_python(column) if column else NO_DETAILS


def sku(details: SkuDetails) -> str:
    return SKU.dump_json(details, exclude_defaults=True).decode()


def sku_of(column: dict[str, Any]) -> SkuDetails:
    return SKU.validate_python(column) if column else NO_SKU_DETAILS
