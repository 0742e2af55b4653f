"""Public reads of alterations."""

from collections.abc import Collection

from entrepot.contexts.catalog.access import Permission
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import Actor
from entrepot.kernel.tx import Tx

from . import store
from .model import Alteration, AlterationId


def by_ids(
    tx: Tx, shop_id: ShopId, ids: Collection[AlterationId]
) -> dict[AlterationId, Alteration]:
    """The alterations of a shop among these that this actor may see."""
    found = store.by_ids(tx, ids) if ids else {}
    return {id: one for id, one in found.items() if one.shop_id == shop_id and _sees(tx.actor, one)}


def alterations(tx: Tx, after: AlterationId | None = None, limit: int = 50) -> list[Alteration]:
    """The next alterations that this actor may see, the newest first."""
    actor = tx.actor
    everywhere = actor.almighty or actor.may(Permission.READ)
    merchants = None if everywhere else sorted(actor.places(Permission.READ))
    return store.page(tx, merchants, after, limit)


def counts(tx: Tx) -> dict[str, int]:
    """How many wishes wait, and how many were given up: for whoever runs the platform."""
    assert tx.actor.almighty, "of all merchants together"
    return store.counts(tx)


def _sees(actor: Actor, one: Alteration) -> bool:
    return actor.almighty or actor.may(Permission.READ, one.merchant_id)
