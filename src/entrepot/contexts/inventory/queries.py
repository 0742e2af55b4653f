"""Public reads of stock."""

from collections.abc import Collection
from datetime import datetime

from entrepot.contexts.catalog import SkuId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.tx import Tx

from . import access, store
from .model import Location, LocationId, Position, PositionId, Reservation


def available(
    tx: Tx,
    sku_ids: Collection[SkuId],
    owners: Collection[OrganisationId] | None = None,
    market: str | None = None,
) -> dict[SkuId, int]:
    """How many units of each SKU are free, for a market and of some owners if they are given.

    For shoppers and flows: no permission is asked.
    """
    free = store.free_by_sku(tx, sku_ids, owners, market)
    return {id: free.get(id, 0) for id in sku_ids}


def positions_of(tx: Tx, sku_ids: Collection[SkuId]) -> list[Position]:
    """The positions of SKUs that this actor may see."""
    return store.positions_of(tx, sku_ids, access.visible_to(tx.actor))


def page(tx: Tx, after: PositionId | None, limit: int) -> list[Position]:
    """The next positions that this actor may see, by id."""
    return store.positions_after(tx, after or PositionId(0), limit, access.visible_to(tx.actor))


def places(tx: Tx) -> list[Location]:
    """The platform's locations, and those whose keeper's stock this actor may see."""
    everywhere = store.all_locations(tx)
    return [place for place in everywhere if access.sees(tx.actor, place.keeper_id)]


def used_by(tx: Tx, owner_id: OrganisationId) -> set[LocationId]:
    """Where goods of an owner lie or have lain. For surfaces that act for the owner."""
    return store.locations_used_by(tx, owner_id)


def next_expiry_at(tx: Tx) -> datetime | None:
    """When the next reservation ends by itself. For the clock and sweeps."""
    return store.next_expiry_at(tx)


def reservations(tx: Tx, order_ids: Collection[Id]) -> list[Reservation]:
    """What was set aside for orders, and what became of it. For flows: no permission is asked."""
    return store.reservations_of(tx, order_ids)


def disagreements(tx: Tx) -> list[PositionId]:
    """Positions that differ from their movements, reservations or layers: there must be none."""
    return store.disagreements(tx)
