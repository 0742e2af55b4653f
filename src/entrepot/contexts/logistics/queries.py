"""Public reads of logistics."""

from collections.abc import Collection, Sequence
from datetime import datetime

from entrepot.contexts.orders import OrderId
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .enclosed import CustomsItem, Proof
from .model import Filter, Parcel, ParcelId, TrackingEvent
from .problems import ParcelNotFound


def parcels(tx: Tx, order_ids: Collection[OrderId]) -> list[Parcel]:
    """The parcels of orders, by order and id, for callers that were given the orders."""
    return store.of_orders(tx, order_ids)


def held(tx: Tx, order_ids: Collection[OrderId]) -> list[Parcel]:
    """The parcels of orders, held until the end of the work, for flows that hold the orders."""
    return [*access.to_move(tx, {parcel.id for parcel in store.of_orders(tx, order_ids)}).values()]


def by_ids(tx: Tx, ids: Sequence[ParcelId]) -> list[Parcel | Problem]:
    """Parcels as this actor may see them, in the order of the ids."""
    mine = access.visible_to(tx.actor)
    found = {parcel.id: parcel for parcel in store.by_ids(tx, ids, mine)}
    return [found.get(id) or ParcelNotFound(id) for id in ids]


def by_tracking(tx: Tx, numbers: Collection[tuple[str, str]]) -> dict[tuple[str, str], Parcel]:
    """Parcels by carrier and tracking number, as far as this actor may see them."""
    ids, mine = store.by_numbers(tx, numbers), access.visible_to(tx.actor)
    found = {parcel.id: parcel for parcel in store.by_ids(tx, {*ids.values()}, mine)}
    return {number: found[id] for number, id in ids.items() if id in found}


def page(
    tx: Tx,
    wanted: Filter | None = None,
    *,
    after: tuple[datetime, ParcelId] | None = None,
    limit: int = 50,
) -> list[Parcel]:
    """One page of the parcels that this actor may see, newest first unless wished otherwise."""
    wanted = wanted or Filter()
    conditions = [access.visible_to(tx.actor), *store.filtered(wanted)]
    return store.page(tx, conditions, after, (wanted.by, limit, wanted.falls))


def count(tx: Tx, wanted: Filter, at_most: int) -> int:
    """How many parcels a list has that this actor may see; beyond `at_most` nobody counts."""
    return store.count(tx, [access.visible_to(tx.actor), *store.filtered(wanted)], at_most)


def tracking(tx: Tx, ids: Collection[ParcelId]) -> dict[ParcelId, list[TrackingEvent]]:
    """What was told of parcels, by the time of the event, for callers that were given them."""
    return store.tracking(tx, ids)


def proofs(tx: Tx, ids: Collection[ParcelId]) -> list[Proof]:
    """What shows that parcels arrived, for callers that were given them."""
    return store.proofs(tx, ids)


def customs(tx: Tx, order_ids: Collection[OrderId]) -> dict[tuple[OrderId, int], list[CustomsItem]]:
    """What customs was told of lines, for callers that were given the orders."""
    found: dict[tuple[OrderId, int], list[CustomsItem]] = {}
    for item in store.customs(tx, order_ids):
        found.setdefault((item.order_id, item.pos), []).append(item)
    return found
