"""One invoice of Online Retail as one purchase of the platform."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from entrepot.adapters.datasets.carriage import spread
from entrepot.adapters.datasets.delays import drawn
from entrepot.adapters.datasets.history import (
    Exchange,
    Purchase,
    PurchaseLine,
    Repair,
    RepairKind,
    Return,
    Rule,
    SkippedRow,
)
from entrepot.adapters.datasets.local_time import instant, shifted
from entrepot.adapters.datasets.markets import MarketPlace
from entrepot.adapters.datasets.merchants import family_of, shop_of
from entrepot.adapters.datasets.online_retail_files import InvoiceLine, Place
from entrepot.adapters.datasets.returns import Buyer, Sold, Taken
from entrepot.adapters.rates import Rates
from entrepot.kernel.money import Currency, share


@dataclass(frozen=True, slots=True)
class Terms:
    """What all invoices of one reading share."""

    rates: Rates
    zone: ZoneInfo
    shift_weeks: int
    markets: Mapping[str, MarketPlace]

    @property
    def turns(self) -> Mapping[str, int]:
        """The turn of each market, by its key's place in the alphabet."""
        return {key: turn for turn, key in enumerate(sorted(self.markets))}

    def at(self, local: datetime) -> tuple[datetime, list[Repair]]:
        """The instant of a shifted local time, and the repair where it is not one instant."""
        at, odd = instant(shifted(local, self.shift_weeks), self.zone)
        return at, [Repair(odd, f"{local}")] if odd else []


@dataclass(frozen=True, slots=True)
class Invoice:
    """The rows of one invoice that matter, and where its buyer is."""

    key: str
    place: Place
    market: MarketPlace
    goods: Sequence[InvoiceLine]
    carriage: Sequence[InvoiceLine]

    @property
    def at(self) -> datetime:
        """When it was written; a few invoices carry several minutes, the first counts."""
        return min(row.at for row in (*self.goods, *self.carriage))

    def lines(self) -> list[list[InvoiceLine]]:
        """Rows of one article at one price are one line."""
        found: dict[tuple[str, int], list[InvoiceLine]] = {}
        for row in self.goods:
            assert row.price, "goods without a price were skipped"
            found.setdefault((row.article, row.price), []).append(row)
        return [*found.values()]


def sold_of(invoice: Invoice) -> Iterator[tuple[Buyer, Sold]]:
    """What cancellations may take back of an invoice."""
    written_at = invoice.at
    for pos, rows in enumerate(invoice.lines()):
        buyer = (rows[0].customer, rows[0].country, rows[0].article)
        yield buyer, Sold(invoice.key, pos, written_at, sum(row.quantity for row in rows))


def purchase_of(
    invoice: Invoice, taken: Sequence[Taken], titles: Mapping[str, str], terms: Terms
) -> tuple[Purchase, list[SkippedRow]]:
    """The purchase, and the carriage that does not divide, if any."""
    exchange = _exchange(invoice, terms)
    bare = _lines(invoice, titles, exchange, terms)
    lines, rest = _with_carriage(invoice, bare, exchange)
    placed_at, repairs = terms.at(invoice.at)
    delay = drawn(invoice.key)
    handed_over_at = placed_at + delay.to_hand_over
    delivered_at = handed_over_at + delay.to_delivery
    second_prices = [
        Repair(RepairKind.SAME_PRODUCT_TWO_PRICES, line.sku_key)
        for line in lines
        if "#" in line.sku_key
    ]
    purchase = Purchase(
        key=invoice.key,
        placed_at=placed_at,
        market=invoice.market.key,
        currency=invoice.market.currency,
        buyer_key=invoice.goods[0].customer,
        country=invoice.place.country,
        region=invoice.place.region,
        postal_code=invoice.place.postal_code,
        city=invoice.place.city,
        lines=tuple(lines),
        paid_at=placed_at,
        cancelled_at=None,
        handed_over_at=handed_over_at,
        delivered_at=delivered_at,
        returned_to_sender=False,
        returns=(),
        cancelled_by=(),
        repairs=(*repairs, *second_prices),
        exchange=exchange,
        source_freight_minor=sum(row.amount for row in invoice.carriage),
    )
    return _taken_back(purchase, taken, terms), rest


