"""The ledger's laws: whole, balanced, once, for good."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from entrepot.contexts import ledger
from entrepot.contexts.ledger import Account, Entry, PostedDifferently, Posting, Purpose
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.tx import Tx
from tests.conftest import NOON

BANK, SHOP = Account(Purpose.BANK), Account(Purpose.ON_HOLD, OrganisationId(7))
USD, EUR = Currency.USD, Currency.EUR


def entry(
    minor: int = 500,
    reference: str = "r1",
    *,
    kind: str = "payment",
    currency: Currency = USD,
    pending: bool = False,
) -> Entry:
    amount = Money(minor, currency)
    return Entry(
        kind=kind,
        occurred_at=NOON,
        reference=reference,
        postings=(Posting(BANK, amount), Posting(SHOP, -amount)),
        pending=pending,
    )


def balance(tx: Tx, *, pending: bool = False) -> dict[str, int]:
    found = ledger.balances(tx, [SHOP], pending=pending)
    return {currency.value: money.minor for (_, currency), money in found.items()}


def raw(tx: Tx, statement: str) -> None:
    with tx.sql.begin_nested():
        tx.sql.execute(text(statement))


def test_posting_twice_is_posting_once(tx: Tx) -> None:
    ledger.post(tx, [entry(), entry(), entry(reference="r2")])
    ledger.post(tx, [entry(), entry(reference="r3")])
    ledger.post(tx, [])

    assert balance(tx) == {"USD": -15_00}


def test_the_same_reference_with_other_postings_is_a_bug(tx: Tx) -> None:
    with pytest.raises(AssertionError, match="twice, with different postings"):
        ledger.post(tx, [entry(500), entry(501)])
    ledger.post(tx, [entry(500)])
    with pytest.raises(PostedDifferently):
        ledger.post(tx, [entry(501)])

    assert balance(tx) == {"USD": -5_00}


def test_an_entry_that_does_not_balance_is_not_even_made() -> None:
    with pytest.raises(AssertionError, match="does not balance"):
        Entry(
            kind="k",
            reference="r",
            occurred_at=NOON,
            postings=(Posting(BANK, Money(1, USD)), Posting(SHOP, Money(-1, EUR))),
        )
    with pytest.raises(AssertionError, match="fewer than two"):
        Entry(kind="k", reference="r", occurred_at=NOON, postings=(Posting(BANK, Money(0, USD)),))


def test_folding_changes_no_balance(tx: Tx) -> None:
    ledger.post(tx, [entry()])
    ledger.fold(tx)
    ledger.post(tx, [entry(reference="r2"), entry(reference="r3", currency=EUR)])
    assert balance(tx) == {"USD": -10_00, "EUR": -5_00}

    ledger.fold(tx)
    ledger.fold(tx)

    assert balance(tx) == {"USD": -10_00, "EUR": -5_00}
    assert tx.sql.scalar(text("select count(*) from ledger.deltas")) == 0


def test_a_reversal_undoes_its_entry(tx: Tx) -> None:
    first = entry()
    back = ledger.reversal(first, kind="payment_undone", reference="r1", at=NOON)

    ledger.post(tx, [first, back])

    assert balance(tx) == {"USD": 0}
    lines = ledger.trial_balance(tx)
    assert [(line.purpose, line.debit, line.credit, line.balance) for line in lines] == [
        ("bank", 5_00, 5_00, 0),
        ("on_hold", 5_00, 5_00, 0),
    ]


@pytest.mark.parametrize("posted", [True, False])
def test_a_pending_entry_is_posted_or_voided_once(tx: Tx, posted: bool) -> None:
    held = entry(pending=True)
    ledger.post(tx, [held])
    assert (balance(tx), balance(tx, pending=True)) == ({}, {"USD": -5_00})
    assert ledger.trial_balance(tx) == []

    id = ledger.ids_of(tx, [held.key])[held.key]
    end = ledger.resolved(held, id, kind="payment_ended", at=NOON, posted=posted)
    ledger.post(tx, [end])
    ledger.post(tx, [end])

    assert balance(tx, pending=True) == {"USD": 0}
    assert balance(tx) == ({"USD": -5_00} if posted else {})
    other = ledger.resolved(held, id, kind="payment_ended_again", at=NOON, posted=True)
    with pytest.raises(IntegrityError, match="resolves"), tx.sql.begin_nested():
        ledger.post(tx, [other])


def test_the_trial_balance_of_a_past_instant_and_of_an_owner(tx: Tx) -> None:
    old = Entry(
        kind="payment",
        reference="old",
        occurred_at=NOON - timedelta(days=1),
        postings=(Posting(BANK, Money(3_00, USD)), Posting(SHOP, Money(-3_00, USD))),
    )
    ledger.post(tx, [old, entry()])

    before = ledger.trial_balance(tx, at=NOON - timedelta(seconds=1))
    owned = ledger.trial_balance(tx, owner=SHOP.owner)

    assert [(line.purpose, line.balance) for line in before] == [("bank", 3_00), ("on_hold", -3_00)]
    assert [(line.purpose, line.balance) for line in owned] == [("on_hold", -8_00)]
    assert sum(line.balance for line in ledger.trial_balance(tx, at=NOON)) == 0


def test_entries_and_histories_are_read_as_posted(tx: Tx) -> None:
    ledger.post(tx, [entry(n, f"r{n}") for n in (1, 2, 3)])

    rows = ledger.entries_of(tx, [("payment", "r2"), ("payment", "none"), ("payment", "r1")])
    page = ledger.history(tx, SHOP, limit=2)
    rest = ledger.history(tx, SHOP, after=page[-1].entry_id)

    assert [(row.reference, row.account, row.amount.minor) for row in rows] == [
        ("r2", BANK, 2),
        ("r2", SHOP, -2),
        ("r1", BANK, 1),
        ("r1", SHOP, -1),
    ]
    assert [row.reference for row in [*page, *rest]] == ["r3", "r2", "r1"]


def test_nothing_can_be_added_to_an_old_entry(tx: Tx) -> None:
    ledger.post(tx, [entry()])
    row = "select e.id, {}, p.account, {}, 'USD' from ledger.entries e, ledger.postings p"
    row += " where p.pos = 1"

    with pytest.raises(IntegrityError, match="not whole"):
        raw(
            tx,
            f"insert into ledger.postings {row.format(3, 7)} union all {row.format(4, -7)}",
        )
    with pytest.raises(IntegrityError, match="postings_pkey"):
        raw(
            tx,
            f"insert into ledger.postings {row.format(1, 7)} union all {row.format(2, -7)}",
        )

    assert balance(tx) == {"USD": -5_00}


WRITE = """
    with a as (
        insert into ledger.accounts (purpose, owner_id) values ('bank', 0) returning id
    ), e as (
        insert into ledger.entries (id, kind, reference, postings, digest, occurred_at)
        values (1, 'k', 'r', 2, '', now())
    )
    insert into ledger.postings (entry, pos, account, minor, currency)
    select 1, p.pos, a.id, p.minor, p.currency from a, (values {}) as p (pos, minor, currency)
