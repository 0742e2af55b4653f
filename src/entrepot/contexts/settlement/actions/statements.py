"""Statements of account: one market day after another."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import text

from entrepot.contexts import ledger
from entrepot.contexts.settlement import store
from entrepot.contexts.settlement.events import StatementClosed
from entrepot.contexts.settlement.model import Statement
from entrepot.kernel.events import emit
from entrepot.kernel.money import Money
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Market
from entrepot.rulebook import of as rules_of

CHUNK = 2_000
RUN = text("select pg_advisory_xact_lock(7010)")  # One run of statements or payouts at a time.


def close_day(tx: Tx, market: str, stated_on: date) -> list[Statement]:
    """Settle what is due at 00:00 of a market's day. For sweeps: no permission is asked.

    A day that is closed late has the same statements as one that is closed in time, but for what
    was told late. Days are closed in their order; a closed one is not closed again.
    """
    tx.sql.execute(RUN)
    closed = store.statements.closed_days(tx).get(market)
    if closed is not None and stated_on <= closed:
        return []
    due_at = start_of_day(tx, market, stated_on)
    statements = store.statements.close(tx, market, stated_on, due_at)
    for start in range(0, len(statements), CHUNK):
        batch = statements[start : start + CHUNK]
        ledger.post(tx, [entry for each in batch for entry in _entries(each)])
        emit(tx, [_told(statement) for statement in batch])
    return statements


def start_of_day(tx: Tx, market: str, day: date) -> datetime:
    """The first instant of a market's calendar day."""
    return calendar(tx, market, day).start_of(day)


def next_days(tx: Tx) -> list[tuple[datetime, str, date]]:
    """The next market day on which something can be settled: instant, market, day.

    Days on which nothing can be are passed over.
    """
    closed = store.statements.closed_days(tx)
    first = first_claims(tx, closed.keys())
    found: list[tuple[datetime, str, date]] = []
    for market in sorted({*closed, *first}):
        day = _next_day(tx, market, closed.get(market))
        if day is not None:
            found.append((start_of_day(tx, market, day), market, day))
    return sorted(found)


def _next_day(tx: Tx, market: str, closed: date | None) -> date | None:
    tomorrow = closed and closed + timedelta(days=1)
    ends = [None if day is None else start_of_day(tx, market, day) for day in (closed, tomorrow)]
    waiting = store.statements.next_waiting_at(tx, market, *ends)
    if waiting is None:
        return None
    rules = calendar(tx, market, waiting.date())
    day = rules.day_of(waiting)
    if rules.start_of(day) < waiting:  # Only what is due at 00:00 is settled on that day.
        day += timedelta(days=1)
    return day if tomorrow is None else max(day, tomorrow)


def first_claims(tx: Tx, known: Collection[str]) -> dict[str, datetime]:
    """When the clock of the first claim started, in markets that nothing was decided in yet."""
    markets = set(rules_of(tx).markets(tx.now.date())) - {*known}
    return store.statements.first_claims(tx, markets)


def calendar(tx: Tx, market: str, day: date) -> Market:
    """A market as it is on a day."""
    return rules_of(tx).on(Market, market, day).row({})


def _entries(statement: Statement) -> Sequence[ledger.Entry]:
    """Nothing is posted of a statement whose amounts are all zero."""
    currency, payee = statement.currency, statement.payee_id
    amounts = {
        ledger.Purpose.ON_HOLD: statement.minor,
        ledger.Purpose.RESERVE: (
            statement.consumed_minor + statement.released_minor - statement.reserved_minor
        ),
        ledger.Purpose.AVAILABLE: -statement.net_minor,
    }
    postings = tuple(
        ledger.Posting(ledger.Account(purpose, payee), Money(minor, currency))
        for purpose, minor in amounts.items()
        if minor
    )
    if not postings:
        return []
    return [
        ledger.Entry(
            kind="statement",
            reference=str(statement.id),
            occurred_at=statement.due_at,
            postings=postings,
        )
    ]


def _told(statement: Statement) -> StatementClosed:
    return StatementClosed(
        at=statement.due_at,
        statement_id=statement.id,
        payee_id=statement.payee_id,
        shop_id=statement.shop_id,
        stated_on=statement.stated_on,
        currency=statement.currency.value,
        net_minor=statement.net_minor,
    )
