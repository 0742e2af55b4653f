"""The operator's own exchange rates."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from entrepot.contexts.settlement.model import OwnRate
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Tx

LAST = text(
    "select distinct on (currency) currency, day_on, per_euro, source from settlement.rates"
    " where day_on < :day order by currency, day_on desc"
)
PAGE = text(
    "select currency, day_on, per_euro, source from settlement.rates"
    " where cast(:currency as text) is null or currency = :currency"
    " order by day_on desc, currency limit :limit"
)
SAVE = text(
    "insert into settlement.rates (currency, day_on, per_euro, source)"
    " select r.currency, r.day_on, r.per_euro, r.source"
    " from unnest(cast(:currencies as text[]), cast(:days as date[]), cast(:rates as numeric[]),"
    " cast(:sources as text[])) as r (currency, day_on, per_euro, source)"
    " on conflict (currency, day_on) do update"
    " set per_euro = excluded.per_euro, source = excluded.source"
)


def save(tx: Tx, rates: Sequence[OwnRate]) -> None:
    columns = {
        "currencies": [rate.currency.value for rate in rates],
        "days": [rate.day_on for rate in rates],
        "rates": [rate.per_euro for rate in rates],
        "sources": [rate.source for rate in rates],
    }
    tx.sql.execute(SAVE, columns)


def page(tx: Tx, currency: Currency | None, limit: int) -> list[OwnRate]:
    """The operator's rates, the latest day first."""
    asked = {"currency": currency.value if currency else None, "limit": limit}
    return [_rate(row) for row in tx.sql.execute(PAGE, asked)]


def last_before(tx: Tx, day: date) -> dict[Currency, OwnRate]:
    """The last rate of each currency before a day."""
    return {Currency(row.currency): _rate(row) for row in tx.sql.execute(LAST, {"day": day})}


def _rate(row: Row[Any]) -> OwnRate:
    return OwnRate(
        currency=Currency(row.currency),
        day_on=row.day_on,
        per_euro=row.per_euro,
        source=row.source,
    )
