"""The statements of coupons as shops list them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from entrepot.contexts.promotions.lifecycle import State
from entrepot.contexts.promotions.model import (
    CouponFilter,
    Layer,
    Offered,
    Promotion,
    PromotionId,
)
from entrepot.contexts.promotions.tables import promotions
from entrepot.kernel.tx import Tx

from .offers import promotion_of, with_limits

P = promotions.c


def coupon_page(
    tx: Tx,
    wanted: CouponFilter,
    visible: ColumnElement[bool],
    after: PromotionId | None,
    limit: int,
) -> list[Promotion]:
    """A page, the newest first."""
    query = _found(with_limits(), wanted, visible, tx.now)
    if after is not None:
        query = query.where(P.id < after)
    return [promotion_of(row) for row in tx.sql.execute(query.order_by(P.id.desc()).limit(limit))]


def count_coupons(tx: Tx, wanted: CouponFilter, visible: ColumnElement[bool]) -> int:
    """How many there are."""
    query = _found(select(func.count()).select_from(promotions), wanted, visible, tx.now)
    return int(tx.sql.scalar(query) or 0)


def _found(
    query: Select[Any], wanted: CouponFilter, visible: ColumnElement[bool], now: datetime
) -> Select[Any]:
    where = [visible, P.shop_id == wanted.shop_id, P.layer == Layer.SELLER_COUPON.value]
    if wanted.with_code is not None:
        where.append(P.code.is_not(None) if wanted.with_code else P.code.is_(None))
    if wanted.title:
        where.append(P.title.contains(wanted.title, autoescape=True))
    where.append(or_(*(_is(offered, now) for offered in wanted.offered)))
    return query.where(*where)


def _is(offered: Offered, now: datetime) -> ColumnElement[bool]:
    active = P.state == State.ACTIVE.value
    return {
        Offered.NOT_STARTED: and_(active, P.starts_at > now),
        Offered.ONGOING: and_(active, P.starts_at <= now, P.ends_at > now),
        Offered.EXPIRED: and_(active, P.ends_at <= now),
        Offered.STOPPED: P.state != State.ACTIVE.value,
    }[offered]
