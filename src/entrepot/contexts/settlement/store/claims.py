"""Claims, their holds, and what dates them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, text

from entrepot.contexts.merchants import ShopId
from entrepot.contexts.settlement.dates import Dated
from entrepot.contexts.settlement.model import Claim, ClaimId, NewClaim, StatementId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.tx import Tx

ADD = sql_file(__file__.replace("/store/", "/"), "add_claims")
COLUMNS = (
    "c.id, c.payee_id, c.shop_id, c.market, c.kind, c.source_id, c.pos, c.order_id, c.currency,"
    " c.minor, c.breakdown, c.basis, c.tier, c.rules, c.started_at, c.days, c.eligible_at,"
    " c.reserve_bp, c.reserve_until, coalesce(h.held_minor, 0) as reserved_minor"
)
HELD = "left join settlement.reserve_holds h on h.claim_id = c.id"
OF_ORDERS = text(
    f"select {COLUMNS}, s.statement_id from settlement.claims c {HELD}"
    " left join settlement.settled s on s.claim_id = c.id"
    " where c.order_id = any(cast(:orders as bigint[])) order by c.order_id, c.pos, c.id"
)
OF_STATEMENT = text(
    f"select {COLUMNS}, c.statement_id from settlement.settled_claims c {HELD}"
    " where c.statement_id = :statement and c.id > :after order by c.id limit :limit"
)
TIERS = text(
    "select t.shop_id, t.month_on, t.tier from settlement.tiers t"
    " join unnest(cast(:shops as bigint[]), cast(:months as date[])) as w (shop_id, month_on)"
    " using (shop_id, month_on)"
)
LEVELS = text(
    "select w.shop_id, w.at, ("
    "select l.level from settlement.reserve_levels l"
    " where l.shop_id = w.shop_id and l.from_at <= w.at order by l.from_at desc limit 1"
    ") as level from unnest(cast(:shops as bigint[]), cast(:times as timestamptz[]))"
    " as w (shop_id, at)"
)
OPEN_HOLDS = text(
    "insert into settlement.holds (order_id, reason, reference, opened_at)"
    " select h.order_id, h.reason, h.reference, h.at"
    " from unnest(cast(:orders as bigint[]), cast(:reasons as text[]),"
    " cast(:references as bigint[]), cast(:times as timestamptz[]))"
    " as h (order_id, reason, reference, at) on conflict (reason, reference) do nothing"
)
CLOSE_HOLDS = text(
    "update settlement.holds h set closed_at = c.at"
    " from unnest(cast(:reasons as text[]), cast(:references as bigint[]),"
    " cast(:times as timestamptz[])) as c (reason, reference, at)"
    " where h.reason = c.reason and h.reference = c.reference and h.closed_at is null"
)


def add(tx: Tx, claims: Sequence[tuple[NewClaim, Dated]]) -> None:
    columns = {
        "payees": [int(claim.payee_id) for claim, _ in claims],
        "shops": [int(claim.shop_id) for claim, _ in claims],
        "markets": [claim.market for claim, _ in claims],
        "kinds": [claim.kind for claim, _ in claims],
        "sources": [int(claim.source_id) for claim, _ in claims],
        "pos": [claim.pos for claim, _ in claims],
        "orders": [claim.order_id and int(claim.order_id) for claim, _ in claims],
        "currencies": [claim.amount.currency.value for claim, _ in claims],
        "minors": [claim.amount.minor for claim, _ in claims],
        "breakdowns": [orjson.dumps(claim.breakdown).decode() for claim, _ in claims],
        "bases": [claim.basis for claim, _ in claims],
        "tiers": [dates.tier for _, dates in claims],
        "rules": [" ".join(dates.rules) for _, dates in claims],
        "started": [claim.started_at for claim, _ in claims],
        "days": [dates.days for _, dates in claims],
        "eligible": [dates.eligible_at for _, dates in claims],
        "reserve_bps": [dates.reserve_bp for _, dates in claims],
        "reserve_until": [dates.reserve_until for _, dates in claims],
    }
    tx.sql.execute(ADD, columns)


def of_orders(tx: Tx, orders: Collection[int]) -> list[Claim]:
    rows = tx.sql.execute(OF_ORDERS, {"orders": [int(id) for id in orders]})
    return [_claim(row) for row in rows]


def of_statement(tx: Tx, statement: StatementId, after: ClaimId, limit: int) -> list[Claim]:
    page = {"statement": int(statement), "after": int(after), "limit": limit}
    return [_claim(row) for row in tx.sql.execute(OF_STATEMENT, page)]


def tiers(tx: Tx, wanted: Collection[tuple[ShopId, date]]) -> dict[tuple[ShopId, date], str]:
    asked = {
        "shops": [int(shop) for shop, _ in wanted],
        "months": [month for _, month in wanted],
    }
    return {(ShopId(row.shop_id), row.month_on): row.tier for row in tx.sql.execute(TIERS, asked)}


def levels(
    tx: Tx, wanted: Collection[tuple[ShopId, datetime]]
) -> dict[tuple[ShopId, datetime], int]:
    asked = {"shops": [int(shop) for shop, _ in wanted], "times": [at for _, at in wanted]}
    return {(ShopId(row.shop_id), row.at): row.level or 0 for row in tx.sql.execute(LEVELS, asked)}


def open_holds(tx: Tx, holds: Sequence[tuple[int, str, int, datetime]]) -> None:
    columns: dict[str, list[Any]] = {
        "orders": [int(order) for order, _, _, _ in holds],
        "reasons": [reason for _, reason, _, _ in holds],
        "references": [int(reference) for _, _, reference, _ in holds],
        "times": [at for _, _, _, at in holds],
    }
    tx.sql.execute(OPEN_HOLDS, columns)


def close_holds(tx: Tx, holds: Sequence[tuple[str, int, datetime]]) -> None:
    columns: dict[str, list[Any]] = {
        "reasons": [reason for reason, _, _ in holds],
        "references": [int(reference) for _, reference, _ in holds],
        "times": [at for _, _, at in holds],
    }
    tx.sql.execute(CLOSE_HOLDS, columns)


def _claim(row: Row[Any]) -> Claim:
    return Claim(
        id=ClaimId(row.id),
        payee_id=OrganisationId(row.payee_id),
        shop_id=ShopId(row.shop_id),
        market=row.market,
        kind=row.kind,
        source_id=row.source_id,
        pos=row.pos,
        order_id=row.order_id,
        amount=Money(row.minor, Currency(row.currency)),
        breakdown=row.breakdown,
        basis=row.basis,
        tier=row.tier,
        rules=tuple(row.rules),
        started_at=row.started_at,
        days=row.days,
        eligible_at=row.eligible_at,
        reserve_bp=row.reserve_bp,
        reserve_until=row.reserve_until,
        reserved_minor=row.reserved_minor,
        statement_id=None if row.statement_id is None else StatementId(row.statement_id),
    )
