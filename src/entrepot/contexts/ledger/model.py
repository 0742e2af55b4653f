"""Entries and postings."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency, Money

from .chart import PLATFORM


class EntryId(Id):
    __slots__ = ()


Key = tuple[str, str]  # An entry's kind and the reference of the thing that is done once.


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """A purpose within an organisation. It comes into being with its first posting."""

    purpose: str  # Of `Purpose`, or `fee_revenue:<kind>`, `tax_payable:<jurisdiction>`.
    owner: OrganisationId = PLATFORM


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry: a debit if its amount is positive, a credit if it is negative."""

    account: Account
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened, as the ledger sees it. Never changed, never deleted, only undone."""

    kind: str
    occurred_at: datetime
    reference: str  # The thing that is done once: a refund's id, not its order's.
    postings: tuple[Posting, ...]
    pending: bool = False  # Counts in pending balances until another entry resolves it.
    resolves: EntryId | None = None  # The pending entry that this one posts or voids.

    def __post_init__(self) -> None:
        sums: Counter[str] = Counter()
        for posting in self.postings:
            sums[posting.amount.currency] += posting.amount.minor
        assert len(self.postings) >= 2, f"{self.key} has fewer than two postings"
        assert not any(sums.values()), f"{self.key} does not balance: {sums}"

    @property
    def key(self) -> Key:
        return self.kind, self.reference

    @property
    def digest(self) -> bytes:
        """Equal for entries that say the same."""
        lines = [
            f"{p.account.purpose} {p.account.owner} {p.amount.minor} {p.amount.currency}"
            for p in self.postings
        ]
        return sha256("\n".join([f"{self.pending} {self.resolves}", *lines]).encode()).digest()


@dataclass(frozen=True, slots=True)
class PostingRow:
    """A posting as it stands in the ledger."""

    entry_id: EntryId
    kind: str
    reference: str
    occurred_at: datetime
    account: Account
    amount: Money


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trial balance."""

    purpose: str
    currency: Currency
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        return self.debit - self.credit


def once_each(entries: Iterable[Entry]) -> list[Entry]:
    """One entry per kind and reference, sorted by both, so that two batches meet in one order."""
    kept: dict[Key, Entry] = {}
    for entry in entries:
        twin = kept.setdefault(entry.key, entry)
        same = twin is entry or twin.digest == entry.digest  # A digest costs more than the rest.
        assert same, f"{entry.key} twice, with different postings"
    return [kept[key] for key in sorted(kept)]


def reversal(entry: Entry, *, kind: str, reference: str, at: datetime) -> Entry:
    """The entry that undoes another one whole."""
    back = tuple(Posting(p.account, -p.amount) for p in entry.postings)
    return Entry(kind=kind, reference=reference, occurred_at=at, postings=back)


def resolved(pending: Entry, id: EntryId, *, kind: str, at: datetime, posted: bool) -> Entry:
    """The entry that ends a pending one: it posts the same amounts, or voids them."""
    postings = pending.postings
    if not posted:
        postings = tuple(Posting(p.account, -p.amount) for p in postings)
    return Entry(
        kind=kind,
        reference=pending.reference,
        occurred_at=at,
        postings=postings,
        pending=not posted,
        resolves=id,
    )
