"""The platform's figures beside the data set's own, each difference explained by order.

Neither side is computed here: one comes from the platform's books, the other straight from the
files. What no listed reason explains is shown by order, and counts as unexplained.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from entrepot.adapters.datasets.history import History, Purchase, PurchaseLine, Rule
from entrepot.kernel.money import share

from .figures import Figures, Sold


@dataclass(frozen=True, slots=True)
class Difference:
    """One order whose figure differs from the data set's, and why; no reason is a failure."""

    order: str
    figure: str
    data_set_minor: int
    platform_minor: int
    reason: str | None

    @property
    def minor(self) -> int:
        return self.platform_minor - self.data_set_minor


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """All differences, and what is left of them when the reasons are taken away."""

    differences: tuple[Difference, ...]

    @property
    def unexplained_minor(self) -> int:
        """Zero, or something is wrong."""
        return sum(abs(one.minor) for one in self.differences if one.reason is None)

    def by_reason(self) -> dict[str, int]:
        """How many orders each reason explains."""
        return dict(Counter(one.reason or "unexplained" for one in self.differences))


EXCHANGED = "exchanged into the market's currency, unit by unit"
TAXED = "tax on top of the goods goes back with them"
SKIPPED = "rows skipped by a listed rule"
NOT_PAID = "was never paid, so nothing went back"


def reconcile(history: History, platform: Figures) -> Reconciliation:
    """Compare both sides, order by order and in total."""
    found = [
        *_sales(history, platform),
        *_refunds(history, platform),
        *_credits(history),
        *_missing(history, platform),
        *_totals(platform),
    ]
    return Reconciliation(tuple(one for one in found if one.minor))


def _sales(history: History, platform: Figures) -> Iterator[Difference]:
    """Goods and carriage of each order: what the files say, and what was sold here."""
    skipped, undivided = _skipped(history), _undivided(history)
    for sale in history.purchases:
        own, sold = history.own.by_order[sale.key], platform.sold.get(sale.key, Sold())
        same = sale.currency == history.own.currency
        why = None if same else EXCHANGED
        goods = sum(line.source_minor for line in sale.lines)
        yield _or_skipped(sale.key, "items", own.items_minor, goods, skipped)
        yield _or_skipped(
            sale.key, "freight", own.freight_minor, sale.source_freight_minor, skipped
        )
        items = sum(_exchanged(sale, line) for line in sale.lines)
        yield Difference(sale.key, "items_at_the_rate", items, sold.items_minor, None)
        yield Difference(sale.key, "freight_of_lines", sale.freight_minor, sold.freight_minor, None)
        yield Difference(
            sale.key, "items", goods, sold.items_minor, why if items == sold.items_minor else None
        )
        rest = undivided.get(sale.key, 0)
        freight = sale.source_freight_minor
        if sale.exchange:
            freight = share(freight, sale.exchange.num, sale.exchange.den) - rest
        yield Difference(sale.key, "freight_at_the_rate", freight, sold.freight_minor, None)


def _exchanged(sale: Purchase, line: PurchaseLine) -> int:
    """A line's goods at the rate of its day, rounded for one unit as it was priced."""
    if sale.exchange is None:
        return line.source_minor
    unit = share(line.source_minor // line.quantity, sale.exchange.num, sale.exchange.den)
    return unit * line.quantity


def _or_skipped(
    key: str, figure: str, own: int, read: int, skipped: Mapping[tuple[str, str], int]
) -> Difference:
    explained = any(order == key for order, _ in skipped)
    return Difference(key, f"{figure}_read", own, read, SKIPPED if explained else None)


def _skipped(history: History) -> dict[tuple[str, str], int]:
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in history.skipped:
        sums[row.order_key, row.currency] += row.amount_minor
    return dict(sums)


def _undivided(history: History) -> dict[str, int]:
    """Carriage that does not divide into whole units of shipping, by order."""
    return {
        row.order_key: row.amount_minor
        for row in history.skipped
        if row.rule is Rule.CARRIAGE_REMAINDER
    }


def _refunds(history: History, platform: Figures) -> Iterator[Difference]:
    """What went back to buyers: the facts of the purchase, and what was refunded here."""
    for sale in history.purchases:
        sold = platform.sold.get(sale.key, Sold())
        due = given_back(sale)
        reason = TAXED if 0 < sold.refunded_minor - due <= sold.tax_minor else None
        if sale.paid_at is None and not sold.refunded_minor:
            reason = NOT_PAID
        yield Difference(sale.key, "refunded", due, sold.refunded_minor, reason)


def given_back(sale: Purchase) -> int:
    """What a purchase's facts say goes back, without tax on top."""
    if sale.cancelled_at:
        return sale.items_minor + sale.freight_minor
    lines = sale.lines
    return sum(
        back.quantity
        * (
            lines[back.line].unit_price_minor
            + (lines[back.line].unit_shipping_minor if back.with_shipping else 0)
        )
        for back in sale.returns
    )


def _credits(history: History) -> Iterator[Difference]:
    """What the files credit, beside the returns and cancellations that were read from them."""
    read: defaultdict[str, int] = defaultdict(int)
    for sale in history.purchases:
        backs = (*sale.returns, *sale.cancelled_by)
        for back in backs:
            source = back.source.partition(":")[0]
            key = source if source in history.own.by_order else sale.key
            read[key] += back.source_minor + (
                back.quantity * sale.lines[back.line].unit_shipping_minor
                if back.with_shipping
                else 0
            )
        if sale.cancelled_at and not backs and sale.paid_at:
            read[sale.key] += sale.items_minor + sale.freight_minor
    skipped = {order for order, _ in _skipped(history)}
    for key, own in history.own.by_order.items():
        reason = SKIPPED if key in skipped else None
        yield Difference(key, "credited", own.credited_minor, read[key], reason)


def _missing(history: History, platform: Figures) -> Iterator[Difference]:
    """Orders of the files that have goods and did not become purchases."""
    known = {sale.key for sale in history.purchases}
    skipped = {order for order, _ in _skipped(history)}
    for key, own in history.own.by_order.items():
        if key not in known and own.items_minor > 0:
            reason = SKIPPED if key in skipped else None
            yield Difference(key, "items", own.items_minor, 0, reason)


def _totals(platform: Figures) -> Iterator[Difference]:
    """The ledger against the orders: what came in, what went back, and that it balances."""
    for currency, book in platform.books.items():
        mine = [one for key, one in platform.sold.items() if platform.currency_of[key] == currency]
        sold = sum(
            one.items_minor + one.freight_minor + one.tax_minor - one.unpaid_minor for one in mine
        )
        yield Difference(currency, "captured", sold, book.captured_minor, None)
        back = sum(one.refunded_minor for one in mine)
        yield Difference(currency, "refunds_sent", back, book.refunded_minor, None)
        yield Difference(currency, "trial_balance", 0, book.trial_balance_minor, None)
