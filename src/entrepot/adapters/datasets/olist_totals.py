"""Olist's own figures, summed straight from its files; shares no step with the conversion."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from entrepot.adapters.datasets.history import OwnOrder, OwnTotals
from entrepot.adapters.datasets.rows import Source

TAKEN_BACK = {"canceled", "unavailable"}
AFTER_PAYMENT = (
    "order_approved_at",
    "order_delivered_carrier_date",
    "order_delivered_customer_date",
)


def own_totals(sources: Iterable[Source]) -> OwnTotals:
    """Sums over the rows as they stand; an order counts if it has a row in order_items."""
    tables = {
        source.name.split(".")[0]: list(csv.DictReader(io.StringIO(source.text, newline="")))
        for source in sources
    }
    price = _sums(tables["order_items"], "price")
    freight = _sums(tables["order_items"], "freight_value")
    paid = _sums(tables["order_payments"], "payment_value")
    taken_back = {
        row["order_id"]
        for row in tables["orders"]
        if row["order_status"] in TAKEN_BACK
        and (row["order_id"] in paid or any(row[column].strip() for column in AFTER_PAYMENT))
    }
    by_order = {
        key: OwnOrder(
            key=key,
            items_minor=price.get(key, 0),
            freight_minor=freight.get(key, 0),
            paid_minor=paid.get(key, 0),
            credited_minor=price.get(key, 0) + freight.get(key, 0) if key in taken_back else 0,
        )
        for key in (row["order_id"] for row in tables["orders"])
    }
    return OwnTotals(
        currency="BRL",
        orders=sum(1 for key in by_order if key in price),
        orders_without_goods=sum(1 for key in by_order if key not in price),
        items_minor=sum(price.values()),
        freight_minor=sum(freight.values()),
        paid_minor=sum(paid.values()),
        credited_minor=sum(order.credited_minor for order in by_order.values()),
        by_order=by_order,
    )


def _sums(rows: Iterable[dict[str, str]], column: str) -> dict[str, int]:
    exact: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        exact[row["order_id"]] += Decimal(row[column])
    return {key: int(amount * 100) for key, amount in exact.items()}
