"""What a data set tells, in one shape: who sold what to where, and when each thing happened.

A history holds facts only. Every instant is aware and UTC, every amount is an integer of the
smallest unit, and the instants of a purchase never run backwards: what the files say otherwise
was repaired by a listed kind, and what could not become a purchase is in `skipped` by a listed
rule. The data set's own totals are computed straight from its files, by code that shares
nothing with the conversion, so that a reconciliation has two independent sides.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path


class Mode(StrEnum):
    """The preset under which a shop sells, as topic `modes` names them."""

    FULL_MANAGED_DIRECT_PURCHASE = "full-managed-direct-purchase"
    FULL_MANAGED_CONSIGNMENT = "full-managed-consignment"
    SEMI_MANAGED = "semi-managed"
    SELF_OPERATED = "self-operated"


class SellerType(StrEnum):
    CROSS_BORDER = "cross_border"
    LOCAL = "local"


class RepairKind(StrEnum):
    """Where the files contradict themselves or leave a gap, and what was made of it."""

    APPROVAL_BEFORE_PURCHASE = "approval_before_purchase"
    APPROVAL_MISSING = "approval_missing"
    CANCELLED_AFTER_DELIVERY = "cancelled_after_delivery"
    CANCELLED_AFTER_HAND_OVER = "cancelled_after_hand_over"
    DELIVERY_BEFORE_HAND_OVER = "delivery_before_hand_over"
    DELIVERY_DATE_MISSING = "delivery_date_missing"
    HAND_OVER_BEFORE_PAYMENT = "hand_over_before_payment"
    HAND_OVER_MISSING = "hand_over_missing"
    LOCAL_TIME_AMBIGUOUS = "local_time_ambiguous"
    LOCAL_TIME_SKIPPED = "local_time_skipped"
    RETURN_BEFORE_DELIVERY = "return_before_delivery"
    SAME_PRODUCT_TWO_PRICES = "same_product_two_prices"


class Rule(StrEnum):
    """Why rows of the files became no purchase, carriage or return."""

    BAD_DEBT = "bad_debt"
    BANK_CHARGES = "bank_charges"
    CARRIAGE_CREDITED = "carriage_credited"
    CARRIAGE_REMAINDER = "carriage_remainder"  # Does not divide into whole units of shipping.
    CARRIAGE_WITHOUT_GOODS = "carriage_without_goods"
    CHARITY_COMMISSION = "charity_commission"
    DISCOUNT = "discount"
    GIFT_VOUCHER = "gift_voucher"
    MANUAL_ADJUSTMENT = "manual_adjustment"
    MARKETPLACE_FEE = "marketplace_fee"
    NO_GOODS = "no_goods"
    NO_PRICE = "no_price"
    NO_PURCHASE_FOUND = "no_purchase_found"
    PRICE_TOO_SMALL = "price_too_small"
    SAMPLES = "samples"
    STOCK_CORRECTION = "stock_correction"


@dataclass(frozen=True, slots=True)
class Seller:
    """One shop: a merchant in one market, mode and seller type."""

    key: str
    merchant_key: str  # One organisation may have a shop in each market.
    name: str
    country: str
    region: str
    city: str
    market: str
    mode: Mode
    seller_type: SellerType
    first_day: date  # Of its first sale, in the data set's local time.


@dataclass(frozen=True, slots=True)
class Product:
    key: str
    seller_key: str
    title_en: str
    title_zh: str | None
    category_key: str  # A category of the Shopify taxonomy, such as "hg-3".
    source_category: str


@dataclass(frozen=True, slots=True)
class Sku:
    """What is priced. A second price in the same order makes "<product>#2"."""

    key: str
    product_key: str


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    sku_key: str
    seller_key: str
    quantity: int
    unit_price_minor: int
    unit_shipping_minor: int
    source_minor: int  # What the rows say in the data set's currency, goods only.
    rows: tuple[int, ...]  # Line numbers in the data set's file; the header is line 1.


@dataclass(frozen=True, slots=True)
class Return:
    """Units of one line that came back after delivery, or were cancelled before hand-over."""

    at: datetime
    line: int  # Position in `Purchase.lines`, from 0.
    quantity: int
    source: str  # The row that says so, such as "C536379:D".
    with_shipping: bool  # Whether the buyer gets the line's shipping back as well.
    source_minor: int  # What the row credits in the data set's currency, as a positive number.


@dataclass(frozen=True, slots=True)
class Repair:
    kind: RepairKind
    detail: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """The rate that turned the data set's prices into the market's: minor × num / den."""

    num: int
    den: int
    day: date
    source: str


@dataclass(frozen=True, slots=True)
class Purchase:
    """One basket of one buyer. placed ≤ paid ≤ handed over ≤ delivered ≤ every return.

    `cancelled_at` ends a purchase: before hand-over it is a cancellation; with
    `returned_to_sender` the carrier brought it back. Either way all that was paid is refunded.
    A purchase that has `delivered_at` is never cancelled: it has returns.
    """

    key: str
    placed_at: datetime
    market: str
    currency: str
    buyer_key: str  # The same for all purchases of one buyer, "" for an unknown one.
    country: str
    region: str
    postal_code: str
    city: str
    lines: tuple[PurchaseLine, ...]
    paid_at: datetime | None
    cancelled_at: datetime | None
    handed_over_at: datetime | None
    delivered_at: datetime | None
    returned_to_sender: bool
    returns: tuple[Return, ...]
    cancelled_by: tuple[Return, ...]  # The rows behind `cancelled_at`, where they are rows.
    repairs: tuple[Repair, ...]
    exchange: Exchange | None = None
    source_freight_minor: int = 0  # Carriage as the rows say it, in the data set's currency.

    @property
    def items_minor(self) -> int:
        return sum(line.quantity * line.unit_price_minor for line in self.lines)

    @property
    def freight_minor(self) -> int:
        return sum(line.quantity * line.unit_shipping_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row of the files that became no purchase, line or return, and its amount there."""

    rule: Rule
    order_key: str
    line: int
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Listed:
    """All rows that one rule skipped, for the report."""

    rule: Rule
    rows: int
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """What the files say about one order, in the data set's currency."""

    key: str
    items_minor: int  # Goods, as sold.
    freight_minor: int  # Carriage, as charged.
    paid_minor: int  # Payment rows where the set has them, else all rows of the order.
    credited_minor: int  # What cancellation rows take back, as a positive number.


@dataclass(frozen=True, slots=True)
class OwnTotals:
    """The data set's own figures, summed from its files without the conversion."""

    currency: str
    orders: int  # With goods: those that become purchases.
    orders_without_goods: int
    items_minor: int
    freight_minor: int
    paid_minor: int
    credited_minor: int
    by_order: Mapping[str, OwnOrder]


@dataclass(frozen=True, slots=True)
class History:
    """A whole data set, ready to be lived through again."""

    name: str
    source: str  # Attribution and licence, for the report.
    currencies: tuple[str, ...]
    sellers: tuple[Seller, ...]
    products: tuple[Product, ...]
    skus: tuple[Sku, ...]
    purchases: tuple[Purchase, ...]  # By (placed_at, key).
    skipped: tuple[SkippedRow, ...]
    own: OwnTotals
    overlays: tuple[Path, ...]  # Rule folders that this history needs over the shipped rules.
    digest: str  # Of the input and the shift: an interrupted replay continues only the same data.

    def listed(self) -> list[Listed]:
        """The skipped rows by rule and currency, as a report shows them."""
        rows: Counter[tuple[Rule, str]] = Counter()
        amounts: Counter[tuple[Rule, str]] = Counter()
        for row in self.skipped:
            rows[row.rule, row.currency] += 1
            amounts[row.rule, row.currency] += row.amount_minor
        return [
            Listed(rule, count, amounts[rule, currency], currency)
            for (rule, currency), count in sorted(rows.items())
        ]

    def repaired(self) -> dict[RepairKind, int]:
        """How often each kind of repair was made."""
        kinds = Counter(repair.kind for sale in self.purchases for repair in sale.repairs)
        return dict(sorted(kinds.items()))
