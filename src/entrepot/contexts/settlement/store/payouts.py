"""Payouts, the statements that they pay, and the accounts that they go to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, text, tuple_

from entrepot.contexts.settlement.lifecycle import State, Verb
from entrepot.contexts.settlement.model import (
    Payout,
    PayoutAccount,
    PayoutAccountId,
    PayoutId,
    Rate,
    StatementId,
)
from entrepot.contexts.settlement.tables import payouts
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.tx import Tx

COLUMNS = (
    "p.id, p.payee_id, p.account_id, p.currency, p.minor, p.payout_currency, p.payout_minor,"
    " p.rate_num, p.rate_den, p.rate_on, p.rate_source, p.state, p.attempt,"
    " p.provider_reference, p.reason, p.due_at, p.approved_by, p.changed_at, p.rule"
)
UNPAID = text(
    "select s.payee_id, s.currency, min(s.market) as market,"
    " array_agg(s.id order by s.id) as statements, cast(sum(s.net_minor) as bigint) as minor"
    " from settlement.statements s where s.due_at <= :due"
    " and not exists (select from settlement.payout_items i where i.statement_id = s.id)"
    " group by s.payee_id, s.currency having sum(s.net_minor) > 0 order by s.payee_id, s.currency"
)
UNPAID_OF = text(
    "select s.id, s.net_minor, s.market from settlement.statements s"
    " where s.payee_id = :payee and s.currency = :currency"
    " and not exists (select from settlement.payout_items i where i.statement_id = s.id)"
    " order by s.due_at, s.id"
)
BOOKED = text(
    "select exists (select from settlement.payouts"
    " where provider_reference = :reference and payee_id = :payee)"
)
ACCOUNT = "a.id, a.payee_id, a.currency, a.method, a.holder, a.number, a.bank_code, a.state,"
ACCOUNT += " a.changed_at, a.changed_by"
ACCOUNTS = text(
    f"select {ACCOUNT} from settlement.payout_accounts a"
    " where a.payee_id = any(cast(:payees as bigint[])) and a.state = 'active'"
)
ACCOUNTS_BY_ID = text(
    f"select {ACCOUNT} from settlement.payout_accounts a where a.id = any(cast(:ids as bigint[]))"
)
RETIRE = text(
    "update settlement.payout_accounts set state = 'closed'"
    " where payee_id = any(cast(:payees as bigint[])) and state = 'active'"
)
ADD_ACCOUNTS = text(
    "insert into settlement.payout_accounts"
    " (payee_id, currency, method, holder, number, bank_code, state, changed_at, changed_by)"
    " select n.payee_id, n.currency, n.method, n.holder, n.number, n.bank_code, 'active', :at, :by"
    " from unnest(cast(:payees as bigint[]), cast(:currencies as text[]),"
    " cast(:methods as text[]), cast(:holders as text[]), cast(:numbers as text[]),"
    " cast(:banks as text[])) as n (payee_id, currency, method, holder, number, bank_code)"
)
ADD = text(
    "insert into settlement.payouts (id, payee_id, account_id, currency, minor, payout_currency,"
    " payout_minor, rate_num, rate_den, rate_on, rate_source, state, due_at, changed_at, rule)"
    " select p.id, p.payee, p.account, p.currency, p.minor, p.payout_currency, p.payout_minor,"
    " p.rate_num, p.rate_den, p.rate_on, p.rate_source, 'requested', p.due, p.due, p.rule"
    " from unnest(cast(:ids as bigint[]), cast(:payees as bigint[]), cast(:accounts as bigint[]),"
    " cast(:currencies as text[]), cast(:minors as bigint[]), cast(:payout_currencies as text[]),"
    " cast(:payout_minors as bigint[]), cast(:nums as numeric[]), cast(:dens as numeric[]),"
    " cast(:days as date[]), cast(:sources as text[]), cast(:dues as timestamptz[]),"
    " cast(:rules as text[])) as p (id, payee, account, currency, minor, payout_currency,"
    " payout_minor, rate_num, rate_den, rate_on, rate_source, due, rule)"
)
ADD_ITEMS = text(
    "insert into settlement.payout_items (statement_id, payout_id)"
    " select i.statement, i.payout"
    " from unnest(cast(:statements as bigint[]), cast(:payouts as bigint[])) "
    " as i (statement, payout)"
)
BY_IDS = text(
    f"select {COLUMNS} from settlement.payouts p where p.id = any(cast(:ids as bigint[]))"
    " order by p.id"
)
IN_STATE = text(
    f"select {COLUMNS} from settlement.payouts p where p.state = :state and p.due_at <= :as_of"
    " order by p.due_at, p.id limit :limit"
)
ITEMS = text(
    "select statement_id from settlement.payout_items where payout_id = :payout order by 1"
)
SAVE = text(
    "with move as (select m.id, m.verb, m.before, m.after, m.at, m.attempt, m.reference, m.reason,"
    " m.approver, m.account from unnest(cast(:ids as bigint[]), cast(:verbs as text[]),"
    " cast(:before as text[]), cast(:after as text[]), cast(:times as timestamptz[]),"
    " cast(:attempts as int[]), cast(:references as text[]), cast(:reasons as text[]),"
    " cast(:approvers as text[]), cast(:accounts as bigint[]))"
    " as m (id, verb, before, after, at, attempt, reference, reason, approver, account)"
    "), moved as (update settlement.payouts p set state = move.after, attempt = move.attempt,"
    " provider_reference = move.reference, reason = move.reason, approved_by = move.approver,"
    " account_id = move.account, changed_at = move.at"
    " from move where p.id = move.id and p.state = move.before returning p.id"
    "), told as (insert into settlement.payout_history"
    " (payout_id, verb, before, after, actor, reason, at)"
    " select id, verb, before, after, :actor, reason, at from move)"
    " select count(*) from moved"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One payout from the state that it had to the one that it has now."""

    before: Payout
    after: Payout
    verb: Verb
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpaid:
    """What a payee's statements in one currency add up to, above zero."""

    payee_id: OrganisationId
    market: str
    amount: Money
    statements: tuple[StatementId, ...]


