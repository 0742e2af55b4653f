"""The statements of sourcing."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, select, text

from entrepot.contexts.catalog import SkuId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import among
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Tx

from .model import (
    Agreement,
    AgreementId,
    Basis,
    End,
    NewAgreement,
    NewSupplyPrice,
    Supply,
    SupplyPrice,
)
from .tables import agreements

SUPPLY, ADD, REPRICE = (sql_file(__file__, name) for name in ("supply", "add", "reprice"))
END = text(
    "update sourcing.agreements a set ended_on = e.last_on"
    " from unnest(cast(:ids as bigint[]), cast(:days as date[])) as e (id, last_on)"
    " where a.id = e.id"
)
ENDED = text(
    "select sku_id, market, max(ended_on) as ended_on from sourcing.agreements"
    " where ended_on is not null and sku_id = any(cast(:skus as bigint[]))"
    " group by sku_id, market"
)
PRICES = text(
    "select agreement_id, version, from_on, unit_minor from sourcing.prices"
    " where agreement_id = :agreement order by version"
)


def supply(tx: Tx, market: str, sku_ids: Collection[SkuId], day: date) -> dict[SkuId, Supply]:
    where = {"market": market, "skus": [int(id) for id in sku_ids], "day": day}
    return {SkuId(row.sku_id): _supply(row) for row in tx.sql.execute(SUPPLY, where)}


def add(tx: Tx, wishes: Sequence[tuple[AgreementId, NewAgreement]]) -> set[AgreementId]:
    """Write agreements with their first price; returns those whose SKU had none in force."""
    columns = {
        "ids": [int(id) for id, _ in wishes],
        "suppliers": [int(wish.supplier_id) for _, wish in wishes],
        "skus": [int(wish.sku_id) for _, wish in wishes],
        "markets": [wish.market for _, wish in wishes],
        "bases": [wish.basis.value for _, wish in wishes],
        "currencies": [wish.currency.value for _, wish in wishes],
        "terms": [wish.terms_days for _, wish in wishes],
        "days": [wish.from_on for _, wish in wishes],
        "units": [wish.unit_minor for _, wish in wishes],
        "actor": tx.actor.name,
        "now": tx.now,
    }
    return {AgreementId(id) for id in tx.sql.scalars(ADD, columns)}


def ended(tx: Tx, sku_ids: Collection[SkuId]) -> dict[tuple[SkuId, str], date]:
    """The last day of the last ended agreement, by SKU and market."""
    rows = tx.sql.execute(ENDED, {"skus": [int(id) for id in sku_ids]})
    return {(SkuId(row.sku_id), row.market): row.ended_on for row in rows}


def reprice(tx: Tx, wishes: Sequence[NewSupplyPrice]) -> list[SupplyPrice]:
    """Write prices of locked agreements, as their next versions in the order of the wishes."""
    columns = {
        "agreements": [int(wish.agreement_id) for wish in wishes],
        "days": [wish.from_on for wish in wishes],
        "units": [wish.unit_minor for wish in wishes],
        "actor": tx.actor.name,
        "now": tx.now,
    }
    return [_price(row) for row in tx.sql.execute(REPRICE, columns)]


def end(tx: Tx, wishes: Sequence[End]) -> None:
    columns = {
        "ids": [int(wish.agreement_id) for wish in wishes],
        "days": [wish.last_on for wish in wishes],
    }
    tx.sql.execute(END, columns)


def held(
    tx: Tx, ids: Collection[AgreementId], visible: ColumnElement[bool]
) -> dict[AgreementId, Agreement]:
    """Lock agreements by rising id and read them as they then are."""
    query = select(agreements).where(among(agreements.c.id, ids), visible)
    locked = query.order_by(agreements.c.id).with_for_update(key_share=True)
    return {row.id: _agreement(row) for row in tx.sql.execute(locked)}


def page(tx: Tx, after: AgreementId, limit: int, visible: ColumnElement[bool]) -> list[Agreement]:
    query = select(agreements).where(agreements.c.id > after, visible)
    rows = tx.sql.execute(query.order_by(agreements.c.id).limit(limit))
    return [_agreement(row) for row in rows]


def prices(tx: Tx, id: AgreementId) -> list[SupplyPrice]:
    return [_price(row) for row in tx.sql.execute(PRICES, {"agreement": int(id)})]


def by_ids(
    tx: Tx, ids: Collection[AgreementId], visible: ColumnElement[bool]
) -> dict[AgreementId, Agreement]:
    query = select(agreements).where(among(agreements.c.id, ids), visible)
    return {row.id: _agreement(row) for row in tx.sql.execute(query)}


def _supply(row: Row[Any]) -> Supply:
    return Supply(
        sku_id=SkuId(row.sku_id),
        supplier_id=OrganisationId(row.supplier_id),
        agreement_id=AgreementId(row.agreement_id),
        version=row.version,
        basis=Basis(row.basis),
        unit_minor=row.unit_minor,
        currency=Currency(row.currency),
        terms_days=row.terms_days,
    )


def _agreement(row: Row[Any]) -> Agreement:
    return Agreement(
        id=row.id,
        supplier_id=row.supplier_id,
        sku_id=row.sku_id,
        market=row.market,
        basis=Basis(row.basis),
        currency=Currency(row.currency),
        terms_days=row.terms_days,
        opened_on=row.opened_on,
        ended_on=row.ended_on,
        made_at=row.made_at,
    )


def _price(row: Row[Any]) -> SupplyPrice:
    return SupplyPrice(
        agreement_id=AgreementId(row.agreement_id),
        version=row.version,
        unit_minor=row.unit_minor,
        from_on=row.from_on,
    )
