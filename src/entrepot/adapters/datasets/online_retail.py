"""UCI Online Retail (a British gift wholesaler, 2010-12 to 2011-10), CC BY 4.0.

An extract is part of this package; a whole file in the same format can be read as well. The set
names no sellers, no addresses and no dispatch: articles are spread over invented merchants, a
country stands for its capital, dispatch and delivery are drawn from the invoice number. An
invoice counts as paid when it was written. A cancellation that takes back a whole invoice before
its hand-over cancels it; any other is a return, at the earliest on delivery.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from entrepot.adapters.datasets.history import (
    History,
    Product,
    Purchase,
    Rule,
    Seller,
    SkippedRow,
    Sku,
)
from entrepot.adapters.datasets.invoices import Invoice, Terms, purchase_of, sold_of
from entrepot.adapters.datasets.markets import MarketPlace, serving
from entrepot.adapters.datasets.merchants import families, family_of, seller
from entrepot.adapters.datasets.online_retail_files import (
    CARRIAGE,
    EXTRACT,
    InvoiceLine,
    codes,
    places,
    read,
    rule_for,
)
from entrepot.adapters.datasets.online_retail_totals import own_totals
from entrepot.adapters.datasets.returns import match
from entrepot.adapters.rates import shipped

ZONE = ZoneInfo("Europe/London")
OVERLAYS = Path(__file__).parent / "overlays" / "online_retail"
SOURCE = (
    "Chen, D. (2015), Online Retail, UCI Machine Learning Repository, "
    "DOI 10.24432/C5BW33, CC BY 4.0"
)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The rows by what becomes of them."""

    goods: dict[str, list[InvoiceLine]]
    carriage: dict[str, list[InvoiceLine]]
    credits: list[InvoiceLine]
    skipped: list[SkippedRow]


def read_online_retail(
    file: Path | None, shift_weeks: int, markets: Sequence[MarketPlace]
) -> History:
    """The history of a file, or of the extract, sold in these markets; or `BrokenData`."""
    source, rows = read(file or EXTRACT)
    terms = Terms(shipped(), ZONE, shift_weeks, {market.key: market for market in markets})
    parts = _sorted(rows)
    titles = _titles(parts.goods)
    invoices = [
        _invoice(key, goods, parts.carriage.get(key, []), markets)
        for key, goods in parts.goods.items()
    ]
    sold = [each for invoice in invoices for each in sold_of(invoice)]
    matches = match(sold, parts.credits)
    made = [
        purchase_of(invoice, matches.by_invoice.get(invoice.key, []), titles, terms)
        for invoice in invoices
    ]
    purchases = sorted((sale for sale, _ in made), key=lambda sale: (sale.placed_at, sale.key))
    rests = [row for _, rest in made for row in rest]
    products = _products(purchases, titles)
    return History(
        name="online_retail",
        source=SOURCE,
        currencies=tuple(sorted({sale.currency for sale in purchases})),
        sellers=_sellers(purchases, terms),
        products=products,
        skus=_skus(purchases),
        purchases=tuple(purchases),
        skipped=tuple(sorted((*parts.skipped, *matches.skipped, *rests), key=_by_row)),
        own=own_totals(source),
        overlays=(OVERLAYS,),
        digest=_digest(source.sha256, shift_weeks, markets),
    )


def _digest(content: str, shift_weeks: int, markets: Sequence[MarketPlace]) -> str:
    text = "\n".join([f"lines {content}", f"shift {shift_weeks}", *map(repr, markets)])
    return hashlib.sha256(text.encode()).hexdigest()


def _by_row(row: SkippedRow) -> tuple[int, str]:
    return row.line, row.rule


def _sorted(rows: Iterable[InvoiceLine]) -> _Sorted:
    goods: defaultdict[str, list[InvoiceLine]] = defaultdict(list)
    carriage: defaultdict[str, list[InvoiceLine]] = defaultdict(list)
    parts = _Sorted(goods, carriage, [], [])
    for row in rows:
        rule = rule_for(row)
        if rule:
            parts.skipped.append(SkippedRow(rule, row.invoice, row.line, row.amount, "GBP"))
        elif row.is_cancellation:
            parts.credits.append(row)
        elif codes().get(row.article) == CARRIAGE:
            carriage[row.invoice].append(row)
        else:
            goods[row.invoice].append(row)
    for invoice in carriage.keys() - goods.keys():
        parts.skipped.extend(
            SkippedRow(Rule.CARRIAGE_WITHOUT_GOODS, invoice, row.line, row.amount, "GBP")
            for row in carriage[invoice]
        )
    return parts


def _titles(goods: dict[str, list[InvoiceLine]]) -> dict[str, str]:
    """Each article's commonest description; on a tie the first by alphabet."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for rows in goods.values():
        for row in rows:
            seen[row.article][" ".join(row.description.split())] += 1
    return {
        article: min(names, key=lambda name: (-names[name], name)) or article
        for article, names in seen.items()
    }


def _invoice(
    key: str,
    goods: list[InvoiceLine],
    carriage: list[InvoiceLine],
    markets: Sequence[MarketPlace],
) -> Invoice:
    place = places()[goods[0].country]
    return Invoice(key, place, serving(markets, place.country), goods, carriage)


def _sellers(purchases: Iterable[Purchase], terms: Terms) -> tuple[Seller, ...]:
    """The shops that sold something; each opens on the day of its first sale."""
    first: dict[str, tuple[Purchase, datetime]] = {}
    for sale in purchases:  # By time.
        for line in sale.lines:
            first.setdefault(line.seller_key, (sale, sale.placed_at.astimezone(ZONE)))
    turns = terms.turns
    by_key = {family.key: family for family in families()}
    return tuple(
        seller(by_key[key.split("-")[0]], turns, terms.markets[sale.market], at.date())
        for key, (sale, at) in sorted(first.items())
    )


def _products(purchases: Iterable[Purchase], titles: dict[str, str]) -> tuple[Product, ...]:
    sold = {
        line.sku_key.split("#")[0]: line.seller_key for sale in purchases for line in sale.lines
    }
    return tuple(_product(key, seller_key, titles) for key, seller_key in sorted(sold.items()))


def _product(key: str, seller_key: str, titles: dict[str, str]) -> Product:
    article = key.split("@", maxsplit=1)[0]
    family, category = family_of(article, titles[article])
    return Product(
        key=key,
        seller_key=seller_key,
        title_en=titles[article],
        title_zh=None,
        category_key=category,
        source_category=family.title,
    )


def _skus(purchases: Iterable[Purchase]) -> tuple[Sku, ...]:
    keys = {line.sku_key for sale in purchases for line in sale.lines}
    return tuple(Sku(key, key.split("#")[0]) for key in sorted(keys))