def unpaid(tx: Tx, due_at: datetime) -> list[Unpaid]:
    return [
        Unpaid(
            payee_id=OrganisationId(row.payee_id),
            market=row.market,
            amount=Money(row.minor, Currency(row.currency)),
            statements=tuple(StatementId(id) for id in row.statements),
        )
        for row in tx.sql.execute(UNPAID, {"due": due_at})
    ]


def accounts(tx: Tx, payees: Collection[OrganisationId]) -> dict[OrganisationId, PayoutAccount]:
    """The active account of each payee that has one."""
    rows = tx.sql.execute(ACCOUNTS, {"payees": [int(payee) for payee in payees]})
    return {OrganisationId(row.payee_id): _account(row) for row in rows}


def accounts_by_id(
    tx: Tx, ids: Collection[PayoutAccountId]
) -> dict[PayoutAccountId, PayoutAccount]:
    rows = tx.sql.execute(ACCOUNTS_BY_ID, {"ids": [int(id) for id in ids]})
    return {PayoutAccountId(row.id): _account(row) for row in rows}


def replace_accounts(tx: Tx, accounts: Sequence[PayoutAccount]) -> None:
    """Make these the active accounts of their payees; earlier ones are closed."""
    tx.sql.execute(RETIRE, {"payees": [int(account.payee_id) for account in accounts]})
    columns = {
        "at": tx.now,
        "by": tx.actor.answerable,
        "payees": [int(account.payee_id) for account in accounts],
        "currencies": [account.currency.value for account in accounts],
        "methods": [account.method for account in accounts],
        "holders": [account.holder for account in accounts],
        "numbers": [account.number for account in accounts],
        "banks": [account.bank_code for account in accounts],
    }
    tx.sql.execute(ADD_ACCOUNTS, columns)


def add(tx: Tx, made: Sequence[tuple[Payout, Sequence[StatementId]]]) -> None:
    """Write payouts and claim their statements; one that is claimed already stops it all."""
    columns = {
        "ids": [int(payout.id) for payout, _ in made],
        "payees": [int(payout.payee_id) for payout, _ in made],
        "accounts": [int(payout.account_id) for payout, _ in made],
        "currencies": [payout.amount.currency.value for payout, _ in made],
        "minors": [payout.amount.minor for payout, _ in made],
        "payout_currencies": [payout.payout.currency.value for payout, _ in made],
        "payout_minors": [payout.payout.minor for payout, _ in made],
        "nums": [payout.rate and payout.rate.num for payout, _ in made],
        "dens": [payout.rate and payout.rate.den for payout, _ in made],
        "days": [payout.rate and payout.rate.day_on for payout, _ in made],
        "sources": [payout.rate and payout.rate.source for payout, _ in made],
        "dues": [payout.due_at for payout, _ in made],
        "rules": [payout.rule for payout, _ in made],
    }
    tx.sql.execute(ADD, columns)
    items = [(int(id), int(payout.id)) for payout, ids in made for id in ids]
    tx.sql.execute(
        ADD_ITEMS,
        {"statements": [id for id, _ in items], "payouts": [payout for _, payout in items]},
    )


