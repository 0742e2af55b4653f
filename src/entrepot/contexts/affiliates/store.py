"""The statements of affiliates."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select

from entrepot.contexts.catalog import ProductId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import Id, among
from entrepot.kernel.tx import Tx

from .model import Plan, PlanId
from .tables import plans, rates

ADD = sql_file(__file__, "add")
SET_RATES = sql_file(__file__, "set_rates")
DROP_FUTURE = sql_file(__file__, "drop_future")
END = sql_file(__file__, "end_plans")
BEST = sql_file(__file__, "best")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A creator's link to a product of a shop."""

    shop_id: ShopId
    product_id: ProductId
    creator_id: OrganisationId


@dataclass(frozen=True, slots=True)
class Best:
    """The plan that decides, with its rate then."""

    plan_id: PlanId
    market: str
    rate_bp: int


def add(tx: Tx, found: Sequence[Plan], rules: Sequence[str]) -> None:
    """Write plans with their first rates."""
    if not found:
        return
    columns = {
        "ids": [int(plan.id) for plan in found],
        "merchants": [int(plan.merchant_id) for plan in found],
        "shops": [int(plan.shop_id) for plan in found],
        "markets": [plan.market for plan in found],
        "products": [_number(plan.product_id) for plan in found],
        "creators": [_number(plan.creator_id) for plan in found],
        "starts": [plan.starts_at for plan in found],
        "ends": [plan.ends_at for plan in found],
        "rates": [plan.rate_bp for plan in found],
        "rules": [*rules],
        "now": tx.now,
    }
    tx.sql.execute(ADD, columns)


def set_rates(
    tx: Tx, changes: Sequence[tuple[PlanId, datetime, int]], rules: Sequence[str]
) -> None:
    """Write rates from instants on; what was announced for later is void."""
    if not changes:
        return
    ids = [int(id) for id, _, _ in changes]
    tx.sql.execute(DROP_FUTURE, {"ids": ids, "now": tx.now})
    columns = {
        "ids": ids,
        "times": [from_at for _, from_at, _ in changes],
        "rates": [rate_bp for _, _, rate_bp in changes],
        "rules": [*rules],
        "now": tx.now,
    }
    tx.sql.execute(SET_RATES, columns)


def end(tx: Tx, ids: Collection[PlanId]) -> None:
    """End plans now; one that has not begun never begins."""
    tx.sql.execute(END, {"ids": [int(id) for id in ids], "now": tx.now})


def hold(tx: Tx, ids: Collection[PlanId], visible: ColumnElement[bool]) -> dict[PlanId, Plan]:
    """Plans held until the end, read in the statement after the one that waits."""
    rows = select(plans.c.id).where(among(plans.c.id, ids), visible).order_by(plans.c.id)
    tx.sql.execute(rows.with_for_update(key_share=True))
    return by_ids(tx, ids, visible)


def by_ids(tx: Tx, ids: Collection[PlanId], visible: ColumnElement[bool]) -> dict[PlanId, Plan]:
    """Plans by their ids, as of now."""
    query = _plans(tx.now).where(among(plans.c.id, ids), visible)
    return {row.id: _plan(row) for row in tx.sql.execute(query)}


def page(tx: Tx, visible: ColumnElement[bool], after: PlanId | None, limit: int) -> list[Plan]:
    """A page of plans by id."""
    query = _plans(tx.now).where(visible, plans.c.id > (after or PlanId(0)))
    return [_plan(row) for row in tx.sql.execute(query.order_by(plans.c.id).limit(limit))]


def history(tx: Tx, id: PlanId) -> list[tuple[datetime, int]]:
    """The rates of a plan from their instants on, first to last."""
    query = select(rates.c.from_at, rates.c.rate_bp).where(rates.c.plan_id == id)
    return [(row.from_at, row.rate_bp) for row in tx.sql.execute(query.order_by(rates.c.from_at))]


def best(tx: Tx, wanted: Sequence[Wanted], at: datetime) -> dict[int, Best]:
    """By index: the plan that decides then. One statement for all."""
    if not wanted:
        return {}
    asked = {
        "ns": [*range(len(wanted))],
        "shops": [int(each.shop_id) for each in wanted],
        "products": [int(each.product_id) for each in wanted],
        "creators": [int(each.creator_id) for each in wanted],
        "at": at,
    }
    return {
        row.n: Best(PlanId(row.id), row.market, row.rate_bp) for row in tx.sql.execute(BEST, asked)
    }


def _plans(at: datetime) -> Select[Any]:
    """Plans with the rate of an instant; before the start, with the first rate."""
    then = select(rates.c.rate_bp).where(rates.c.plan_id == plans.c.id)
    in_force = then.order_by(rates.c.from_at > at, rates.c.from_at.desc()).limit(1)
    return select(plans, in_force.scalar_subquery().label("rate_bp"))


def _number(id: Id | None) -> int | None:
    return None if id is None else int(id)


def _plan(row: Row[Any]) -> Plan:
    return Plan(
        id=row.id,
        merchant_id=row.merchant_id,
        shop_id=row.shop_id,
        market=row.market,
        product_id=row.product_id,
        creator_id=row.creator_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        rate_bp=row.rate_bp,
    )
