"""Statements: opened, filled and totalled for one market day."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, text, tuple_

from entrepot.contexts.merchants import ShopId
from entrepot.contexts.settlement.model import (
    PayoutId,
    Standing,
    Statement,
    StatementId,
    TierDecision,
)
from entrepot.contexts.settlement.tables import statements
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Tx

HERE = __file__.replace("/store/", "/")
RUN = [
    sql_file(HERE, name)
    for name in (
        "settle_claims",
        "consume_reserves",
        "release_reserves",
        "total_reserves",
    )
]
COLUMNS = (
    "s.id, s.payee_id, s.shop_id, s.market, s.currency, s.stated_on, s.due_at, s.claims, s.minor,"
    " s.reserved_minor, s.consumed_minor, s.released_minor, s.net_minor, i.payout_id"
)
FROM = " from settlement.statements s left join settlement.payout_items i on i.statement_id = s.id"
OF_DAY = text(f"select {COLUMNS}{FROM} where s.market = :market and s.due_at = :due order by s.id")
BY_IDS = text(f"select {COLUMNS}{FROM} where s.id = any(cast(:ids as bigint[])) order by s.id")
MARK = text(
    "insert into settlement.days as d (market, closed_on) values (:market, :day)"
    " on conflict (market) do update set closed_on = excluded.closed_on"
    " where d.closed_on < excluded.closed_on"
)
DAYS = text("select market, closed_on from settlement.days")
FIRST, NEXT = sql_file(HERE, "first_claims"), sql_file(HERE, "next_waiting")
MONTHS = text("select market, decided_on from settlement.tier_months")
MARK_MONTH = text(
    "insert into settlement.tier_months as m (market, decided_on) values (:market, :month)"
    " on conflict (market) do update set decided_on = excluded.decided_on"
    " where m.decided_on < excluded.decided_on"
)
ADD_STANDINGS = text(
    "insert into settlement.shop_standing (shop_id, month_on, score, shipped_orders, source)"
    " select s.shop_id, s.month_on, s.score, s.shipped, s.source"
    " from unnest(cast(:shops as bigint[]), cast(:months as date[]), cast(:scores as int[]),"
    " cast(:shipped as int[]), cast(:sources as text[]))"
    " as s (shop_id, month_on, score, shipped, source)"
    " on conflict (shop_id, month_on) do update set score = excluded.score,"
    " shipped_orders = excluded.shipped_orders, source = excluded.source"
)
STANDINGS = text(
    "select shop_id, month_on, score, shipped_orders, source from settlement.shop_standing"
    " where month_on = :month and shop_id = any(cast(:shops as bigint[]))"
)
ADD_TIERS = text(
    "insert into settlement.tiers as t"
    " (shop_id, month_on, tier, score, shipped_orders, source, rule, decided_at)"
    " select d.shop_id, d.month_on, d.tier, d.score, d.shipped, d.source, d.rule, :at"
    " from unnest(cast(:shops as bigint[]), cast(:months as date[]), cast(:tiers as text[]),"
    " cast(:scores as int[]), cast(:shipped as int[]), cast(:sources as text[]),"
    " cast(:rules as text[])) as d (shop_id, month_on, tier, score, shipped, source, rule)"
    " on conflict (shop_id, month_on) do update set tier = excluded.tier, score = excluded.score,"
    " shipped_orders = excluded.shipped_orders, source = excluded.source, rule = excluded.rule,"
    " decided_at = excluded.decided_at"
    " where (t.tier, t.score, t.shipped_orders, t.source, t.rule)"
    " is distinct from (excluded.tier, excluded.score, excluded.shipped_orders, excluded.source,"
    " excluded.rule)"
)
TIERS = text(
    "select shop_id, month_on, tier, score, shipped_orders, source, rule from settlement.tiers"
    " where shop_id = :shop order by month_on desc limit :limit"
)
SET_LEVEL = text(
    "insert into settlement.reserve_levels (shop_id, from_at, level, reason, set_by)"
    " values (:shop, :at, :level, :reason, :by)"
    " on conflict (shop_id, from_at) do update set level = excluded.level,"
    " reason = excluded.reason, set_by = excluded.set_by"
)


def close(tx: Tx, market: str, stated_on: date, due_at: datetime) -> list[Statement]:
    """Make the statements of one market day; run again it finds nothing left to do."""
    run = {"market": market, "due": due_at, "stated_on": stated_on}
    for statement in RUN:
        wanted = {name: value for name, value in run.items() if f":{name}" in statement.text}
        tx.sql.execute(statement, wanted)
    tx.sql.execute(MARK, {"market": market, "day": stated_on})
    rows = tx.sql.execute(OF_DAY, {"market": market, "due": due_at})
    return [statement_of(row) for row in rows]


def closed_days(tx: Tx) -> dict[str, date]:
    """The last day that was closed, by market."""
    return {row.market: row.closed_on for row in tx.sql.execute(DAYS)}


def decided_months(tx: Tx) -> dict[str, date]:
    """The last month whose tiers were decided, by market."""
    return {row.market: row.decided_on for row in tx.sql.execute(MONTHS)}


def mark_month(tx: Tx, market: str, month: date) -> None:
    tx.sql.execute(MARK_MONTH, {"market": market, "month": month})


def first_claims(tx: Tx, markets: Collection[str]) -> dict[str, datetime]:
    """When the clock of the first claim started, for markets that have open claims."""
    rows = tx.sql.execute(FIRST, {"markets": list(markets)})
    return {row.market: row.at for row in rows if row.at is not None}


def next_waiting_at(
    tx: Tx, market: str, closed: datetime | None, tomorrow: datetime | None
) -> datetime | None:
    """An instant of the first day on which something of a market can go on a statement.

    Of a market that has closed days, with the instants of the last one and of the one after it.
    """
    asked = {"market": market, "closed": closed, "tomorrow": tomorrow}
    found: datetime | None = tx.sql.scalar(NEXT, asked)
    return found


def by_ids(tx: Tx, ids: Collection[StatementId]) -> dict[StatementId, Statement]:
    rows = tx.sql.execute(BY_IDS, {"ids": [int(id) for id in ids]})
    return {StatementId(row.id): statement_of(row) for row in rows}


def page(
    tx: Tx,
    visible: ColumnElement[bool],
    whose: tuple[OrganisationId | None, ShopId | None],
    cut: tuple[tuple[datetime, StatementId] | None, int],
) -> list[StatementId]:
    """The ids of statements, the newest first; the cut is a cursor of (due_at, id) and how many."""
    (payee, shop), (after, limit) = whose, cut
    query = select(statements.c.id).where(visible)
    query = query.order_by(statements.c.due_at.desc(), statements.c.id.desc()).limit(limit)
    if payee is not None:
        query = query.where(statements.c.payee_id == payee)
    if shop is not None:
        query = query.where(statements.c.shop_id == shop)
    if after is not None:
        key = tuple_(statements.c.due_at, statements.c.id)
        query = query.where(key < (after[0], int(after[1])))
    return [StatementId(id) for id in tx.sql.scalars(query)]


def save_standings(tx: Tx, standings: Sequence[Standing]) -> None:
    columns = {
        "shops": [int(standing.shop_id) for standing in standings],
        "months": [standing.month_on for standing in standings],
        "scores": [standing.score for standing in standings],
        "shipped": [standing.shipped_orders for standing in standings],
        "sources": [standing.source for standing in standings],
    }
    tx.sql.execute(ADD_STANDINGS, columns)


def standings(tx: Tx, month: date, shops: Collection[ShopId]) -> dict[ShopId, Standing]:
    rows = tx.sql.execute(STANDINGS, {"month": month, "shops": [int(shop) for shop in shops]})
    return {
        ShopId(row.shop_id): Standing(
            shop_id=ShopId(row.shop_id),
            month_on=row.month_on,
            score=row.score,
            shipped_orders=row.shipped_orders,
            source=row.source,
        )
        for row in rows
    }


def save_tiers(tx: Tx, decisions: Sequence[TierDecision], at: datetime) -> None:
    columns = {
        "at": at,
        "shops": [int(decision.shop_id) for decision in decisions],
        "months": [decision.month_on for decision in decisions],
        "tiers": [decision.tier for decision in decisions],
        "scores": [decision.score for decision in decisions],
        "shipped": [decision.shipped_orders for decision in decisions],
        "sources": [decision.source for decision in decisions],
        "rules": [decision.rule for decision in decisions],
    }
    tx.sql.execute(ADD_TIERS, columns)


def tiers_of(tx: Tx, shop: ShopId, limit: int) -> list[TierDecision]:
    return [
        TierDecision(
            shop_id=ShopId(row.shop_id),
            month_on=row.month_on,
            tier=row.tier,
            score=row.score,
            shipped_orders=row.shipped_orders,
            source=row.source,
            rule=row.rule,
        )
        for row in tx.sql.execute(TIERS, {"shop": int(shop), "limit": limit})
    ]


def set_level(tx: Tx, shop: ShopId, level: int, at: datetime, reason: str) -> None:
    tx.sql.execute(
        SET_LEVEL,
        {"shop": int(shop), "at": at, "level": level, "reason": reason, "by": tx.actor.name},
    )


def statement_of(row: Row[Any]) -> Statement:
    """A statement as a row of `COLUMNS` has it."""
    return Statement(
        id=StatementId(row.id),
        payee_id=OrganisationId(row.payee_id),
        shop_id=ShopId(row.shop_id),
        market=row.market,
        currency=Currency(row.currency),
        stated_on=row.stated_on,
        due_at=row.due_at,
        claims=row.claims,
        minor=row.minor,
        reserved_minor=row.reserved_minor,
        consumed_minor=row.consumed_minor,
        released_minor=row.released_minor,
        net_minor=row.net_minor,
        payout_id=None if row.payout_id is None else PayoutId(row.payout_id),
    )
