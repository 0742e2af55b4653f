"""Statements on size charts and appeals."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Row, text

from entrepot.contexts.catalog.model import CategoryId, Listing, ListingId, ProductId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import new_ids
from entrepot.kernel.tx import Tx

from .model import (
    Appeal,
    AppealId,
    AppealState,
    Chart,
    ChartId,
    ChartSearch,
    Indicator,
    NewAppeal,
    NewChart,
    SizeChart,
)

CHART = TypeAdapter(Chart)
ADD = text(
    "insert into catalog.size_charts"
    " (id, merchant_id, category_id, name, locale, chart, made_at, updated_at)"
    " select c.*, cast(:now as timestamptz), cast(:now as timestamptz) from unnest("
    " cast(:ids as bigint[]), cast(:merchants as bigint[]), cast(:categories as text[]),"
    " cast(:names as text[]), cast(:locales as text[]), cast(:charts as jsonb[])) as c"
)
SAVE = text(
    "update catalog.size_charts c set name = e.name, chart = e.chart, updated_at = :now"
    " from unnest(cast(:ids as bigint[]), cast(:names as text[]), cast(:charts as jsonb[]))"
    " as e (id, name, chart) where c.id = e.id"
)
COLUMNS = "id, merchant_id, category_id, name, locale, chart, updated_at"
HELD = text(
    f"select {COLUMNS} from catalog.size_charts where id = any(cast(:ids as bigint[]))"
    " order by id for no key update"
)
FITTING = (
    " from catalog.size_charts where merchant_id = :merchant"
    " and (cardinality(cast(:ids as bigint[])) = 0 or id = any(cast(:ids as bigint[])))"
    " and (:word = '' or position(lower(:word) in lower(name)) > 0)"
    " and (cast(:templates as boolean) is null or (name <> '') = :templates)"
)
FIND = text(
    f"select {COLUMNS}{FITTING} and (cast(:after as bigint) is null or id < :after)"
    " order by id desc limit :limit"
)
COUNT = text(f"select count(*){FITTING}")
ADD_APPEALS = text(
    "insert into catalog.appeals (id, listing_id, merchant_id, indicators, state, made_at)"
    " select a.*, 'waiting', cast(:now as timestamptz) from unnest(cast(:ids as bigint[]),"
    " cast(:listings as bigint[]), cast(:merchants as bigint[]), cast(:indicators as jsonb[])) as a"
    " on conflict do nothing returning id"
)
APPEAL = (
    "select a.id, a.listing_id, l.product_id, l.shop_id, a.merchant_id, a.indicators, a.state,"
    " a.made_at, a.decided_at from catalog.appeals a join catalog.listings l on l.id = a.listing_id"
)
APPEALS_BY = text(
    f"{APPEAL} where a.id = any(cast(:ids as bigint[])) order by a.id for no key update of a"
)
WAITING = text(f"{APPEAL} where a.state = :state and a.id > :after order by a.id limit :limit")
DECIDE = text(
    "update catalog.appeals a set state = d.state, decided_at = :now, decided_by = :actor"
    " from unnest(cast(:ids as bigint[]), cast(:states as text[])) as d (id, state)"
    " where a.id = d.id and a.state = 'waiting'"
)


def add(tx: Tx, wishes: Sequence[NewChart]) -> list[SizeChart]:
    ids = new_ids(tx.sql, ChartId, len(wishes))
    columns = {
        "ids": [int(id) for id in ids],
        "merchants": [int(wish.merchant_id) for wish in wishes],
        "categories": [str(wish.category_id) for wish in wishes],
        "names": [wish.name for wish in wishes],
        "locales": [wish.locale for wish in wishes],
        "charts": [_json(wish.chart) for wish in wishes],
        "now": tx.now,
    }
    tx.sql.execute(ADD, columns)
    return [
        SizeChart(
            id=id,
            merchant_id=wish.merchant_id,
            category_id=wish.category_id,
            name=wish.name,
            locale=wish.locale,
            chart=wish.chart,
            updated_at=tx.now,
        )
        for id, wish in zip(ids, wishes, strict=True)
    ]


def save(tx: Tx, charts: Sequence[SizeChart]) -> None:
    columns = {
        "ids": [int(chart.id) for chart in charts],
        "names": [chart.name for chart in charts],
        "charts": [_json(chart.chart) for chart in charts],
        "now": tx.now,
    }
    tx.sql.execute(SAVE, columns)


def held(tx: Tx, ids: Collection[ChartId]) -> dict[ChartId, SizeChart]:
    """Charts, locked."""
    rows = tx.sql.execute(HELD, {"ids": [int(id) for id in ids]})
    return {ChartId(row.id): _chart(row) for row in rows}


def find(
    tx: Tx, asked: ChartSearch, after: ChartId | None, limit: int
) -> tuple[list[SizeChart], int]:
    where = {
        "merchant": int(asked.merchant_id),
        "ids": [int(id) for id in asked.ids],
        "word": "" if asked.ids else asked.word,
        "templates": asked.are_templates,
    }
    part = {"after": None if after is None else int(after), "limit": limit}
    rows = [_chart(row) for row in tx.sql.execute(FIND, {**where, **part})]
    total: int = tx.sql.execute(COUNT, where).scalar_one()
    return rows, total


def add_appeals(
    tx: Tx, wishes: Sequence[NewAppeal], listings: Mapping[ListingId, Listing]
) -> dict[ListingId, AppealId]:
    """Write appeals; a listing has one at a time that waits."""
    ids = new_ids(tx.sql, AppealId, len(wishes))
    columns = {
        "ids": [int(id) for id in ids],
        "listings": [int(wish.listing_id) for wish in wishes],
        "merchants": [int(listings[wish.listing_id].merchant_id) for wish in wishes],
        "indicators": [orjson.dumps(wish.indicators).decode() for wish in wishes],
        "now": tx.now,
    }
    added = {AppealId(id) for id in tx.sql.scalars(ADD_APPEALS, columns)}
    pairs = zip(ids, wishes, strict=True)
    return {wish.listing_id: id for id, wish in pairs if id in added}


def appeals_by(tx: Tx, ids: Collection[AppealId]) -> dict[AppealId, Appeal]:
    """Appeals, locked."""
    rows = tx.sql.execute(APPEALS_BY, {"ids": [int(id) for id in ids]})
    return {AppealId(row.id): _appeal(row) for row in rows}


def appeals_page(tx: Tx, state: AppealState, after: AppealId, limit: int) -> list[Appeal]:
    where = {"state": state.value, "after": int(after), "limit": limit}
    return [_appeal(row) for row in tx.sql.execute(WAITING, where)]


def decide(tx: Tx, decided: Sequence[Appeal]) -> None:
    columns = {
        "ids": [int(one.id) for one in decided],
        "states": [one.state.value for one in decided],
        "now": tx.now,
        "actor": tx.actor.name,
    }
    tx.sql.execute(DECIDE, columns)


def _json(chart: Chart) -> str:
    return CHART.dump_json(chart).decode()


def _chart(row: Row[Any]) -> SizeChart:
    return SizeChart(
        id=ChartId(row.id),
        merchant_id=OrganisationId(row.merchant_id),
        category_id=CategoryId(row.category_id),
        name=row.name,
        locale=row.locale,
        chart=CHART.validate_python(row.chart),
        updated_at=row.updated_at,
    )


def _appeal(row: Row[Any]) -> Appeal:
    return Appeal(
        id=AppealId(row.id),
        listing_id=ListingId(row.listing_id),
        product_id=ProductId(row.product_id),
        shop_id=ShopId(row.shop_id),
        merchant_id=OrganisationId(row.merchant_id),
        indicators=tuple(map(Indicator, row.indicators)),
        state=AppealState(row.state),
        made_at=row.made_at,
        decided_at=row.decided_at,
    )
