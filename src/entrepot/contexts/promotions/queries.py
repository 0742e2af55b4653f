"""Public reads of promotions."""

from collections.abc import Collection, Sequence
from datetime import datetime

from entrepot.kernel.ids import Id
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .model import Promotion, PromotionId, in_capitals
from .problems import PromotionNotFound


def load(
    tx: Tx, market: str, codes: Sequence[str], shop_ids: Collection[Id], at: datetime
) -> list[Promotion]:
    """What can apply to a batch of baskets, for `price`. For flows: no permission is asked."""
    return store.load(tx, market, in_capitals(codes), shop_ids, at)


def by_ids(tx: Tx, ids: Sequence[PromotionId]) -> list[Promotion | Problem]:
    """Promotions as this actor may see them, in the order of the ids."""
    found = store.by_ids(tx, ids, access.visible_to(tx.actor))
    return [found.get(id) or PromotionNotFound(id) for id in ids]


def page(tx: Tx, after: PromotionId | None = None, limit: int = 50) -> list[Promotion]:
    """The promotions that this actor may change, oldest first."""
    return store.page(tx, access.visible_to(tx.actor), after, limit)
