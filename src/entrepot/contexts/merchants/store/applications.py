"""Applications and what has to be corrected in them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update

from entrepot.contexts.merchants.lifecycle import ApplicationState
from entrepot.contexts.merchants.model import (
    Application,
    ApplicationId,
    Correction,
    CorrectionId,
    Finding,
    Reason,
    SellerType,
)
from entrepot.contexts.merchants.tables import applications, corrections
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import among, new_ids
from entrepot.kernel.tx import EVERY_ROW, Tx

MOVE = sql_file(__file__, "move_applications")


def add_applications(tx: Tx, new: Sequence[Application]) -> None:
    rows = [
        {
            "id": one.id,
            "merchant_id": one.merchant_id,
            "shop_name": one.shop_name,
            "market": one.market,
            "mode": one.mode,
            "seller_type": one.seller_type.value,
            "invited": one.invited,
            "state": one.state.value,
            "started_at": tx.now,
            "moved_at": tx.now,
        }
        for one in new
    ]
    if rows:
        tx.sql.execute(insert(applications), rows)


def hold_applications(tx: Tx, ids: Collection[ApplicationId], visible: ColumnElement[bool]) -> None:
    """Applications are held before all kinds of locks that units of work share."""
    assert not tx.held, "applications are held first"
    rows = select(applications.c.id).where(among(applications.c.id, ids), visible)
    tx.sql.execute(rows.order_by(applications.c.id).with_for_update(key_share=True))


def applications_by_ids(
    tx: Tx, ids: Collection[ApplicationId], visible: ColumnElement[bool] = EVERY_ROW
) -> dict[ApplicationId, Application]:
    query = select(applications).where(among(applications.c.id, ids), visible)
    return {row.id: _application(row) for row in tx.sql.execute(query)}


def applications_after(
    tx: Tx, after: ApplicationId | None, limit: int, *conditions: ColumnElement[bool]
) -> list[Application]:
    query = select(applications).where(applications.c.id > (after or 0), *conditions)
    rows = tx.sql.execute(query.order_by(applications.c.id).limit(limit))
    return [_application(row) for row in rows]


def overdue_applications(tx: Tx, at: datetime, at_most: int) -> list[Application]:
    """Applications whose deadline is over, held."""
    query = select(applications).where(applications.c.due_at <= at).order_by(applications.c.id)
    rows = tx.sql.execute(query.limit(at_most).with_for_update(key_share=True))
    return [_application(row) for row in rows]


def move_applications(tx: Tx, moves: Sequence[tuple[Application, Application]]) -> None:
    """Write moves, each from the application as it was to the application as it is."""
    if not moves:
        return
    columns = {
        "ids": [int(after.id) for _, after in moves],
        "before": [before.state.value for before, _ in moves],
        "after": [after.state.value for _, after in moves],
        "dues": [after.due_at for _, after in moves],
        "rules": [after.rule for _, after in moves],
        "shops": [None if after.shop_id is None else int(after.shop_id) for _, after in moves],
        "at": tx.now,
    }
    assert tx.sql.execute(MOVE, columns).rowcount == len(moves), "moved by someone else"


def add_corrections(tx: Tx, asked: Sequence[tuple[ApplicationId, Finding, datetime]]) -> None:
    ids = new_ids(tx.sql, CorrectionId, len(asked))
    rows = [
        {
            "id": id,
            "application_id": application,
            "reason": finding.reason.value,
            "field": finding.field,
            "note": finding.note,
            "asked_at": tx.now,
            "due_at": due_at,
        }
        for id, (application, finding, due_at) in zip(ids, asked, strict=True)
    ]
    if rows:
        tx.sql.execute(insert(corrections), rows)


def answer_corrections(tx: Tx, ids: Collection[ApplicationId]) -> None:
    mine = among(corrections.c.application_id, ids), corrections.c.answered_at.is_(None)
    tx.sql.execute(update(corrections).where(*mine).values(answered_at=tx.now))


def corrections_of(tx: Tx, ids: Collection[ApplicationId]) -> list[Correction]:
    query = select(corrections).where(among(corrections.c.application_id, ids))
    return [_correction(row) for row in tx.sql.execute(query.order_by(corrections.c.id))]


def _application(row: Row[Any]) -> Application:
    return Application(
        id=row.id,
        merchant_id=row.merchant_id,
        shop_name=row.shop_name,
        market=row.market,
        mode=row.mode,
        seller_type=SellerType(row.seller_type),
        invited=row.invited,
        state=ApplicationState(row.state),
        due_at=row.due_at,
        rule=row.rule,
        shop_id=row.shop_id,
    )


def _correction(row: Row[Any]) -> Correction:
    return Correction(
        id=row.id,
        application_id=row.application_id,
        finding=Finding(reason=Reason(row.reason), field=row.field, note=row.note),
        due_at=row.due_at,
        answered_at=row.answered_at,
    )
