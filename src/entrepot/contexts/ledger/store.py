"""The statements of the ledger."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file, statement
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.tx import Tx

from .model import Account, Entry, EntryId, Key, Line, PostingRow

ADD, FOLD, BALANCES, TRIAL = (
    sql_file(__file__, name) for name in ("add", "fold", "balances", "trial_balance")
)
NO_ACCOUNT = 0  # What ADD says where others say the number of an entry.
OPEN = statement(
    "insert into ledger.accounts (purpose, owner_id) select w.purpose, w.owner"
    " from unnest(cast(:purposes as text[]), cast(:owners as bigint[])) as w (purpose, owner)"
    " where not exists (select from ledger.accounts a"
    " where a.purpose = w.purpose and a.owner_id = w.owner)"
    " order by w.purpose, w.owner on conflict do nothing"
)
WANTED = (
    "unnest(cast(:kinds as text[]), cast(:references as text[])) with ordinality"
    " as k (kind, reference, n)"
)
DIGESTS = statement(
    "select e.id, e.kind, e.reference, e.digest from ledger.entries e"
    f" join {WANTED} on k.kind = e.kind and k.reference = e.reference"
)
POSTING = (
    "select e.id, e.kind, e.reference, e.occurred_at, a.purpose, a.owner_id, p.minor, p.currency"
    " from ledger.entries e join ledger.postings p on p.entry = e.id"
    " join ledger.accounts a on a.id = p.account"
)
POSTINGS_OF = statement(
    f"{POSTING} join {WANTED} on k.kind = e.kind and k.reference = e.reference order by k.n, p.pos"
)
HISTORY = statement(
    f"{POSTING} where a.purpose = :purpose and a.owner_id = :owner and not e.pending"
    " and (cast(:after as bigint) is null or e.id < :after) order by e.id desc, p.pos limit :limit"
)


def add(tx: Tx, entries: Sequence[Entry]) -> list[Entry]:
    """Write entries whole; returns those whose kind and reference was there before."""
    batch = _batch(entries)
    new = set(tx.sql.scalars(ADD, batch))
    if NO_ACCOUNT in new:  # Each comes into being with its first posting.
        accounts = {posting.account for entry in entries for posting in entry.postings}
        tx.sql.execute(OPEN, _columns(accounts))
        new = set(tx.sql.scalars(ADD, batch))
    return [entry for n, entry in enumerate(entries, start=1) if n not in new]


def _batch(entries: Sequence[Entry]) -> dict[str, list[Any]]:
    lines = [
        (n, pos, posting)
        for n, entry in enumerate(entries, start=1)
        for pos, posting in enumerate(entry.postings, start=1)
    ]
    return {
        "kinds": [entry.kind for entry in entries],
        "references": [entry.reference for entry in entries],
        "sizes": [len(entry.postings) for entry in entries],
        "digests": [entry.digest for entry in entries],
        "pendings": [entry.pending for entry in entries],
        "resolves": [entry.resolves and int(entry.resolves) for entry in entries],
        "times": [entry.occurred_at for entry in entries],
        "entries": [n for n, _, _ in lines],
        "pos": [pos for _, pos, _ in lines],
        "purposes": [posting.account.purpose for _, _, posting in lines],
        "owners": [int(posting.account.owner) for _, _, posting in lines],
        "minors": [posting.amount.minor for _, _, posting in lines],
        "currencies": [posting.amount.currency.value for _, _, posting in lines],
    }


def digests(tx: Tx, keys: Sequence[Key]) -> dict[Key, bytes]:
    return {(row.kind, row.reference): row.digest for row in tx.sql.execute(DIGESTS, _keys(keys))}


def ids_of(tx: Tx, keys: Sequence[Key]) -> dict[Key, EntryId]:
    rows = tx.sql.execute(DIGESTS, _keys(keys))
    return {(row.kind, row.reference): EntryId(row.id) for row in rows}


def postings_of(tx: Tx, keys: Sequence[Key]) -> list[PostingRow]:
    return [_posting(row) for row in tx.sql.execute(POSTINGS_OF, _keys(keys))]


def history(tx: Tx, account: Account, after: EntryId | None, limit: int) -> list[PostingRow]:
    page = {
        "purpose": account.purpose,
        "owner": int(account.owner),
        "after": None if after is None else int(after),
        "limit": limit,
    }
    return [_posting(row) for row in tx.sql.execute(HISTORY, page)]


def balances(
    tx: Tx, accounts: Collection[Account], *, pending: bool
) -> dict[tuple[Account, Currency], Money]:
    found: dict[tuple[Account, Currency], Money] = {}
    for row in tx.sql.execute(BALANCES, {**_columns(accounts), "pending": pending}):
        account = Account(row.purpose, OrganisationId(row.owner_id))
        currency = Currency(row.currency)
        found[account, currency] = Money(int(row.minor), currency)
    return found


def trial_balance(tx: Tx, at: datetime | None, owner: OrganisationId | None) -> list[Line]:
    asked = {"at": at, "owner": None if owner is None else int(owner)}
    return [
        Line(row.purpose, Currency(row.currency), int(row.debit), int(row.credit))
        for row in tx.sql.execute(TRIAL, asked)
    ]


def fold(tx: Tx) -> None:
    tx.sql.execute(FOLD)


def _columns(accounts: Collection[Account]) -> dict[str, list[Any]]:
    known = list(accounts)
    return {
        "purposes": [account.purpose for account in known],
        "owners": [int(account.owner) for account in known],
    }


def _keys(keys: Sequence[Key]) -> dict[str, list[str]]:
    return {"kinds": [kind for kind, _ in keys], "references": [name for _, name in keys]}


def _posting(row: Row[Any]) -> PostingRow:
    return PostingRow(
        entry_id=EntryId(row.id),
        kind=row.kind,
        reference=row.reference,
        occurred_at=row.occurred_at,
        account=Account(row.purpose, OrganisationId(row.owner_id)),
        amount=Money(row.minor, Currency(row.currency)),
    )
