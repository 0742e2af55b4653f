"""Cancellations: asked for, decided."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Select, func, select, text, tuple_

from entrepot.contexts.orders.model import CancellationId, Cancelled, CancelReason, OrderId, Side
from entrepot.contexts.orders.requests import (
    CancellationFilter,
    CancellationRequest,
    Consent,
    Verdict,
)
from entrepot.contexts.orders.tables import cancellations, groups, orders
from entrepot.kernel.tx import Tx

ADD = text(
    "insert into orders.cancellations"
    " (id, order_id, asked_by, reason, state, quantities, units, refunds, asked_at,"
    " decided_at, due_at)"
    " select c.id, c.order_id, c.asked_by, c.reason, c.state, c.quantities, c.units, c.refunds,"
    " c.asked_at, c.decided_at, c.due_at from unnest("
    " cast(:ids as bigint[]), cast(:orders as bigint[]),"
    " cast(:sides as text[]), cast(:reasons as text[]), cast(:states as text[]),"
    " cast(:quantities as jsonb[]), cast(:units as jsonb[]), cast(:refunds as jsonb[]),"
    " cast(:asked as timestamptz[]), cast(:decided as timestamptz[]), cast(:due as timestamptz[]))"
    " as c (id, order_id, asked_by, reason, state, quantities, units, refunds, asked_at,"
    " decided_at, due_at)"
)
REQUESTED = text(
    "select id, order_id, asked_by, reason, quantities, units, asked_at from orders.cancellations"
    " where order_id = any(cast(:orders as bigint[])) and state = 'requested'"
)
DECIDE = text(
    "update orders.cancellations set state = :state, decided_at = :at"
    " where id = any(cast(:ids as bigint[])) and state = 'requested'"
)
REFUSE = text(
    "update orders.cancellations c set state = 'rejected', decided_at = r.at,"
    " refused_because = r.because, note = r.note"
    " from unnest(cast(:ids as bigint[]), cast(:times as timestamptz[]),"
    " cast(:because as text[]), cast(:notes as text[])) as r (id, at, because, note)"
    " where c.id = r.id and c.state = 'requested'"
)
ACCEPT = text(
    "update orders.cancellations c set state = 'accepted', decided_at = a.at,"
    " units = a.units, refunds = a.refunds"
    " from unnest(cast(:ids as bigint[]), cast(:times as timestamptz[]),"
    " cast(:units as jsonb[]), cast(:refunds as jsonb[])) as a (id, at, units, refunds)"
    " where c.id = a.id and c.state = 'requested'"
)
DUE = text(
    "select order_id, due_at from orders.cancellations"
    " where state = 'requested' and due_at <= :as_of order by due_at, order_id limit :at_most"
)
NEXT_DUE = text("select min(due_at) from orders.cancellations where state = 'requested'")
GONE = text(
    "select c.order_id, u.key as pos, u.value as units from orders.cancellations c"
    " cross join lateral jsonb_each(c.units) as u"
    " where c.order_id = any(cast(:orders as bigint[])) and c.state = 'accepted'"
)


NewRow = tuple[Cancelled, Side, CancelReason, datetime | None]


def add_cancellations(tx: Tx, rows: Sequence[NewRow]) -> None:
    """Write cancellations, decided at once unless they wait for consent until an instant."""
    if not rows:
        return
    columns = {
        "ids": [int(done.id) for done, *_ in rows],
        "orders": [int(done.order.id) for done, *_ in rows],
        "sides": [side.value for _, side, *_ in rows],
        "reasons": [reason.value for _, _, reason, _ in rows],
        "states": ["requested" if done.asked else "accepted" for done, *_ in rows],
        "quantities": [_written(done.units) for done, *_ in rows],
        "units": [_written({pos: [*n] for pos, n in done.which.items()}) for done, *_ in rows],
        "refunds": [_written({} if done.asked else done.refund_minor) for done, *_ in rows],
        "due": [due for *_, due in rows],
        "asked": [done.at for done, *_ in rows],
        "decided": [None if done.asked else done.at for done, *_ in rows],
    }
    tx.sql.execute(ADD, columns)


def requested(tx: Tx, ids: Collection[OrderId]) -> dict[OrderId, Row[Any]]:
    """The one cancellation of each order that waits for consent."""
    rows = tx.sql.execute(REQUESTED, {"orders": [int(id) for id in ids]})
    return {OrderId(row.order_id): row for row in rows}


def decide(tx: Tx, ids: Collection[CancellationId], state: str, at: datetime) -> None:
    tx.sql.execute(DECIDE, {"ids": [int(id) for id in ids], "state": state, "at": at})


def refuse(tx: Tx, verdicts: Mapping[CancellationId, Verdict]) -> None:
    columns = {
        "ids": [int(id) for id in verdicts],
        "times": [verdict.at or tx.now for verdict in verdicts.values()],
        "because": [verdict.because for verdict in verdicts.values()],
        "notes": [verdict.note for verdict in verdicts.values()],
    }
    tx.sql.execute(REFUSE, columns)


def accept(tx: Tx, done: Sequence[Cancelled]) -> None:
    """Note that requests were carried out, with the units that went."""
    columns = {
        "ids": [int(one.id) for one in done],
        "times": [one.at for one in done],
        "units": [_written({pos: [*n] for pos, n in one.which.items()}) for one in done],
        "refunds": [_written(one.refund_minor) for one in done],
    }
    if done:
        tx.sql.execute(ACCEPT, columns)


def due_requests(tx: Tx, as_of: datetime, at_most: int) -> dict[OrderId, datetime]:
    rows = tx.sql.execute(DUE, {"as_of": as_of, "at_most": at_most})
    return {OrderId(row.order_id): row.due_at for row in rows}


def next_request_due_at(tx: Tx) -> datetime | None:
    found: datetime | None = tx.sql.scalar(NEXT_DUE)
    return found


def cancelled_units(tx: Tx, ids: Collection[OrderId]) -> dict[tuple[OrderId, int], tuple[int, ...]]:
    found: dict[tuple[OrderId, int], tuple[int, ...]] = {}
    for row in tx.sql.execute(GONE, {"orders": [int(id) for id in ids]}):
        key = (OrderId(row.order_id), int(row.pos))
        found[key] = (*found.get(key, ()), *row.units)
    return found


def page_of_requests(
    tx: Tx,
    wanted: CancellationFilter,
    visible: ColumnElement[bool],
    place: tuple[tuple[datetime, CancellationId] | None, int],
) -> list[CancellationRequest]:
    """One page by the column and direction that the filter names."""
    after, limit = place
    column = CHANGED if wanted.by_change else cancellations.c.asked_at
    key = tuple_(column, cancellations.c.id)
    query = _visible(select(cancellations), wanted, visible)
    if after is not None:
        last = tuple_(after[0], int(after[1]))
        query = query.where(key > last if wanted.rising else key < last)
    if wanted.rising:
        query = query.order_by(column, cancellations.c.id)
    else:
        query = query.order_by(column.desc(), cancellations.c.id.desc())
    return [_request(row) for row in tx.sql.execute(query.limit(limit))]


def count_requests(
    tx: Tx, wanted: CancellationFilter, visible: ColumnElement[bool], at_most: int
) -> int:
    """How many fit, as far as counting is cheap."""
    some = _visible(select(cancellations.c.id), wanted, visible).limit(at_most).subquery()
    return tx.sql.execute(select(func.count()).select_from(some)).scalar_one()


CHANGED = func.coalesce(cancellations.c.decided_at, cancellations.c.asked_at)


def _visible(
    query: Select[Any], wanted: CancellationFilter, visible: ColumnElement[bool]
) -> Select[Any]:
    c = cancellations.c
    bought = select(groups.c.id)
    given: list[tuple[Any, Callable[[Any], ColumnElement[bool]]]] = [
        (wanted.ids, c.id.in_),
        (wanted.order_ids, c.order_id.in_),
        (
            wanted.buyer_ids,
            lambda ids: orders.c.group_id.in_(bought.where(groups.c.buyer_id.in_(ids))),
        ),
        (wanted.shop_id, orders.c.shop_id.__eq__),
        (wanted.by_buyers, (c.asked_by == Side.BUYER.value).__eq__),
        (wanted.states, c.state.in_),
        (wanted.asked_from, c.asked_at.__ge__),
        (wanted.asked_before, c.asked_at.__lt__),
        (wanted.changed_from, CHANGED.__ge__),
        (wanted.changed_before, CHANGED.__lt__),
    ]
    conditions = [condition(value) for value, condition in given if value is not None]
    joined = query.join(orders, orders.c.id == c.order_id)
    return joined.where(visible, *conditions)


def _request(row: Row[Any]) -> CancellationRequest:
    return CancellationRequest(
        id=row.id,
        order_id=row.order_id,
        asked_by=Side(row.asked_by),
        reason=CancelReason(row.reason),
        state=Consent(row.state),
        units={int(pos): tuple(units) for pos, units in row.units.items()},
        refunds={int(pos): minor for pos, minor in row.refunds.items()},
        refused_because=row.refused_because,
        note=row.note,
        asked_at=row.asked_at,
        decided_at=row.decided_at,
        due_at=row.due_at,
    )


def _written(by_line: Mapping[int, int] | Mapping[int, list[int]]) -> str:
    return orjson.dumps({str(pos): units for pos, units in by_line.items()}).decode()
