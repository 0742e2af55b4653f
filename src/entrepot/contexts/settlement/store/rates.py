"""The operator's own exchange rates."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text

from entrepot.contexts.settlement.model import OwnRate
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Tx

LAST = text(
    "select distinct on (currency) currency, day_on, per_euro, source from settlement.rates"
    " where day_on < :day order by currency, day_on desc"
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


def last_before(tx: Tx, day: date) -> dict[Currency, OwnRate]:
    """The last rate of each currency before a day."""
    return {
        Currency(row.currency): OwnRate(
            currency=Currency(row.currency),
            day_on=row.day_on,
            per_euro=row.per_euro,
            source=row.source,
        )
        for row in tx.sql.execute(LAST, {"day": day})
    }
