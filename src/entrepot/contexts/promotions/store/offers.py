"""The statements of promotions and of what limits them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, any_, literal, select
from sqlalchemy.types import ARRAY, Text

from entrepot.contexts.promotions.lifecycle import State
from entrepot.contexts.promotions.model import (
    ActivityId,
    Basket,
    Layer,
    Limits,
    NewPromotion,
    Promotion,
    PromotionId,
    Use,
    Used,
)
from entrepot.contexts.promotions.tables import budgets, promotions, uses
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import Id, among
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Lock, Tx

ADD = sql_file(__file__, "add")
ADD_BUDGETS = sql_file(__file__, "add_budgets")
SAVE_STATES = sql_file(__file__, "save_states")
LOAD = sql_file(__file__, "load")
COUNTS = sql_file(__file__, "counts")
USE = sql_file(__file__, "use")
GIVE_BACK = sql_file(__file__, "give_back")


@dataclass(slots=True)
class Budget:
    """Limits and how much of them is used."""

    limits: Limits
    used: int
    spent_minor: int
    units_used: int = 0


def add(tx: Tx, found: Sequence[Promotion]) -> set[PromotionId]:
    """Write promotions; those whose code is taken are missing from the answer."""
    offers = [promotion.offer for promotion in found]
    columns = {
        "ids": [int(promotion.id) for promotion in found],
        "owners": [int(offer.owner_id) for offer in offers],
        "markets": [offer.market for offer in offers],
        "layers": [offer.layer.value for offer in offers],
        "titles": [offer.title for offer in offers],
        "codes": [offer.code for offer in offers],
        "shops": [_number(offer.shop_id) for offer in offers],
        "products": [_number(offer.product_id) for offer in offers],
        "skus": [_number(offer.sku_id) for offer in offers],
        "activities": [_number(offer.activity_id) for offer in offers],
        "rates": [offer.rate_bp for offer in offers],
        "amounts": [offer.amount_minor for offer in offers],
        "prices": [offer.price_minor for offer in offers],
        "currencies": [offer.currency.value for offer in offers],
        "min_units": [offer.min_units for offer in offers],
        "min_spends": [offer.min_spend_minor for offer in offers],
        "max_discounts": [offer.max_discount_minor for offer in offers],
        "seller_shares": [offer.seller_share_bp for offer in offers],
        "new_customers": [offer.new_customers_only for offer in offers],
        "starts": [offer.starts_at for offer in offers],
        "ends": [offer.ends_at for offer in offers],
        "states": [promotion.state.value for promotion in found],
    }
    added = {PromotionId(id) for id in tx.sql.scalars(ADD, columns)}
    limited = [one for one in found if one.id in added and one.offer.limits.exist]
    limits = [promotion.offer.limits for promotion in limited]
    if limited:
        columns = {
            "ids": [int(promotion.id) for promotion in limited],
            "per_buyer": [each.per_buyer for each in limits],
            "totals": [each.total for each in limits],
            "budgets": [each.budget_minor for each in limits],
            "units": [each.units for each in limits],
            "units_per_buyer": [each.units_per_buyer for each in limits],
        }
        tx.sql.execute(ADD_BUDGETS, columns)
    return added


def load(
    tx: Tx, market: str, codes: Sequence[str], baskets: Sequence[Basket], at: datetime
) -> list[Promotion]:
    """What can apply to the goods of these baskets at that instant, in one statement."""
    lines = [line for basket in baskets for line in basket.lines]
    asked = {
        "market": market,
        "codes": [*codes],
        "shops": sorted({int(line.shop_id) for line in lines}),
        "products": sorted({int(line.product_id) for line in lines}),
        "skus": sorted({int(line.sku_id) for line in lines}),
        "at": at,
    }
    return [promotion_of(row) for row in tx.sql.execute(LOAD, asked)]


def by_ids(
    tx: Tx, ids: Collection[PromotionId], visible: ColumnElement[bool]
) -> dict[PromotionId, Promotion]:
    """Promotions by their ids."""
    query = with_limits().where(among(promotions.c.id, ids), visible)
    return {row.id: promotion_of(row) for row in tx.sql.execute(query)}


def page(
    tx: Tx, visible: ColumnElement[bool], after: PromotionId | None, limit: int
) -> list[Promotion]:
    """A page of promotions by id."""
    query = with_limits().where(visible, promotions.c.id > (after or PromotionId(0)))
    rows = tx.sql.execute(query.order_by(promotions.c.id).limit(limit))
    return [promotion_of(row) for row in rows]


def hold(
    tx: Tx, ids: Collection[PromotionId], visible: ColumnElement[bool]
) -> dict[PromotionId, Promotion]:
    """Promotions held until the end."""
    tx.hold(Lock.BUDGETS, promotions.c.id, ids, visible)
    return by_ids(tx, ids, visible)


def save_states(tx: Tx, moves: Sequence[tuple[Promotion, Promotion]]) -> None:
    """Write moves, each from the promotion as it was to the promotion as it is."""
    if not moves:
        return
    columns = {
        "ids": [int(after.id) for _, after in moves],
        "before": [before.state.value for before, _ in moves],
        "after": [after.state.value for _, after in moves],
    }
    assert tx.sql.execute(SAVE_STATES, columns).rowcount == len(moves), "moved by someone else"


def hold_budgets(tx: Tx, ids: Collection[PromotionId]) -> dict[PromotionId, Budget]:
    """The budgets of promotions that have one, held until the end and read as they are then."""
    tx.hold(Lock.BUDGETS, budgets.c.promotion_id, ids)
    query = select(budgets).where(among(budgets.c.promotion_id, ids))
    return {
        row.promotion_id: Budget(
            limits=_limits(row),
            used=row.used,
            spent_minor=row.spent_minor,
            units_used=row.units_used,
        )
        for row in tx.sql.execute(query)
    }


def counts(
    tx: Tx, pairs: Collection[tuple[PromotionId, str]]
) -> dict[tuple[PromotionId, str], Used]:
    """How much buyers have used promotions; who never did is missing."""
    if not pairs:
        return {}
    asked = {"ids": [int(id) for id, _ in pairs], "buyers": [buyer for _, buyer in pairs]}
    rows = tx.sql.execute(COUNTS, asked)
    return {
        (PromotionId(row.promotion_id), row.buyer): Used(row.times, int(row.units)) for row in rows
    }


def use(tx: Tx, found: Sequence[Use]) -> None:
    """Write uses and count them."""
    if not found:
        return
    columns = {
        "ids": [int(each.promotion_id) for each in found],
        "references": [each.reference for each in found],
        "buyers": [each.buyer for each in found],
        "minors": [each.minor for each in found],
        "units": [each.units for each in found],
        "now": tx.now,
    }
    tx.sql.execute(USE, columns)


def used_by(tx: Tx, references: Collection[str]) -> set[PromotionId]:
    """The promotions that purchases have used and not given back."""
    query = select(uses.c.promotion_id).where(
        uses.c.reference == any_(literal([*references], ARRAY(Text))),
        uses.c.given_back_at.is_(None),
    )
    return set(tx.sql.scalars(query))


def give_back(tx: Tx, references: Collection[str]) -> None:
    """Undo uses and their counts; the budgets are held."""
    tx.sql.execute(GIVE_BACK, {"references": [*references], "now": tx.now})


def with_limits() -> Select[Any]:
    """Promotions with their limits."""
    joined = promotions.outerjoin(budgets, budgets.c.promotion_id == promotions.c.id)
    counted = (budgets.c.units, budgets.c.units_per_buyer, budgets.c.used, budgets.c.units_used)
    limits = (budgets.c.per_buyer, budgets.c.total, budgets.c.budget_minor, *counted)
    return select(promotions, *limits).select_from(joined)


def _number(id: Id | None) -> int | None:
    return None if id is None else int(id)


def _id(number: int | None) -> Id | None:
    return None if number is None else Id(number)


def promotion_of(row: Row[Any]) -> Promotion:
    """A promotion of a row that holds its limits, too."""
    offer = NewPromotion(
        owner_id=OrganisationId(row.owner_id),
        market=row.market,
        layer=Layer(row.layer),
        title=row.title,
        currency=Currency(row.currency),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        code=row.code,
        shop_id=_id(row.shop_id),
        product_id=_id(row.product_id),
        sku_id=_id(row.sku_id),
        activity_id=None if row.activity_id is None else ActivityId(row.activity_id),
        rate_bp=row.rate_bp,
        amount_minor=row.amount_minor,
        price_minor=row.price_minor,
        min_units=row.min_units,
        min_spend_minor=row.min_spend_minor,
        max_discount_minor=row.max_discount_minor,
        seller_share_bp=row.seller_share_bp,
        new_customers_only=row.new_customers_only,
        limits=_limits(row),
    )
    return Promotion(
        id=PromotionId(row.id),
        offer=offer,
        state=State(row.state),
        used=row.used or 0,
        units_used=row.units_used or 0,
    )


def _limits(row: Row[Any]) -> Limits:
    return Limits(
        per_buyer=row.per_buyer,
        total=row.total,
        budget_minor=row.budget_minor,
        units=row.units,
        units_per_buyer=row.units_per_buyer,
    )
