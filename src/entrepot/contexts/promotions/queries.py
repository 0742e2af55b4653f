"""Public reads of promotions."""

from collections.abc import Sequence
from datetime import datetime

from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .model import Basket, CouponFilter, Promotion, PromotionId, in_capitals
from .problems import PromotionNotFound


def load(tx: Tx, market: str, baskets: Sequence[Basket], at: datetime) -> list[Promotion]:
    """What can apply to a batch of baskets, for `price`. For flows: no permission is asked."""
    codes = in_capitals([code for basket in baskets for code in basket.codes])
    return store.load(tx, market, codes, baskets, at)


def by_ids(tx: Tx, ids: Sequence[PromotionId]) -> list[Promotion | Problem]:
    """Promotions as this actor may see them, in the order of the ids."""
    found = store.by_ids(tx, ids, access.visible_to(tx.actor))
    return [found.get(id) or PromotionNotFound(id) for id in ids]


def page(tx: Tx, after: PromotionId | None = None, limit: int = 50) -> list[Promotion]:
    """The promotions that this actor may change, oldest first."""
    return store.page(tx, access.visible_to(tx.actor), after, limit)


def coupon_page(
    tx: Tx, wanted: CouponFilter, after: PromotionId | None = None, limit: int = 50
) -> list[Promotion]:
    """A shop's coupons, the newest first."""
    return store.coupon_page(tx, wanted, access.visible_to(tx.actor), after, limit)


def count_coupons(tx: Tx, wanted: CouponFilter) -> int:
    """How many of them there are."""
    return store.count_coupons(tx, wanted, access.visible_to(tx.actor))
