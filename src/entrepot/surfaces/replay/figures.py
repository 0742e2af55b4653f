"""What a replay came to, as the platform's own books have it: ledger accounts, claims, payouts."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeVar

from entrepot.adapters.datasets.history import Purchase
from entrepot.contexts import ledger, orders, settlement
from entrepot.contexts.ledger import Purpose
from entrepot.contexts.orders import GroupId, Order, OrderId
from entrepot.contexts.settlement import Payout, PayoutId, State, Statement, StatementId
from entrepot.kernel.tx import Tx

from .diary import Diary
from .selling import GROUP, baskets

AT_ONCE = 1_000
T = TypeVar("T")

# Everything that is held for anybody and not paid out yet.
HELD = (
    Purpose.BUYER_CLEARING,
    Purpose.PENDING,
    Purpose.ON_HOLD,
    Purpose.AVAILABLE,
    Purpose.PAYOUT_IN_TRANSIT,
)


@dataclass(slots=True)
class Sold:
    """One purchase as the platform has it."""

    items_minor: int = 0
    freight_minor: int = 0
    tax_minor: int = 0
    refunded_minor: int = 0
    unpaid_minor: int = 0  # Never paid by the buyer.
    orders: int = 0


@dataclass(slots=True)
class Books:
    """The figures of one currency."""

    currency: str
    items_minor: int = 0
    freight_minor: int = 0
    unpaid_minor: int = 0
    captured_minor: int = 0
    refunded_minor: int = 0
    platform_fee_minor: int = 0
    paid_out_minor: int = 0
    held_minor: int = 0
    reserve_minor: int = 0
    trial_balance_minor: int = 0
    fees: dict[str, int] = field(default_factory=dict)
    taxes: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)  # Every purpose; credits are positive.

    @property
    def pending_minor(self) -> int:
        """What is neither given back nor paid out nor reserved, nor ever came in."""
        return self.held_minor + self.unpaid_minor


@dataclass(frozen=True, slots=True)
class Settled:
    """Claims of one mode, tier and kind."""

    mode: str
    tier: str
    kind: str
    currency: str
    claims: int
    minor: int
    reserved_minor: int
    waiting_minor: int  # Of it, not on a statement yet.


@dataclass(slots=True)
class Figures:
    """All that the report says of the platform."""

    sold: dict[str, Sold]
    currency_of: dict[str, str]
    by_state: dict[str, int]
    by_mode: dict[tuple[str, str], tuple[int, int]]  # Mode, currency: orders, GMV.
    books: dict[str, Books]
    settled: list[Settled]
    paid: dict[tuple[str, str, str], tuple[int, int]]  # Mode, tier, currency: claims, minor.
    payouts: dict[tuple[str, str, str], tuple[int, int]]  # State, currencies: how many, minor.


def figures(tx: Tx, diary: Diary, purchases: Sequence[Purchase]) -> Figures:
    """Read the books of a replayed history, at one instant."""
    sold, found = _sold(tx, diary, purchases)
    books = _books(tx)
    for currency, one in sold.values():
        book = books.setdefault(currency, Books(currency))
        book.items_minor += one.items_minor
        book.freight_minor += one.freight_minor
        book.unpaid_minor += one.unpaid_minor
    return Figures(
        sold={key: one for key, (_, one) in sold.items()},
        currency_of={key: currency for key, (currency, _) in sold.items()},
        by_state=dict(sorted(Counter(order.state.value for order in found).items())),
        by_mode=_by_mode(found),
        books=dict(sorted(books.items())),
        settled=_settled(tx, found),
        paid=_paid(tx, found),
        payouts=_payouts(tx),
    )


def _sold(
    tx: Tx, diary: Diary, purchases: Sequence[Purchase]
) -> tuple[dict[str, tuple[str, Sold]], list[Order]]:
    names = {
        GroupId(diary.ids(GROUP)[name]): sale.key
        for sale in purchases
        for name, _ in baskets(sale)
        if name in diary.ids(GROUP)
    }
    sold: dict[str, tuple[str, Sold]] = {}
    every: list[Order] = []
    for groups in batches(names):
        found = {order.id: order for order in orders.of_groups(tx, groups)}
        every += found.values()
        for order in found.values():
            _, one = sold.setdefault(names[order.group_id], (order.total.currency.value, Sold()))
            one.orders += 1
            one.refunded_minor += order.refunded_minor
            one.unpaid_minor += 0 if order.paid_at else order.total.minor
        for line in orders.lines(tx, found.keys()):
            _, one = sold[names[found[line.order_id].group_id]]
            one.items_minor += line.list_minor
            one.freight_minor += line.shipping_minor
            one.tax_minor += line.tax_minor
    return sold, every


def _by_mode(found: Sequence[Order]) -> dict[tuple[str, str], tuple[int, int]]:
    count: Counter[tuple[str, str]] = Counter()
    gmv: Counter[tuple[str, str]] = Counter()
    for order in found:
        key = order.mode, order.total.currency.value
        count[key] += 1
        gmv[key] += order.total.minor if order.paid_at else 0
    return {key: (count[key], gmv[key]) for key in sorted(count)}


def _books(tx: Tx) -> dict[str, Books]:
    """From ledger accounts alone; a credit is what somebody is owed, or has earned."""
    books: dict[str, Books] = {}
    for line in ledger.trial_balance(tx):
        book = books.setdefault(line.currency.value, Books(line.currency.value))
        purpose, _, detail = line.purpose.partition(":")
        owed = -line.balance
        book.accounts[line.purpose] = owed
        book.trial_balance_minor += line.balance
        if purpose == Purpose.PSP_RECEIVABLE:
            book.captured_minor += line.debit
            book.refunded_minor += line.credit
        elif purpose == Purpose.FEE_REVENUE:
            book.platform_fee_minor += owed
            book.fees[detail] = owed
        elif purpose == Purpose.TAX_PAYABLE:
            book.taxes[detail] = owed
        elif purpose == Purpose.BANK:
            book.paid_out_minor += owed
        elif purpose == Purpose.RESERVE:
            book.reserve_minor += owed
        elif purpose in HELD:
            book.held_minor += owed
    return books


def _settled(tx: Tx, found: Sequence[Order]) -> list[Settled]:
    modes: dict[int, str] = {order.id: order.mode for order in found}
    sums: defaultdict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for ids in batches(modes):
        for claim in settlement.claims_of_orders(tx, ids):
            key = (
                modes[OrderId(claim.order_id or 0)],
                claim.tier or "by agreement",
                claim.kind,
                claim.amount.currency.value,
            )
            waiting = claim.amount.minor if claim.statement_id is None else 0
            more = (1, claim.amount.minor, claim.reserved_minor, waiting)
            sums[key] = [total + one for total, one in zip(sums[key], more, strict=True)]
    return [Settled(*key, *sums[key]) for key in sorted(sums)]


def _paid(tx: Tx, found: Sequence[Order]) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Claims whose statement is in a payout that the bank confirmed, less what a reserve holds."""
    modes: dict[int, str] = {order.id: order.mode for order in found}
    confirmed = {one.id for one in _every_payout(tx) if one.state is State.PAID}
    statements = {one.id for one in _every_statement(tx) if one.payout_id in confirmed}
    count: Counter[tuple[str, str, str]] = Counter()
    minor: Counter[tuple[str, str, str]] = Counter()
    for ids in batches(modes):
        for claim in settlement.claims_of_orders(tx, ids):
            if claim.statement_id in statements:
                mode, tier = modes[OrderId(claim.order_id or 0)], claim.tier or "by agreement"
                key = mode, tier, claim.amount.currency.value
                count[key] += 1
                minor[key] += claim.amount.minor - claim.reserved_minor
    return {key: (count[key], minor[key]) for key in sorted(count)}


def _every_statement(tx: Tx) -> Iterator[Statement]:
    after: tuple[datetime, StatementId] | None = None
    while page := settlement.statement_page(tx, after=after, limit=AT_ONCE):
        yield from page
        after = page[-1].due_at, page[-1].id


def _payouts(tx: Tx) -> dict[tuple[str, str, str], tuple[int, int]]:
    count: Counter[tuple[str, str, str]] = Counter()
    minor: Counter[tuple[str, str, str]] = Counter()
    for payout in _every_payout(tx):
        key = payout.state.value, payout.amount.currency.value, payout.payout.currency.value
        count[key] += 1
        minor[key] += payout.payout.minor
    return {key: (count[key], minor[key]) for key in sorted(count)}


def _every_payout(tx: Tx) -> Iterator[Payout]:
    after: tuple[datetime, PayoutId] | None = None
    while page := settlement.payout_page(tx, after=after, limit=AT_ONCE):
        yield from page
        after = page[-1].due_at, page[-1].id


def batches(keys: Mapping[T, object]) -> Iterator[list[T]]:
    """The keys, a thousand at a time."""
    rest = iter(keys)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch
