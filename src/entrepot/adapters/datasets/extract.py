"""Makes the committed data files; the same input gives the same bytes.

python -m entrepot.adapters.datasets.extract online_retail LINES   (lines.csv or .csv.gz)
python -m entrepot.adapters.datasets.extract delays FOLDER         (Olist's csv files)
"""

import csv
import gzip
import io
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from entrepot.adapters.datasets.delays import TABLE
from entrepot.adapters.datasets.online_retail_files import COLUMNS, EXTRACT, codes
from entrepot.adapters.datasets.rows import Faults, find, load

Line = dict[str, str]
Invoices = dict[str, list[Line]]

HOME = "United Kingdom"
HOME_CUSTOMERS = 370
ABROAD_INVOICES = 12  # For each country, as long as there are as many.
SCARCE = 16  # A country with no more invoices is kept whole.
LONGEST = 45  # Rows of an invoice, where there is a choice: small baskets show more of them.
GUESTS = 110  # Invoices without a customer.
EACH_CODE = 4  # Invoices with a code that is no goods.
EDGE_DAYS = ("2010-12-01", "2011-10-31")
EDGE_INVOICES = 8
STEPS = 200


def online_retail(text: str) -> bytes:
    """About 1,400 invoices: whole customers, every country, every kind of odd row."""
    invoices: Invoices = defaultdict(list)
    for line in csv.DictReader(io.StringIO(text, newline="")):
        invoices[line["invoice_no"]].append(line)
    kept = {
        *_customers(invoices),
        *_guests(invoices),
        *_odd(invoices),
        *_edges(invoices),
    }
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for invoice, rows in invoices.items():
        if invoice in kept:
            writer.writerows(rows)
    return gzip.compress(out.getvalue().encode(), mtime=0)


def _drawn(keys: Iterable[str]) -> list[str]:
    """The keys in an order that nobody chose and that never changes."""
    return sorted(keys, key=lambda key: sha256(key.encode()).hexdigest())


def _customers(invoices: Invoices) -> Iterator[str]:
    """All invoices of some customers, so that what comes back finds its purchase."""
    own: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for invoice, rows in invoices.items():
        own[rows[0]["country"], rows[0]["customer_id"]].append(invoice)
    in_country = Counter(rows[0]["country"] for rows in invoices.values())
    countries = Counter[str]()
    customers = Counter[str]()
    for key in _drawn("/".join(key) for key in own):
        country, customer = key.split("/")
        theirs = own[country, customer]
        longest = max(len(invoices[invoice]) for invoice in theirs)
        small = len(theirs) <= ABROAD_INVOICES and longest <= LONGEST
        scarce = in_country[country] <= SCARCE
        wanted = (
            customer and small and customers[country] < HOME_CUSTOMERS
            if country == HOME
            else scarce or (small and countries[country] < ABROAD_INVOICES)
        )
        if wanted:
            customers[country] += 1
            countries[country] += len(theirs)
            yield from theirs
    for country in {country for country, _ in own} - set(countries):
        known = [
            invoice for each, theirs in own.items() if each[0] == country for invoice in theirs
        ]
        yield from _drawn(known)[:ABROAD_INVOICES]


def _some(invoices: Invoices, at_most: int, fits: Callable[[list[Line]], bool]) -> list[str]:
    fitting = [invoice for invoice, rows in invoices.items() if len(rows) <= LONGEST and fits(rows)]
    return _drawn(fitting)[:at_most]


def _guests(invoices: Invoices) -> Iterator[str]:
    yield from _some(
        invoices,
        GUESTS,
        lambda rows: not rows[0]["customer_id"] and any(_is_sold(row) for row in rows),
    )


def _is_sold(row: Line) -> bool:
    return int(row["quantity"]) > 0 and float(row["unit_price_gbp"]) > 0


def _odd(invoices: Invoices) -> Iterator[str]:
    """Bad debt, and a few of each code that is no goods, of giveaways and of corrections."""
    yield from (invoice for invoice in invoices if invoice.startswith("A"))
    for code in sorted({*codes(), "PADS"}):
        yield from _some(invoices, EACH_CODE, lambda rows, code=code: _has(rows, code))  # type: ignore[misc]
    yield from _some(invoices, EACH_CODE, lambda rows: int(rows[0]["quantity"]) < 0)
    yield from _some(
        invoices, EACH_CODE, lambda rows: any(row["unit_price_gbp"] == "0.0" for row in rows)
    )


def _has(rows: list[Line], code: str) -> bool:
    return any(row["stock_code"].upper() == code for row in rows)


def _edges(invoices: Invoices) -> Iterator[str]:
    """The first and the last day."""
    for day in EDGE_DAYS:
        yield from _some(
            invoices,
            EDGE_INVOICES,
            lambda rows, day=day: rows[0]["invoice_date"].startswith(day) and _is_sold(rows[0]),  # type: ignore[misc]
        )


def delays(text: str) -> str:
    """Quantiles of both legs over the delivered orders of the random sample, in minutes."""
    legs: tuple[list[int], list[int]] = ([], [])
    for row in csv.DictReader(io.StringIO(text, newline="")):
        if row["in_random_sample"] != "1" or row["order_status"] != "delivered":
            continue
        stamps = [row[f"order_{name}"] for name in ("approved_at", "delivered_carrier_date")]
        stamps.append(row["order_delivered_customer_date"])
        if all(stamps):
            paid, handed_over, delivered = (datetime.fromisoformat(stamp) for stamp in stamps)
            legs[0].append(max(0, int((handed_over - paid).total_seconds() // 60)))
            legs[1].append(max(0, int((delivered - handed_over).total_seconds() // 60)))
    columns = [_quantiles(leg) for leg in legs]
    table = [
        f"{step},{one},{other}" for step, (one, other) in enumerate(zip(*columns, strict=True))
    ]
    head = "step,paid_to_handed_over_min,handed_over_to_delivered_min"
    return "\n".join([head, *table]) + "\n"


def _quantiles(values: list[int]) -> list[int]:
    """The value in the middle of each of the equal steps."""
    rising = sorted(values)
    return [rising[(2 * step + 1) * len(rising) // (2 * STEPS)] for step in range(STEPS)]


def main(what: str, path: Path) -> None:
    """Write one of the committed files."""
    faults = Faults()
    source = load(path, faults) if what == "online_retail" else find(path, "orders", faults)
    faults.judge()
    assert source, "what could not be read was refused"
    if what == "online_retail":
        EXTRACT.write_bytes(online_retail(source.text))
    else:
        TABLE.write_text(delays(source.text), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
