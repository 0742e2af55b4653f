"""What is told of products that come into further markets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from entrepot.contexts.catalog.events import ListingEvent
from entrepot.contexts.catalog.model import Listing
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.events import emit
from entrepot.kernel.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingReplicated(ListingEvent):
    """What one shop lists, another one of the merchant lists as well."""

    name: ClassVar[str] = "catalog.listing_replicated"

    source_shop_id: ShopId


def tell_replicas(tx: Tx, source: Listing, made: Sequence[Listing]) -> None:
    """Tell that listings were made after the one of another shop."""
    facts = [
        ListingReplicated(
            at=tx.now,
            listing_id=one.id,
            product_id=one.product_id,
            shop_id=one.shop_id,
            market=one.market,
            source_shop_id=source.shop_id,
        )
        for one in made
    ]
    emit(tx, facts)
