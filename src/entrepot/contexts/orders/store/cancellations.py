"""Cancellations: asked for, decided."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, text

from entrepot.contexts.orders.model import CancellationId, Cancelled, CancelReason, OrderId, Side
from entrepot.kernel.tx import Tx

ADD = text(
    "insert into orders.cancellations"
    " (id, order_id, asked_by, reason, state, quantities, units, asked_at,"
    " decided_at)"
    " select c.id, c.order_id, c.asked_by, c.reason, c.state, c.quantities, c.units,"
    " c.asked_at, c.decided_at from unnest(cast(:ids as bigint[]), cast(:orders as bigint[]),"
    " cast(:sides as text[]), cast(:reasons as text[]), cast(:states as text[]),"
    " cast(:quantities as jsonb[]), cast(:units as jsonb[]), cast(:asked as timestamptz[]),"
    " cast(:decided as timestamptz[]))"
    " as c (id, order_id, asked_by, reason, state, quantities, units, asked_at, decided_at)"
)
REQUESTED = text(
    "select id, order_id, asked_by, reason, quantities, units, asked_at from orders.cancellations"
    " where order_id = any(cast(:orders as bigint[])) and state = 'requested'"
)
DECIDE = text(
    "update orders.cancellations set state = :state, decided_at = :at"
    " where id = any(cast(:ids as bigint[])) and state = 'requested'"
)


def add_cancellations(tx: Tx, rows: Sequence[tuple[Cancelled, Side, CancelReason]]) -> None:
    """Write cancellations, decided at once unless they wait for consent."""
    if not rows:
        return
    columns = {
        "ids": [int(done.id) for done, _, _ in rows],
        "orders": [int(done.order.id) for done, _, _ in rows],
        "sides": [side.value for _, side, _ in rows],
        "reasons": [reason.value for _, _, reason in rows],
        "states": ["requested" if done.asked else "accepted" for done, _, _ in rows],
        "quantities": [_written(done.units) for done, _, _ in rows],
        "units": [_written({pos: [*n] for pos, n in done.which.items()}) for done, _, _ in rows],
        "asked": [done.at for done, _, _ in rows],
        "decided": [None if done.asked else done.at for done, _, _ in rows],
    }
    tx.sql.execute(ADD, columns)


def requested(tx: Tx, orders: Collection[OrderId]) -> dict[OrderId, Row[Any]]:
    """The one cancellation of each order that waits for consent."""
    rows = tx.sql.execute(REQUESTED, {"orders": [int(id) for id in orders]})
    return {OrderId(row.order_id): row for row in rows}


def decide(tx: Tx, ids: Collection[CancellationId], state: str, at: datetime) -> None:
    tx.sql.execute(DECIDE, {"ids": [int(id) for id in ids], "state": state, "at": at})


def _written(by_line: Mapping[int, int | list[int]]) -> str:
    return orjson.dumps({str(pos): units for pos, units in by_line.items()}).decode()
