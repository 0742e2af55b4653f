"""The tables of Olist as typed rows, checked one by one and against each other."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from entrepot.adapters.datasets.rows import Faults, Row, Source, find

T = TypeVar("T")

FIRST_DAY = date(2016, 1, 1)  # Of the rules in overlays/olist.
STATUSES = (
    "approved",
    "canceled",
    "created",
    "delivered",
    "invoiced",
    "processing",
    "shipped",
    "unavailable",
)


@dataclass(frozen=True, slots=True)
class OrderRow:
    line: int
    key: str
    customer: str
    status: str
    purchased: datetime
    approved: datetime | None
    handed_over: datetime | None
    delivered: datetime | None
    promised: datetime | None


@dataclass(frozen=True, slots=True)
class ItemRow:
    line: int
    order: str
    product: str
    seller: str
    price: int
    freight: int


@dataclass(frozen=True, slots=True)
class CustomerRow:
    person: str
    postal_code: str
    city: str
    state: str


@dataclass(frozen=True, slots=True)
class SellerRow:
    city: str
    state: str


@dataclass(frozen=True, slots=True)
class Tables:
    """The five tables that make orders, each by its key, in the order of the file."""

    orders: Mapping[str, OrderRow]
    items: Mapping[str, list[ItemRow]]  # By order.
    payments: Mapping[str, list[int]]  # By order, in centavos.
    customers: Mapping[str, CustomerRow]
    sellers: Mapping[str, SellerRow]
    products: Mapping[str, str]  # The Portuguese category.
    sources: tuple[Source, ...]


COLUMNS: Mapping[str, tuple[str, ...]] = {
    "customers": (
        "customer_id",
        "customer_unique_id",
        "customer_zip_code_prefix",
        "customer_city",
        "customer_state",
    ),
    "sellers": ("seller_id", "seller_city", "seller_state"),
    "products": ("product_id", "product_category_name"),
    "orders": (
        "order_id",
        "customer_id",
        "order_status",
        "order_purchase_timestamp",
        "order_approved_at",
        "order_delivered_carrier_date",
        "order_delivered_customer_date",
        "order_estimated_delivery_date",
    ),
    "order_items": (
        "order_id",
        "order_item_id",
        "product_id",
        "seller_id",
        "price",
        "freight_value",
    ),
    "order_payments": ("order_id", "payment_sequential", "payment_value"),
}


def read(folder: Path) -> Tables:
    """All tables of a folder, or `BrokenData` with everything that is wrong in any of them."""
    faults = Faults()
    sources = {name: find(folder, name, faults) for name in COLUMNS}
    rows = {
        name: source.rows(COLUMNS[name], faults) if source else None
        for name, source in sources.items()
    }
    customers = _by_key(rows["customers"], "customer_id", _customer)
    sellers = _by_key(rows["sellers"], "seller_id", _seller)
    products = _by_key(rows["products"], "product_id", _category)
    orders = _by_key(rows["orders"], "order_id", lambda row: _order(row, customers))
    items = _by_order(
        rows["order_items"], "order_item_id", lambda row: _item(row, orders, products, sellers)
    )
    payments = _by_order(
        rows["order_payments"], "payment_sequential", lambda row: _payment(row, orders)
    )
    faults.judge()
    return Tables(
        orders or {},
        items,
        payments,
        customers or {},
        sellers or {},
        products or {},
        tuple(source for source in sources.values() if source),
    )


def _by_key(rows: list[Row] | None, key: str, read: Callable[[Row], T]) -> dict[str, T] | None:
    """Rows by their key, each key once; None where the file cannot be read at all."""
    if rows is None:
        return None
    found: dict[str, T] = {}
    for row in rows:
        value = row.text(key)
        if value in found:
            row.fault(key, "is there a second time; it must be unique in this file")
        found[value] = read(row)
    return found


def _by_order(
    rows: list[Row] | None, position: str, read: Callable[[Row], T]
) -> dict[str, list[T]]:
    """Rows of each order, whose `position` in the order must be unique."""
    found: defaultdict[str, list[T]] = defaultdict(list)
    seen: set[tuple[str, int]] = set()
    for row in rows or []:
        key = row.values["order_id"].strip(), row.whole(position)
        if key in seen:
            row.fault(position, f"is there a second time in order {key[0]}; it must be unique")
        seen.add(key)
        found[key[0]].append(read(row))
    return dict(found)


def _customer(row: Row) -> CustomerRow:
    return CustomerRow(
        row.text("customer_unique_id"),
        row.text("customer_zip_code_prefix"),
        row.optional("customer_city"),
        row.text("customer_state"),
    )


def _seller(row: Row) -> SellerRow:
    return SellerRow(row.optional("seller_city"), row.optional("seller_state"))


def _category(row: Row) -> str:
    return row.optional("product_category_name")


def _order(row: Row, customers: Collection[str] | None) -> OrderRow:
    return OrderRow(
        line=row.line,
        key=row.values["order_id"].strip(),
        customer=row.reference("customer_id", customers, "customers"),
        status=row.one_of("order_status", STATUSES),
        purchased=row.required_local("order_purchase_timestamp", FIRST_DAY),
        approved=row.local("order_approved_at", FIRST_DAY),
        handed_over=row.local("order_delivered_carrier_date", FIRST_DAY),
        delivered=row.local("order_delivered_customer_date", FIRST_DAY),
        promised=row.local("order_estimated_delivery_date", FIRST_DAY),
    )


def _item(
    row: Row,
    orders: Collection[str] | None,
    products: Collection[str] | None,
    sellers: Collection[str] | None,
) -> ItemRow:
    return ItemRow(
        line=row.line,
        order=row.reference("order_id", orders, "orders"),
        product=row.reference("product_id", products, "products"),
        seller=row.reference("seller_id", sellers, "sellers"),
        price=row.minor("price"),
        freight=row.minor("freight_value"),
    )


def _payment(row: Row, orders: Collection[str] | None) -> int:
    row.reference("order_id", orders, "orders")
    return row.minor("payment_value")
