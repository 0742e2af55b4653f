"""Refunds and their lines."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, select, text, tuple_

from entrepot.contexts.aftersales.model import Reason, Refund, RefundId, RefundLine
from entrepot.contexts.aftersales.tables import refunds
from entrepot.contexts.orders import OrderId, Side
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import among
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Tx

ADD = sql_file(__file__, "add")
LINES = text(
    "select refund_id, pos, units, minor, before_minor, payment_minor"
    " from aftersales.refund_lines where refund_id = any(cast(:ids as bigint[]))"
    " order by refund_id, pos"
)


def add(tx: Tx, new: Sequence[Refund]) -> None:
    """Write refunds with their lines in one statement."""
    lines = [(refund.id, line) for refund in new for line in refund.lines]
    columns = {
        "actor": tx.actor.name,
        "ids": [int(refund.id) for refund in new],
        "orders": [int(refund.order_id) for refund in new],
        "merchants": [int(refund.merchant_id) for refund in new],
        "currencies": [refund.currency.value for refund in new],
        "reasons": [refund.reason.value for refund in new],
        "sides": [refund.asked_by.value for refund in new],
        "times": [refund.at for refund in new],
        "refunds": [int(id) for id, _ in lines],
        "pos": [line.pos for _, line in lines],
        "units": [line.units for _, line in lines],
        "minors": [line.minor for _, line in lines],
        "before": [line.before_minor for _, line in lines],
        "payments": [line.payment_minor for _, line in lines],
    }
    tx.sql.execute(ADD, columns)


def found(tx: Tx, *conditions: ColumnElement[bool]) -> list[Refund]:
    """Refunds by order and id."""
    query = select(refunds).where(*conditions).order_by(refunds.c.order_id, refunds.c.id)
    return _lined(tx, tx.sql.execute(query).all())


def of_orders(tx: Tx, ids: Collection[OrderId]) -> list[Refund]:
    return found(tx, among(refunds.c.order_id, ids))


def by_ids(tx: Tx, ids: Collection[RefundId], visible: ColumnElement[bool]) -> list[Refund]:
    return found(tx, among(refunds.c.id, ids), visible)


def page(
    tx: Tx,
    conditions: Sequence[ColumnElement[bool]],
    after: tuple[datetime, RefundId] | None,
    limit: int,
) -> list[Refund]:
    """Refunds, the newest first, after a cursor of (at, id)."""
    key = tuple_(refunds.c.refunded_at, refunds.c.id)
    query = select(refunds).where(*conditions)
    if after is not None:
        query = query.where(key < (after[0], int(after[1])))
    query = query.order_by(refunds.c.refunded_at.desc(), refunds.c.id.desc()).limit(limit)
    return _lined(tx, tx.sql.execute(query).all())


def _lined(tx: Tx, rows: Collection[Row[Any]]) -> list[Refund]:
    lines = tx.sql.execute(LINES, {"ids": [int(row.id) for row in rows]}) if rows else ()
    by_refund = {
        id: tuple(_line(row) for row in group)
        for id, group in groupby(lines, lambda line: line.refund_id)
    }
    return [_refund(row, by_refund) for row in rows]


def _line(row: Row[Any]) -> RefundLine:
    return RefundLine(
        pos=row.pos,
        units=row.units,
        minor=row.minor,
        before_minor=row.before_minor,
        payment_minor=row.payment_minor,
    )


def _refund(row: Row[Any], lines: Mapping[int, tuple[RefundLine, ...]]) -> Refund:
    return Refund(
        id=row.id,
        order_id=row.order_id,
        merchant_id=row.merchant_id,
        currency=Currency(row.currency),
        reason=Reason(row.reason),
        asked_by=Side(row.asked_by),
        at=row.refunded_at,
        lines=lines[row.id],
    )
