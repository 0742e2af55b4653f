"""A shop's coupons, read; they are made in the native API and the console."""

from dataclasses import replace
from typing import Any

from entrepot.contexts import promotions
from entrepot.contexts.promotions import CouponFilter, Promotion, PromotionId, PromotionNotFound
from entrepot.kernel.problems import only
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations
from entrepot.surfaces.partner_api.paging import Paged, after, page, shown
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.partner_api.shapes import Nothing

from . import words
from .asked import SearchCoupons

operations = Operations()
READ = Scope.PROMOTION_READ


@operations.post("/promotion/202406/coupons/search", scope=READ, query=Paged, body=SearchCoupons)
def search_coupons(ask: Ask[Paged, SearchCoupons]) -> Data:
    """The shop's, the newest first."""
    wanted = _wanted(ask)
    last = after(ask)
    cursor = None if last is None else PromotionId(last[0])
    rows: list[Promotion] = []
    total = 0
    if wanted is not None:
        rows = promotions.coupon_page(ask.tx, wanted, cursor, ask.query.page_size + 1)
        total = promotions.count_coupons(ask.tx, wanted)
    return {
        "coupons": [words.coupon(row, ask.tx.now) for row in shown(rows, ask)],
        **page(rows, ask, key=lambda row: (int(row.id),), total=total),
    }


@operations.get("/promotion/202406/coupons/{coupon_id}", scope=READ)
def get_coupon(ask: Ask[Nothing, Nothing]) -> Data:
    """One, with how often it was used."""
    id = ask.id("coupon_id", PromotionId)
    one = only(promotions.by_ids(ask.tx, [id]))
    if one.offer.shop_id != ask.shop.id or one.offer.layer not in promotions.COUPONS:
        raise PromotionNotFound(id)
    told: dict[str, Any] = {
        **words.coupon(one, ask.tx.now),
        "display_channels": ["ALL" if one.offer.code is None else "PRIVATE"],
    }
    if one.offer.product_id is not None:
        told["product_ids"] = [str(int(one.offer.product_id))]
    if one.offer.limits.exist:
        told["usage_stats"] = {"redeemed_count": one.used}
    return {"coupon": told}


def _wanted(ask: Ask[Paged, SearchCoupons]) -> CouponFilter | None:
    """None if only kinds are asked for that are not made here."""
    said = ask.body
    wanted = CouponFilter(shop_id=ask.shop.id, title=said.title_keyword)
    if said.status:
        wanted = replace(wanted, offered=tuple(words.OFFERED[one] for one in said.status))
    if said.display_type:
        kinds = {*said.display_type} & {words.CODE, words.PLAIN}
        if not kinds:
            return None
        if len(kinds) == 1:
            wanted = replace(wanted, with_code=words.CODE in kinds)
    return wanted
