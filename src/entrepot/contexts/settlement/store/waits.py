"""What is not paid out yet, and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, text

from entrepot.contexts.settlement.model import Lack, Wait
from entrepot.contexts.settlement.tables import waits
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.tx import EVERY_ROW, Tx

REPLACE = text(
    "with found as (select f.payee_id, f.currency, f.market, f.minor, f.lacks, f.payout_currency"
    " from unnest(cast(:payees as bigint[]), cast(:currencies as text[]), cast(:markets as text[]),"
    " cast(:minors as bigint[]), cast(:lacks as text[]), cast(:payout_currencies as text[]))"
    " as f (payee_id, currency, market, minor, lacks, payout_currency)"
    "), over as (delete from settlement.waits w where not exists (select from found f"
    " where f.payee_id = w.payee_id and f.currency = w.currency)"
    ") insert into settlement.waits as w"
    " (payee_id, currency, market, minor, lacks, payout_currency, since_at)"
    " select f.payee_id, f.currency, f.market, f.minor, f.lacks, f.payout_currency, :at"
    " from found f"
    " on conflict (payee_id, currency) do update set market = excluded.market,"
    " minor = excluded.minor, lacks = excluded.lacks, payout_currency = excluded.payout_currency,"
    " since_at = case when w.lacks = excluded.lacks then w.since_at else excluded.since_at end,"
    " try_at = null"
)
WAKE = text(
    "update settlement.waits w set try_at = least(w.try_at, t.at)"
    " from unnest(cast(:payees as bigint[]), cast(:currencies as text[]),"
    " cast(:times as timestamptz[])) as t (payee_id, currency, at)"
    " where w.payee_id = t.payee_id and w.currency = t.currency"
)
NEXT = text("select min(try_at) from settlement.waits where try_at is not null")


def all_of(tx: Tx, visible: ColumnElement[bool] = EVERY_ROW) -> list[Wait]:
    query = select(waits).where(visible).order_by(waits.c.payee_id, waits.c.currency)
    return [_wait(row) for row in tx.sql.execute(query)]


def replace(tx: Tx, found: Sequence[Wait], at: datetime) -> None:
    """Let these be all that waits; what waits for the same as before has done so since then."""
    columns = {
        "at": at,
        "payees": [int(wait.payee_id) for wait in found],
        "currencies": [wait.amount.currency.value for wait in found],
        "markets": [wait.market for wait in found],
        "minors": [wait.amount.minor for wait in found],
        "lacks": [wait.lacks.value for wait in found],
        "payout_currencies": [
            wait.payout_currency.value if wait.payout_currency else None for wait in found
        ],
    }
    tx.sql.execute(REPLACE, columns)


def wake(tx: Tx, times: Mapping[tuple[OrganisationId, Currency], datetime]) -> None:
    """Ask for a run at these instants, or earlier if one was asked for before."""
    columns = {
        "payees": [int(payee) for payee, _ in times],
        "currencies": [currency.value for _, currency in times],
        "times": [*times.values()],
    }
    if times:
        tx.sql.execute(WAKE, columns)


def next_at(tx: Tx) -> datetime | None:
    found: datetime | None = tx.sql.scalar(NEXT)
    return found


def _wait(row: Row[Any]) -> Wait:
    return Wait(
        payee_id=row.payee_id,
        market=row.market,
        amount=Money(row.minor, Currency(row.currency)),
        lacks=Lack(row.lacks),
        payout_currency=None if row.payout_currency is None else Currency(row.payout_currency),
        since_at=row.since_at,
    )