def by_ids(tx: Tx, ids: Collection[PayoutId]) -> dict[PayoutId, Payout]:
    rows = tx.sql.execute(BY_IDS, {"ids": [int(id) for id in ids]})
    return {PayoutId(row.id): _payout(row) for row in rows}


def in_state(tx: Tx, state: State, as_of: datetime, limit: int) -> list[Payout]:
    asked = {"state": state.value, "as_of": as_of, "limit": limit}
    return [_payout(row) for row in tx.sql.execute(IN_STATE, asked)]


def unpaid_of(
    tx: Tx, payee: OrganisationId, currency: Currency
) -> dict[StatementId, tuple[int, str]]:
    """A payee's unpaid statements, the oldest first: what is due of each, and its market."""
    asked = {"payee": int(payee), "currency": currency.value}
    rows = tx.sql.execute(UNPAID_OF, asked)
    return {StatementId(row.id): (row.net_minor, row.market) for row in rows}


def is_booked(tx: Tx, payee: OrganisationId, reference: str) -> bool:
    """Whether a payout to this payee has this reference of the bank."""
    return bool(tx.sql.scalar(BOOKED, {"payee": int(payee), "reference": reference}))


def items(tx: Tx, payout: PayoutId) -> list[StatementId]:
    return [StatementId(id) for id in tx.sql.scalars(ITEMS, {"payout": int(payout)})]


def page(
    tx: Tx,
    visible: ColumnElement[bool],
    payee: OrganisationId | None,
    cut: tuple[tuple[datetime, PayoutId] | None, int],
) -> list[PayoutId]:
    """The ids of payouts, the newest first; the cut is a cursor of (due_at, id) and how many."""
    after, limit = cut
    query = select(payouts.c.id).where(visible)
    query = query.order_by(payouts.c.due_at.desc(), payouts.c.id.desc()).limit(limit)
    if payee is not None:
        query = query.where(payouts.c.payee_id == payee)
    if after is not None:
        key = tuple_(payouts.c.due_at, payouts.c.id)
        query = query.where(key < (after[0], int(after[1])))
    return [PayoutId(id) for id in tx.sql.scalars(query)]


def save(tx: Tx, moves: Sequence[Move]) -> None:
    if not moves:
        return
    columns = {
        "actor": tx.actor.name,
        "ids": [int(move.after.id) for move in moves],
        "verbs": [move.verb.value for move in moves],
        "before": [move.before.state.value for move in moves],
        "after": [move.after.state.value for move in moves],
        "times": [move.at for move in moves],
        "attempts": [move.after.attempt for move in moves],
        "references": [move.after.provider_reference for move in moves],
        "reasons": [move.after.reason for move in moves],
        "approvers": [move.after.approved_by for move in moves],
        "accounts": [int(move.after.account_id) for move in moves],
    }
    assert tx.sql.scalar(SAVE, columns) == len(moves), "moved by someone else"


def _account(row: Row[Any]) -> PayoutAccount:
    return PayoutAccount(
        id=PayoutAccountId(row.id),
        payee_id=OrganisationId(row.payee_id),
        currency=Currency(row.currency),
        method=row.method,
        holder=row.holder,
        number=row.number,
        bank_code=row.bank_code,
        state=row.state,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )


def _payout(row: Row[Any]) -> Payout:
    rate = None
    if row.rate_num is not None:
        rate = Rate(
            num=int(row.rate_num), den=int(row.rate_den), day_on=row.rate_on, source=row.rate_source
        )
    return Payout(
        id=PayoutId(row.id),
        payee_id=OrganisationId(row.payee_id),
        account_id=PayoutAccountId(row.account_id),
        amount=Money(row.minor, Currency(row.currency)),
        payout=Money(row.payout_minor, Currency(row.payout_currency)),
        rate=rate,
        state=State(row.state),
        attempt=row.attempt,
        provider_reference=row.provider_reference,
        reason=row.reason,
        due_at=row.due_at,
        approved_by=row.approved_by,
        changed_at=row.changed_at,
        rule=row.rule,
    )
