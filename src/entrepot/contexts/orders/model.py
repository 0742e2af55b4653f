"""Quotes and orders as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from entrepot.contexts.catalog import ListingId, ProductId, SkuId
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.promotions import UnusedCode
from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency, Money, share, step

from .lifecycle import CLOSED, HIDES_ADDRESS, ORDER, State, Verb
from .waterfall import Part


class QuoteId(Id):
    __slots__ = ()


class GroupId(Id):
    __slots__ = ()


class OrderId(Id):
    __slots__ = ()


class UnitId(Id):
    """One unit of a line; `units` says which."""

    __slots__ = ()


class CancellationId(Id):
    __slots__ = ()


class TermsId(Id):
    __slots__ = ()


class Side(StrEnum):
    """Who asks for a cancellation."""

    BUYER = "buyer"
    MERCHANT = "merchant"
    PLATFORM = "platform"


class CancelReason(StrEnum):
    BUYER_ASKED = "buyer_asked"
    NOT_PAID_IN_TIME = "not_paid_in_time"
    NOT_SHIPPED_IN_TIME = "not_shipped_in_time"
    OUT_OF_STOCK = "out_of_stock"
    PAID_AFTER_CANCELLATION = "paid_after_cancellation"
    RISK = "risk"
    SELLER_ASKED = "seller_asked"
    SOLD_OUT_BEFORE_PAYMENT = "sold_out_before_payment"


SELLERS_FAULT = {
    CancelReason.NOT_SHIPPED_IN_TIME,
    CancelReason.OUT_OF_STOCK,
    CancelReason.SELLER_ASKED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a quote is for: what decides tax and market. A checkout's address must equal it."""

    country: str  # ISO 3166-1 alpha-2
    region: str
    postal_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who receives the goods: personal data, kept for the group and erasable."""

    name: str
    email: str
    phone: str
    address: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """What placing an order has to know of one line."""

    pos: int
    sku_id: SkuId
    quantity: int
    owner_id: OrganisationId  # Whose stock it is sold from; 0 is the platform's.


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLine:
    """One line of a quote, as it will stand in `orders.lines`."""

    order: int  # The index of its order within the quote.
    pos: int
    sku_id: SkuId
    listing_id: ListingId
    product_id: ProductId
    title: str
    quantity: int
    terms_id: TermsId
    unit_price_minor: int
    list_minor: int
    seller_discount_minor: int
    platform_discount_minor: int
    shipping_minor: int
    tax_minor: int
    payment_minor: int
    parts: tuple[Part, ...]
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedOrder:
    """One shop's share of a quote: what placing it asks for."""

    shop_id: ShopId
    merchant_id: OrganisationId
    record_id: OrganisationId
    mode: str
    seller_type: str
    total_minor: int
    timers: str
    unpaid_min: int
    reservation_min: int
    goods: tuple[Good, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionUse:
    """What a quote takes of a promotion, counted when it is placed."""

    promotion_id: int
    minor: int
    units: int = 0  # At a lowered price; quotes from before units were counted have none.


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A price that holds for a while, for one basket and one destination."""

    id: QuoteId
    market: str
    currency: Currency
    buyer_id: PersonId | None
    destination: Destination
    total: Money
    orders: tuple[QuotedOrder, ...]
    uses: tuple[PromotionUse, ...] = ()
    lines: tuple[QuotedLine, ...] = ()  # Not read when a quote is placed.
    unused_codes: tuple[UnusedCode, ...] = ()  # Told with the quote, and not kept.
    quoted_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """A wish to place a quote, with who receives the goods."""

    quote_id: QuoteId
    destination: Destination
    recipient: Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one checkout placed: one order for each shop."""

    id: GroupId
    quote_id: QuoteId
    market: str
    buyer_id: PersonId | None
    total: Money
    placed_at: datetime
    order_ids: tuple[OrderId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The head of one order."""

    id: OrderId
    group_id: GroupId
    shop_id: ShopId
    merchant_id: OrganisationId
    record_id: OrganisationId
    market: str
    mode: str
    seller_type: str
    state: State
    total: Money
    refunded_minor: int
    seller_fault: bool
    placed_at: datetime
    paid_at: datetime | None
    dispatched_at: datetime | None
    delivered_at: datetime | None
    closed_at: datetime | None
    changed_at: datetime
    due_at: datetime | None
    timers: str
    replaces_id: OrderId | None = None  # Whose goods it sends once more, without a price.

    @property
    def hides_address(self) -> bool:
        """Whether the merchant may not see yet where it goes."""
        return self.state in HIDES_ADDRESS

    @property
    def closed(self) -> bool:
        """Whether nothing more can happen to it here; later cases attach to it."""
        return self.state in CLOSED

    def move(self, verb: Verb) -> "Order":
        """This order, one step further; `IllegalMove` if its lifecycle has no such step."""
        return replace(self, state=ORDER.after(self.state, verb), due_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an order, its prices fixed when it was placed."""

    order_id: OrderId
    pos: int
    sku_id: SkuId
    listing_id: ListingId
    product_id: ProductId
    title: str
    quantity: int
    cancelled: int
    shipped: int
    delivered: int
    returned: int
    first_unit: int  # The id of its first unit; the others follow.
    taken: tuple[int, ...] | None  # Units cancelled or handed over; none: the first ones.
    terms_id: TermsId
    currency: Currency
    unit_price_minor: int
    list_minor: int
    seller_discount_minor: int
    platform_discount_minor: int
    shipping_minor: int
    tax_minor: int
    payment_minor: int
    refunded_minor: int
    parts: tuple[Part, ...]
    inputs: Mapping[str, Any]

    @property
    def stock_owner(self) -> OrganisationId:
        """Whose stock it is sold from; 0 is the platform's."""
        return OrganisationId(self.inputs["stock_owner"])

    @property
    def gone(self) -> tuple[int, int]:
        """How much of the line has been taken back, out of what: of its payment, in minor units.

        A line that cost its buyer nothing is taken back by units.
        """
        if self.payment_minor:
            return self.refunded_minor, self.payment_minor
        return self.cancelled + self.returned, self.quantity

    @property
    def open_units(self) -> int:
        """Units that are neither cancelled nor handed over."""
        return self.quantity - self.cancelled - self.shipped

    @property
    def arrived(self) -> bool:
        """Whether every unit that was not cancelled is delivered."""
        return self.delivered > 0 and self.delivered == self.quantity - self.cancelled

    def cancelling(self, units: int) -> int:
        """The payment that goes back when so many more units are cancelled, in minor units.

        Never more than is left: some may have gone back for other reasons.
        """
        share_ = step(self.payment_minor, self.cancelled, self.cancelled + units, self.quantity)
        return min(share_, self.payment_minor - self.refunded_minor)

    def worth(self, units: int) -> int:
        """What the buyer paid for some delivered units, in minor units."""
        return share(self.payment_minor, units, self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """A wish to cancel an order, or units of some of its lines."""

    order_id: OrderId
    by: Side
    reason: CancelReason
    units: Mapping[int, int] | None = None  # By line; none: everything that is not handed over.
    which: Mapping[int, Sequence[int]] = field(default_factory=dict)  # By line; else the lowest.
    due_at: datetime | None = None  # A sweep says when it fell due; else it is now.


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """What a cancellation took back, or that it waits for the merchant's consent."""

    id: CancellationId
    order: Order
    asked: bool  # It waits for consent: nothing is cancelled yet.
    units: Mapping[int, int]
    which: Mapping[int, Sequence[int]]  # The units themselves, by line.
    refund_minor: Mapping[int, int]  # By line; zero where nothing was paid yet.
    lines: tuple[Line, ...]  # As they are afterwards.
    was_paid: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A wish to move one order along its lifecycle."""

    order_id: OrderId
    verb: Verb
    at: datetime | None = None  # When it happened; else it is now.
    due_at: datetime | None = None  # When the timer of the new state runs out.
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Units of one line that are handed over, arrive or come back."""

    order_id: OrderId
    pos: int
    quantity: int
    which: tuple[int, ...] = ()  # The units to hand over; none: the lowest that are free.


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which orders a list shows; what is not set does not restrict."""

    shop_id: ShopId | None = None
    state: State | None = None
    placed_from: datetime | None = None
    placed_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What held for a line when it was placed: flags of its mode and the rules that decided."""

    id: TermsId
    content: Mapping[str, Any]


def by_order(lines: Sequence[Line]) -> dict[OrderId, list[Line]]:
    """Lines under their orders, in their order."""
    found: dict[OrderId, list[Line]] = {}
    for line in lines:
        found.setdefault(line.order_id, []).append(line)
    return found
