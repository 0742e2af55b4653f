"""Holds that people open and close."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, text

from entrepot.contexts.settlement.model import ByHand, HoldId, NewFreeze, Thaw
from entrepot.kernel.ids import Id
from entrepot.kernel.tx import Tx

BY_HAND = "by_hand"  # The reason under which they stand among those of cases.
COLUMNS = "reference, order_id, note, opened_at, opened_by, closed_at, closed_by"
FREEZE = text(
    "insert into settlement.holds (order_id, reason, reference, note, opened_at, opened_by)"
    " select h.order_id, :reason, h.id, h.note, :at, :actor"
    " from unnest(cast(:ids as bigint[]), cast(:orders as bigint[]), cast(:notes as text[]))"
    " as h (id, order_id, note)"
)
THAW = text(
    "update settlement.holds h set closed_at = :at, closed_by = :actor,"
    " note = h.note || ' / ' || t.note"
    " from unnest(cast(:ids as bigint[]), cast(:notes as text[])) as t (id, note)"
    " where h.reason = :reason and h.reference = t.id and h.closed_at is null"
)
BY_IDS = text(
    f"select {COLUMNS} from settlement.holds"
    " where reason = :reason and reference = any(cast(:ids as bigint[]))"
)
OF_ORDER = text(
    f"select {COLUMNS} from settlement.holds"
    " where reason = :reason and order_id = :order order by reference"
)


def freeze(tx: Tx, wishes: Sequence[tuple[HoldId, NewFreeze]]) -> None:
    columns = {
        **_said(tx),
        "ids": [int(id) for id, _ in wishes],
        "orders": [int(wish.order_id) for _, wish in wishes],
        "notes": [wish.note.strip() for _, wish in wishes],
    }
    tx.sql.execute(FREEZE, columns)


def thaw(tx: Tx, wishes: Sequence[Thaw]) -> None:
    columns = {
        **_said(tx),
        "ids": [int(wish.id) for wish in wishes],
        "notes": [wish.note.strip() for wish in wishes],
    }
    tx.sql.execute(THAW, columns)


def by_ids(tx: Tx, ids: Collection[HoldId]) -> dict[HoldId, ByHand]:
    asked = {"reason": BY_HAND, "ids": [int(id) for id in ids]}
    return {HoldId(row.reference): _by_hand(row) for row in tx.sql.execute(BY_IDS, asked)}


def of_order(tx: Tx, order_id: int) -> list[ByHand]:
    asked = {"reason": BY_HAND, "order": int(order_id)}
    return [_by_hand(row) for row in tx.sql.execute(OF_ORDER, asked)]


def _said(tx: Tx) -> dict[str, Any]:
    return {"reason": BY_HAND, "at": tx.now, "actor": tx.actor.name}


def _by_hand(row: Row[Any]) -> ByHand:
    return ByHand(
        id=HoldId(row.reference),
        order_id=Id(row.order_id),
        note=row.note,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
    )