def _exchange(invoice: Invoice, terms: Terms) -> Exchange:
    """The rate of the day on which the invoice really was written."""
    cross = terms.rates.cross(Currency.GBP, invoice.market.currency, invoice.at.date())
    return Exchange(cross.num, cross.den, cross.day, cross.source)


def _lines(
    invoice: Invoice, titles: Mapping[str, str], exchange: Exchange, terms: Terms
) -> list[PurchaseLine]:
    seen: defaultdict[str, int] = defaultdict(int)
    lines: list[PurchaseLine] = []
    for rows in invoice.lines():
        article = rows[0].article
        family, _ = family_of(article, titles[article])
        shop, _, _ = shop_of(family, invoice.market, terms.turns[invoice.market.key])
        product = f"{article}@{invoice.market.key}"
        seen[product] += 1
        lines.append(
            PurchaseLine(
                sku_key=product if seen[product] == 1 else f"{product}#{seen[product]}",
                seller_key=shop,
                quantity=sum(row.quantity for row in rows),
                unit_price_minor=share(rows[0].price or 0, exchange.num, exchange.den),
                unit_shipping_minor=0,
                source_minor=sum(row.amount for row in rows),
                rows=tuple(row.line for row in rows),
            )
        )
    return lines


def _with_carriage(
    invoice: Invoice, lines: Sequence[PurchaseLine], exchange: Exchange
) -> tuple[list[PurchaseLine], list[SkippedRow]]:
    """The lines with the invoice's carriage as shipping per unit."""
    pence = sum(row.amount for row in invoice.carriage)
    minor = share(pence, exchange.num, exchange.den)
    amounts = [(line.quantity, line.quantity * line.unit_price_minor) for line in lines]
    units, rest = spread(minor, amounts)
    shipped = [
        replace(line, unit_shipping_minor=unit) for line, unit in zip(lines, units, strict=True)
    ]
    if not rest:
        return shipped, []
    row, currency = invoice.carriage[0], invoice.market.currency
    return shipped, [SkippedRow(Rule.CARRIAGE_REMAINDER, invoice.key, row.line, rest, currency)]


def _taken_back(purchase: Purchase, taken: Sequence[Taken], terms: Terms) -> Purchase:
    """Cancelled if all of it was taken back before the hand-over, else with returns."""
    returns: list[Return] = []
    repairs: list[Repair] = []
    for each in taken:
        at, odd = terms.at(each.row.at)
        source = f"{each.row.invoice}:{each.row.line}"
        repairs += odd
        returns.append(Return(at, each.pos, each.quantity, source, False, each.credited))
    assert purchase.handed_over_at and purchase.delivered_at  # noqa: PT018 - drawn just before.
    sold = sum(line.quantity for line in purchase.lines)
    whole = sum(each.quantity for each in returns) == sold
    last = max((each.at for each in returns), default=purchase.placed_at)
    if whole and last < purchase.handed_over_at:
        return replace(
            purchase,
            cancelled_at=max(last, purchase.placed_at),
            handed_over_at=None,
            delivered_at=None,
            cancelled_by=tuple(returns),
            repairs=(*purchase.repairs, *repairs),
        )
    delivered_at = purchase.delivered_at
    early = [each for each in returns if each.at < delivered_at]
    repairs += [Repair(RepairKind.RETURN_BEFORE_DELIVERY, each.source) for each in early]
    late = [replace(each, at=max(each.at, delivered_at)) for each in returns]
    return replace(
        purchase,
        returns=tuple(sorted(late, key=lambda each: (each.at, each.source, each.line))),
        repairs=(*purchase.repairs, *repairs),
    )