"""


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("(1, 5, 'USD'), (2, -5, 'EUR')", "does not balance"),
        ("(1, 5, 'USD'), (2, -4, 'USD')", "does not balance"),
        ("(1, 5, 'USD'), (3, -5, 'USD')", "not whole"),
        ("(1, 5, 'USD'), (2, -4, 'USD'), (3, -1, 'USD')", "not whole"),
    ],
)
def test_the_database_has_the_last_word(tx: Tx, lines: str, why: str) -> None:
    with pytest.raises(IntegrityError, match=why):
        raw(tx, WRITE.format(lines))

    raw(tx, WRITE.format("(1, 5, 'USD'), (2, -5, 'USD')"))


@pytest.mark.parametrize(
    ("entries", "account", "why"),
    [
        ("(1, 1, 5), (1, 2, -5), (2, 1, 7), (2, 2, -7)", "a.id", "not whole"),
        ("(1, 1, 5), (1, 2, -5)", "a.id + p.pos - 1", "has no account"),
    ],
)
def test_no_posting_is_without_its_entry_or_account(
    tx: Tx, entries: str, account: str, why: str
) -> None:
    both = WRITE.format("(1, 5, 'USD'), (2, -5, 'USD')")
    head, _, _ = both.partition("insert into ledger.postings")
    tail = "insert into ledger.postings (entry, pos, account, minor, currency)"
    tail += f" select p.entry, p.pos, {account}, p.minor, 'USD' from a, (values {entries})"

    with pytest.raises(IntegrityError, match=why):
        raw(tx, f"{head} {tail} as p (entry, pos, minor)")

    raw(tx, both)


def test_accounts_come_with_their_first_posting_and_once(tx: Tx) -> None:
    ledger.post(tx, [entry()])
    both = tx.sql.execute(text("select purpose, owner_id, id from ledger.accounts")).all()
    ledger.post(tx, [entry(reference="r2"), entry(reference="r3")])

    assert {(row.purpose, row.owner_id) for row in both} == {("bank", 0), ("on_hold", 7)}
    assert tx.sql.execute(text("select purpose, owner_id, id from ledger.accounts")).all() == both
    assert balance(tx) == {"USD": -15_00}


def test_an_entry_without_postings_is_refused(tx: Tx) -> None:
    with pytest.raises(IntegrityError, match="has no postings"):
        raw(
            tx,
            "insert into ledger.entries (id, kind, reference, postings, digest, occurred_at)"
            " values (1, 'k', 'r', 2, '', now())",
        )


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger.postings set minor = 0",
        "update ledger.entries set kind = 'x'",
        "update ledger.accounts set owner_id = 8",
        "delete from ledger.accounts",
        "delete from ledger.entries",
        "delete from ledger.postings",
        "truncate ledger.entries, ledger.postings",
    ],
)
def test_the_ledger_is_append_only(tx: Tx, statement: str) -> None:
    """The role refuses before the triggers could: it owns nothing."""
    ledger.post(tx, [entry()])

    with pytest.raises(DBAPIError, match=r"permission denied|append-only"):
        raw(tx, statement)


PURPOSES = [BANK, SHOP, Account(Purpose.RESERVE, OrganisationId(7)), Account("fee_revenue:x")]


@st.composite
def balanced(draw: st.DrawFn) -> list[Entry]:
    """Entries of up to four postings in two currencies, each summing to zero."""
    amount = st.integers(-(10**15), 10**15)
    entries = []
    for number in range(draw(st.integers(1, 5))):
        postings = []
        for _ in range(draw(st.integers(1, 2))):
            currency = draw(st.sampled_from([USD, EUR]))
            money = Money(draw(amount), currency)
            postings += [
                Posting(draw(st.sampled_from(PURPOSES)), money),
                Posting(draw(st.sampled_from(PURPOSES)), -money),
            ]
        entries.append(
            Entry(
                kind="law",
                reference=str(number),
                occurred_at=NOON + timedelta(hours=number),
                postings=tuple(postings),
            )
        )
    return entries


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(entries=balanced(), folds=st.sets(st.integers(0, 4)))
def test_balances_are_the_sum_of_postings_however_often_folded(
    tx: Tx, entries: list[Entry], folds: set[int]
) -> None:
    with tx.sql.begin_nested() as kept:
        for number, one in enumerate(entries):
            ledger.post(tx, [one])
            if number in folds:
                ledger.fold(tx)
        expected: dict[tuple[Account, Currency], int] = {}
        for posting in (p for one in entries for p in one.postings):
            key = posting.account, posting.amount.currency
            expected[key] = expected.get(key, 0) + posting.amount.minor

        found = ledger.balances(tx, PURPOSES)

        assert {key: money.minor for key, money in found.items()} == expected
        for currency in (USD, EUR):
            lines = [line for line in ledger.trial_balance(tx) if line.currency is currency]
            assert sum(line.debit for line in lines) == sum(line.credit for line in lines)
        totals = [
            sum(line.debit for line in ledger.trial_balance(tx, at=NOON + timedelta(hours=hour)))
            for hour in range(-1, len(entries))
        ]
        assert all(earlier <= later for earlier, later in pairwise(totals))
        kept.rollback()
