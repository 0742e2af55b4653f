"""The only ways to a parcel."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement

from entrepot.kernel.access import Actor
from entrepot.kernel.tx import Tx

from . import store
from .model import Parcel, ParcelId
from .tables import parcels


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`."""

    READ = "parcel:read"
    SHIP = "parcel:ship"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The parcels that this actor may see: bound by every list and every view."""
    return actor.reach(Permission.READ, parcels.c.merchant_id)


def to_move(tx: Tx, ids: Collection[ParcelId]) -> dict[ParcelId, Parcel]:
    """Parcels held for a flow that says what happened to them: no permission is asked."""
    return store.hold(tx, ids)
