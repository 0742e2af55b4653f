"""Public reads of supply."""

from collections.abc import Collection
from datetime import date

from entrepot.contexts.catalog import SkuId
from entrepot.kernel.problems import NotFound, Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .model import Agreement, AgreementId, Supply, SupplyPrice


def supply(tx: Tx, market: str, sku_ids: Collection[SkuId], day: date) -> dict[SkuId, Supply]:
    """What a unit costs on a market day, for SKUs that an agreement supplies then.

    For flows: no permission is asked.
    """
    return store.supply(tx, market, sku_ids, day)


def by_ids(tx: Tx, ids: Collection[AgreementId]) -> list[Agreement | Problem]:
    """Agreements as this actor may see them, in the order of the ids."""
    found = store.by_ids(tx, ids, access.visible_to(tx.actor))
    return [found.get(id) or NotFound("agreement", id) for id in ids]


def page(tx: Tx, after: AgreementId | None = None, limit: int = 50) -> list[Agreement]:
    """The next agreements that this actor may see, by id."""
    return store.page(tx, after or AgreementId(0), limit, access.visible_to(tx.actor))


def prices(tx: Tx, id: AgreementId) -> list[SupplyPrice]:
    """All price versions of an agreement that this actor may see; none of one that it may not."""
    seen = store.by_ids(tx, [id], access.visible_to(tx.actor))
    return store.prices(tx, id) if seen else []
