"""The only ways to products and listings."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement

from entrepot.contexts.merchants import sides
from entrepot.kernel.access import Actor
from entrepot.kernel.problems import Forbidden, NotFound, Problem
from entrepot.kernel.tx import Tx

from . import store
from .model import Listing, ListingId, Product, ProductId
from .tables import listings, products


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`."""

    AUDIT = "product:audit"
    EDIT = "product:edit"
    PRICE = "price:set"
    READ = "product:read"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The listings that this actor may see: bound by every list and every view for sellers."""
    return actor.reach(Permission.READ, listings.c.merchant_id)


def products_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The products that this actor may see."""
    return actor.reach(Permission.READ, products.c.merchant_id)


def listings_to_change(
    tx: Tx, ids: Collection[ListingId], permission: Permission
) -> dict[ListingId, Listing | Problem]:
    """Listings as they are; for each that the actor cannot have, the reason.

    They are not locked: each change says which state it started from.
    """
    found = store.listings_by(tx, ids, visible_to(tx.actor))
    got: dict[ListingId, Listing | Problem] = {}
    for id in ids:
        listing = found.get(id)
        if listing is None:  # Absent or another's: the answer must not tell which.
            got[id] = NotFound("listing", id)
        elif not sides(tx.actor, permission, listing.merchant_id):
            got[id] = not_granted(permission)
        else:
            got[id] = listing
    return got


def products_to_list(tx: Tx, ids: Collection[ProductId]) -> dict[ProductId, Product]:
    """The products among these that the actor may see."""
    return store.products_by(tx, ids, products_visible_to(tx.actor))


def not_granted(permission: Permission) -> Forbidden:
    """The refusal of who may see a thing but not do this to it."""
    return Forbidden(f"{permission} is not granted to you", permission=permission)
