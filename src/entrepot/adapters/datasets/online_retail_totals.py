"""Online Retail's own figures, summed from its file; shares no step with the conversion."""

import csv
import io
from collections import defaultdict
from decimal import ROUND_HALF_EVEN, Decimal

from entrepot.adapters.datasets.history import OwnOrder, OwnTotals
from entrepot.adapters.datasets.online_retail_files import CARRIAGE, codes
from entrepot.adapters.datasets.rows import Source

PENNY = Decimal("0.01")


def own_totals(source: Source) -> OwnTotals:
    """Sums over the rows as they stand, by invoice; cancellations are invoices of their own."""
    sums: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in csv.DictReader(io.StringIO(source.text, newline="")):
        exact = int(row["quantity"]) * Decimal(row["unit_price_gbp"])
        pence = int(exact.quantize(PENNY, ROUND_HALF_EVEN) * 100)
        sums[row["invoice_no"]][_kind(row)] += pence
        sums[row["invoice_no"]]["all"] += pence
    by_order = {
        key: OwnOrder(key, found["goods"], found[CARRIAGE], found["all"], -found["credit"])
        for key, found in sums.items()
    }
    orders = by_order.values()
    return OwnTotals(
        currency="GBP",
        orders=sum(1 for order in orders if order.items_minor > 0),
        orders_without_goods=sum(1 for order in orders if order.items_minor <= 0),
        items_minor=sum(order.items_minor for order in orders),
        freight_minor=sum(order.freight_minor for order in orders),
        paid_minor=sum(order.paid_minor for order in orders),
        credited_minor=sum(order.credited_minor for order in orders),
        by_order=by_order,
    )


def _kind(row: dict[str, str]) -> str:
    """Goods, carriage or credit; everything else is in the sum of all rows only."""
    code = codes().get(row["stock_code"].strip().upper())
    if row["invoice_no"].startswith("C"):
        return "credit"
    if row["invoice_no"].startswith("A") or code not in (None, CARRIAGE):
        return "other"
    return code or "goods"
