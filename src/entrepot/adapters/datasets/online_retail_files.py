"""The lines of UCI Online Retail as typed rows, each with what it is."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from entrepot.adapters.datasets.history import Rule
from entrepot.adapters.datasets.rows import BrokenData, Faults, Row, Source, load
from entrepot.kernel.money import share

HERE = Path(__file__).parent / "data" / "online_retail"
EXTRACT = HERE / "lines.csv.gz"
FIRST_DAY = date(2009, 1, 2)  # Of the exchange rates.
CARRIAGE = "carriage"
COLUMNS = (
    "invoice_no",
    "stock_code",
    "description",
    "quantity",
    "invoice_date",
    "unit_price_gbp",
    "customer_id",
    "country",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where buyers of a country are said to live: the set knows countries only."""

    country: str
    region: str
    postal_code: str
    city: str


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One row. Cancellations have a negative quantity, as in the file."""

    line: int
    invoice: str
    article: str
    description: str
    quantity: int
    at: datetime
    price: int | None  # Pence; None for a price that is finer than a penny.
    amount: int  # Pence, of the whole row.
    customer: str
    country: str

    @property
    def is_cancellation(self) -> bool:
        return self.invoice.startswith("C")


def read(path: Path) -> tuple[Source, list[InvoiceLine]]:
    """All rows in the order of the file, or `BrokenData` with everything that is wrong."""
    faults = Faults()
    source = load(path, faults)
    rows = (source.rows(COLUMNS, faults) if source else None) or []
    lines = [_line(row) for row in rows]
    _check_invoices(rows)
    faults.judge()
    if source is None:  # pragma: no cover - a file that is missing was refused above.
        raise BrokenData(faults.found)
    return source, lines


def _line(row: Row) -> InvoiceLine:
    invoice = row.text("invoice_no")
    quantity = row.whole("quantity")
    price, amount = _price(row, quantity, invoice)
    if invoice.startswith("C") and quantity > 0:
        row.fault("quantity", "must be negative in a cancellation")
    country = row.text("country")
    if country and country not in places():
        row.fault("country", "must be a country of data/online_retail/countries.csv")
    return InvoiceLine(
        line=row.line,
        invoice=invoice,
        article=row.text("stock_code").upper(),
        description=row.optional("description"),
        quantity=quantity,
        at=row.required_local("invoice_date", FIRST_DAY),
        price=price,
        amount=amount,
        customer=row.optional("customer_id"),
        country=country,
    )


def _price(row: Row, quantity: int, invoice: str) -> tuple[int | None, int]:
    """Pence of a unit and of the row. Only bad debt ("A…") may have a negative price."""
    ten_thousandths = row.scaled("unit_price_gbp", 4)
    if ten_thousandths < 0 and not invoice.startswith("A"):
        row.fault("unit_price_gbp", "must not be negative")
    whole, finer = divmod(ten_thousandths, 100)
    return None if finer else whole, share(quantity * ten_thousandths, 1, 100)


def _check_invoices(rows: Iterable[Row]) -> None:
    """An invoice has one buyer."""
    buyers: dict[str, tuple[str, str]] = {}
    for row in rows:
        buyer = row.optional("customer_id"), row.optional("country")
        first = buyers.setdefault(row.optional("invoice_no"), buyer)
        for field, own, other in zip(("customer_id", "country"), buyer, first, strict=True):
            if own != other:
                row.fault(field, f"must be {other!r}, as in the invoice's first line")


@cache
def places() -> Mapping[str, Place]:
    """The set's names of countries. Who lives nowhere known is counted as British."""
    with (HERE / "countries.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["name"]: Place(row["code"], row["region"], row["postal_code"], row["city"])
            for row in csv.DictReader(file)
        }


@cache
def codes() -> Mapping[str, str]:
    """Stock codes that are no goods, with the rule for them or "carriage"."""
    with (HERE / "codes.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["rule"] for row in csv.DictReader(file)}


def rule_for(line: InvoiceLine) -> Rule | None:
    """The rule by which a row is skipped at first sight; None for goods and for carriage."""
    code = codes().get(line.article)
    if line.invoice.startswith("A"):
        return Rule.BAD_DEBT
    if code == CARRIAGE and line.quantity < 0:
        return Rule.CARRIAGE_CREDITED
    if code and code != CARRIAGE:
        return Rule(code)
    if line.quantity <= 0 and not line.is_cancellation:
        return Rule.STOCK_CORRECTION
    if line.price is None:
        return Rule.PRICE_TOO_SMALL
    return Rule.NO_PRICE if line.price == 0 else None
