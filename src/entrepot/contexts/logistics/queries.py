"""Public reads of logistics."""

from collections.abc import Collection, Sequence
from datetime import datetime

from entrepot.contexts.orders import OrderId
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .model import Parcel, ParcelId, TrackingEvent
from .problems import ParcelNotFound


def parcels(tx: Tx, order_ids: Collection[OrderId]) -> list[Parcel]:
    """The parcels of orders, by order and id, for callers that were given the orders."""
    return store.of_orders(tx, order_ids)


def by_ids(tx: Tx, ids: Sequence[ParcelId]) -> list[Parcel | Problem]:
    """Parcels as this actor may see them, in the order of the ids."""
    mine = access.visible_to(tx.actor)
    found = {parcel.id: parcel for parcel in store.by_ids(tx, ids, mine)}
    return [found.get(id) or ParcelNotFound(id) for id in ids]


def by_tracking(tx: Tx, numbers: Collection[tuple[str, str]]) -> dict[tuple[str, str], Parcel]:
    """Parcels by carrier and tracking number, as far as this actor may see them."""
    ids, mine = store.by_numbers(tx, numbers), access.visible_to(tx.actor)
    found = store.by_ids(tx, ids, mine)
    return {(parcel.carrier, parcel.tracking_number): parcel for parcel in found}


def page(
    tx: Tx, *, after: tuple[datetime, ParcelId] | None = None, limit: int = 50
) -> list[Parcel]:
    """One page of the parcels that this actor may see, newest first; `after` is the last one."""
    return store.page(tx, [access.visible_to(tx.actor)], after, limit)


def tracking(tx: Tx, ids: Collection[ParcelId]) -> dict[ParcelId, list[TrackingEvent]]:
    """What was told of parcels, by the time of the event, for callers that were given them."""
    return store.tracking(tx, ids)
