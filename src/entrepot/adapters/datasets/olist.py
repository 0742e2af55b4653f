"""Olist's marketplace orders (Brazil, 2016 to 2018), read from a folder of its csv files.

The data are CC BY-NC-SA 4.0 and stay outside this repository; any folder in the same format
can be read. Only the tables that make orders are needed: orders, order_items, order_payments,
customers, sellers, products. Times are local Brazilian time without zone. The facts win:
what has a date happened, whatever the status says; what the status says without a date happened
at a stated instant, and is counted as a repair.
"""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from entrepot.adapters.datasets import olist_files
from entrepot.adapters.datasets.history import (
    History,
    Mode,
    Product,
    Purchase,
    PurchaseLine,
    Repair,
    RepairKind,
    Rule,
    Seller,
    SellerType,
    SkippedRow,
    Sku,
)
from entrepot.adapters.datasets.local_time import shifted
from entrepot.adapters.datasets.olist_files import ItemRow, OrderRow, Tables
from entrepot.adapters.datasets.olist_life import live
from entrepot.adapters.datasets.olist_totals import own_totals

ZONE = ZoneInfo("America/Sao_Paulo")
HERE = Path(__file__).parent
SOURCE = (
    "Olist and André Sionek, Brazilian E-Commerce Public Dataset by Olist, "
    "DOI 10.34740/kaggle/dsv/195341, CC BY-NC-SA 4.0"
)


def read_olist(folder: Path, shift_weeks: int = 0) -> History:
    """The history in a folder, or `BrokenData` with everything that is wrong with it."""
    tables = olist_files.read(folder)
    sold = {key: order for key, order in tables.orders.items() if key in tables.items}
    lines = {key: _lines(tables.items[key]) for key in sold}
    purchases = [_purchase(order, tables, lines[key], shift_weeks) for key, order in sold.items()]
    return History(
        name="olist",
        source=SOURCE,
        currencies=("BRL",),
        sellers=_sellers(tables, shift_weeks),
        products=_products(tables),
        skus=_skus(lines.values()),
        purchases=tuple(sorted(purchases, key=lambda sale: (sale.placed_at, sale.key))),
        skipped=tuple(
            SkippedRow(Rule.NO_GOODS, key, order.line, sum(tables.payments.get(key, [])), "BRL")
            for key, order in tables.orders.items()
            if key not in sold
        ),
        own=own_totals(tables.sources),
        overlays=(HERE / "overlays" / "olist",),
        digest=_digest(tables, shift_weeks),
    )


def _digest(tables: Tables, shift_weeks: int) -> str:
    parts = [f"{source.name.split('.')[0]} {source.sha256}" for source in tables.sources]
    text = "\n".join([*sorted(parts), f"shift {shift_weeks}"])
    return hashlib.sha256(text.encode()).hexdigest()


def _product_key(row: ItemRow) -> str:
    """A product of one seller: the same product id may be sold by several."""
    return f"{row.product}@{row.seller}"


def _lines(items: Iterable[ItemRow]) -> tuple[PurchaseLine, ...]:
    """Items of one order: equal ones become one line, a second price of a product its own SKU."""
    by_price: dict[tuple[str, str, int, int], list[ItemRow]] = {}
    for row in items:
        key = (_product_key(row), row.seller, row.price, row.freight)
        by_price.setdefault(key, []).append(row)
    seen: defaultdict[str, int] = defaultdict(int)
    lines: list[PurchaseLine] = []
    for (product, seller, price, freight), rows in by_price.items():
        seen[product] += 1
        lines.append(
            PurchaseLine(
                sku_key=product if seen[product] == 1 else f"{product}#{seen[product]}",
                seller_key=seller,
                quantity=len(rows),
                unit_price_minor=price,
                unit_shipping_minor=freight,
                source_minor=price * len(rows),
                rows=tuple(row.line for row in rows),
            )
        )
    return tuple(lines)


def _purchase(
    order: OrderRow, tables: Tables, lines: tuple[PurchaseLine, ...], shift_weeks: int
) -> Purchase:
    customer = tables.customers[order.customer]
    life = live(order, order.key in tables.payments, lines, (ZONE, shift_weeks))
    second_prices = [
        Repair(RepairKind.SAME_PRODUCT_TWO_PRICES, line.sku_key)
        for line in lines
        if "#" in line.sku_key
    ]
    return Purchase(
        key=order.key,
        placed_at=life.placed_at,
        market="br",
        currency="BRL",
        buyer_key=customer.person,
        country="BR",
        region=customer.state,
        postal_code=customer.postal_code,
        city=customer.city,
        lines=lines,
        paid_at=life.paid_at,
        cancelled_at=life.cancelled_at,
        handed_over_at=life.handed_over_at,
        delivered_at=life.delivered_at,
        returned_to_sender=life.returned_to_sender,
        returns=life.returns,
        cancelled_by=(),
        repairs=(*life.repairs, *second_prices),
        source_freight_minor=sum(line.quantity * line.unit_shipping_minor for line in lines),
    )


def _sellers(tables: Tables, shift_weeks: int) -> tuple[Seller, ...]:
    """The sellers that sold something, by key."""
    first: dict[str, datetime] = {}
    for key, items in tables.items.items():
        at = tables.orders[key].purchased
        for row in items:
            first[row.seller] = min(at, first.get(row.seller, at))
    return tuple(_seller(key, tables, shifted(first[key], shift_weeks)) for key in sorted(first))


def _seller(key: str, tables: Tables, first: datetime) -> Seller:
    row = tables.sellers[key]
    place = ", ".join(part for part in (row.city, row.state) if part)
    return Seller(
        key=key,
        merchant_key=key,
        name=f"Olist seller {key[:8]}" + (f" ({place})" if place else ""),
        country="BR",
        region=row.state,
        city=row.city,
        market="br",
        mode=Mode.SELF_OPERATED,
        seller_type=SellerType.LOCAL,
        first_day=first.date(),
    )


def _products(tables: Tables) -> tuple[Product, ...]:
    categories = _categories()
    sold = {_product_key(row): row for items in tables.items.values() for row in items}
    return tuple(_product(key, sold[key], tables, categories) for key in sorted(sold))


def _product(
    key: str, row: ItemRow, tables: Tables, categories: Mapping[str, tuple[str, str]]
) -> Product:
    source = tables.products[row.product]
    name, category = categories.get(source, ("Uncategorised", "na"))
    return Product(
        key=key,
        seller_key=row.seller,
        title_en=f"{name} {row.product[:8]}",
        title_zh=None,
        category_key=category,
        source_category=source,
    )


def _categories() -> dict[str, tuple[str, str]]:
    """Olist's category → its English name and the category of the Shopify taxonomy."""
    with (HERE / "data" / "olist" / "categories.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {row["source"]: (row["title_en"], row["category_key"]) for row in rows}


def _skus(orders: Iterable[tuple[PurchaseLine, ...]]) -> tuple[Sku, ...]:
    keys = {line.sku_key for lines in orders for line in lines}
    return tuple(Sku(key, key.split("#")[0]) for key in sorted(keys))
