"""Promotions, baskets and what the one does to the other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency

from .lifecycle import State

PLATFORM = OrganisationId(0)


class PromotionId(Id):
    """A coupon or a discount."""

    __slots__ = ()


class ActivityId(Id):
    """What a shop offers for a time on several of its goods."""

    __slots__ = ()


class Layer(StrEnum):
    """What kinds of promotions there are. In which order they count is a dated rule."""

    FLASH_DEAL = "flash_deal"
    NEW_CUSTOMER_COUPON = "new_customer_coupon"
    PLATFORM_COUPON = "platform_coupon"
    PLATFORM_DISCOUNT = "platform_discount"
    SELLER_COUPON = "seller_coupon"
    SELLER_DISCOUNT = "seller_discount"
    SHIPPING_DISCOUNT = "shipping_discount"


# A discount lowers the price of each unit; a coupon takes an amount off the basket, once. What is
# off shipping is taken off the basket, too, and never off the goods.
PER_UNIT = {Layer.FLASH_DEAL, Layer.PLATFORM_DISCOUNT, Layer.SELLER_DISCOUNT}
COUPONS = {Layer.NEW_CUSTOMER_COUPON, Layer.PLATFORM_COUPON, Layer.SELLER_COUPON}
BY_SELLER = {
    Layer.FLASH_DEAL,
    Layer.SELLER_COUPON,
    Layer.SELLER_DISCOUNT,
    Layer.SHIPPING_DISCOUNT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How often, and for how much in all. What is none does not exist."""

    per_buyer: int | None = None
    total: int | None = None
    budget_minor: int | None = None
    units: int | None = None
    units_per_buyer: int | None = None

    @property
    def exist(self) -> bool:
        """Whether there is anything to count."""
        money = self.total is not None or self.budget_minor is not None
        return money or self.units is not None or self.know_buyers

    @property
    def know_buyers(self) -> bool:
        """Whether what each buyer has used is counted."""
        return self.per_buyer is not None or self.units_per_buyer is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPromotion:
    """What somebody offers. A rate, an amount or a price; the rest narrows it."""

    owner_id: OrganisationId  # Who offers it: a merchant, or the platform (0).
    market: str
    layer: Layer
    title: str
    currency: Currency
    starts_at: datetime
    ends_at: datetime
    code: str | None = None
    shop_id: Id | None = None
    product_id: Id | None = None
    sku_id: Id | None = None
    activity_id: ActivityId | None = None
    rate_bp: int | None = None
    amount_minor: int | None = None  # Per unit of a discount, per basket of a coupon.
    price_minor: int | None = None  # What a unit costs then, however much that takes off.
    min_units: int = 0
    min_spend_minor: int = 0
    max_discount_minor: int | None = None  # Of a coupon by rate.
    seller_share_bp: int = 10_000  # What the merchant pays of it; the rest is the platform's.
    new_customers_only: bool = False
    limits: Limits = Limits()


class Offered(StrEnum):
    """Whether a coupon can be had, by the clock and by what its owner did."""

    NOT_STARTED = "not_started"
    ONGOING = "ongoing"
    EXPIRED = "expired"
    STOPPED = "stopped"  # Paused or ended.


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """An offer in force, or not."""

    id: PromotionId
    offer: NewPromotion
    state: State
    used: int = 0
    units_used: int = 0

    def offered(self, now: datetime) -> Offered:
        """Whether it can be had."""
        if self.state is not State.ACTIVE:
            return Offered.STOPPED
        if now < self.offer.starts_at:
            return Offered.NOT_STARTED
        return Offered.ONGOING if now < self.offer.ends_at else Offered.EXPIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponFilter:
    """Which coupons of a shop."""

    shop_id: Id
    offered: tuple[Offered, ...] = tuple(Offered)
    with_code: bool | None = None
    title: str = ""  # A part of it.


@dataclass(frozen=True, slots=True)
class Used:
    """How often, and for how many units, a buyer has used a promotion."""

    times: int = 0
    units: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLine:
    """What is to be priced: the list price and the shipping of the whole quantity."""

    sku_id: Id
    product_id: Id
    shop_id: Id
    merchant_id: OrganisationId
    quantity: int
    list_minor: int
    shipping_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """Lines with who buys them; a buyer who is not known gets nothing that counts buyers."""

    lines: tuple[BasketLine, ...]
    buyer: str | None = None
    is_new_customer: bool = False
    codes: tuple[str, ...] = ()
    used: Mapping[PromotionId, Used] = field(default_factory=dict)  # By this buyer, before.


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What one promotion takes off one line at one funder's expense."""

    promotion_id: PromotionId
    layer: Layer
    funder_id: OrganisationId  # 0 is the platform.
    minor: int
    units: int = 0  # Of the line, at a lowered price.


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePrice:
    """A line's waterfall: the list price less what each promotion takes off; shipping beside it."""

    list_minor: int
    applied: tuple[Applied, ...] = ()
    off_shipping: tuple[Applied, ...] = ()

    @property
    def seller_discount(self) -> int:
        """What merchants fund."""
        return sum(part.minor for part in self.applied if part.funder_id != PLATFORM)

    @property
    def platform_discount(self) -> int:
        """What the platform funds."""
        return sum(part.minor for part in self.applied if part.funder_id == PLATFORM)

    @property
    def shipping_discount(self) -> int:
        """What is off the line's shipping; only merchants give that."""
        return sum(part.minor for part in self.off_shipping)

    @property
    def net_minor(self) -> int:
        """What is left to pay for the goods."""
        return self.list_minor - self.seller_discount - self.platform_discount


class Unused(StrEnum):
    """Why a code makes nothing cheaper."""

    NOT_VALID = "not_valid"  # Now, for any of these goods. Whether it is known is not told.
    SIGN_IN = "sign_in"
    USED_BEFORE = "used_before"
    NEW_CUSTOMERS_ONLY = "new_customers_only"
    BELOW_MINIMUM = "below_minimum"
    ANOTHER_IS_BETTER = "another_is_better"


@dataclass(frozen=True, slots=True)
class UnusedCode:
    """A code that brought nothing, and why."""

    code: str
    why: Unused


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketPrice:
    """Prices in the order of the basket's lines, and codes that brought nothing."""

    lines: tuple[LinePrice, ...]
    unused_codes: tuple[UnusedCode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One promotion, used for one purchase. Uses of one reference count together or not at all."""

    promotion_id: PromotionId
    reference: str
    buyer: str | None
    minor: int
    units: int = 0


def uses(lines: Iterable[LinePrice], reference: str, buyer: str | None) -> list[Use]:
    """What a purchase of these lines uses, once for each promotion."""
    sums: dict[PromotionId, int] = {}
    units: dict[PromotionId, int] = {}
    for line in lines:
        of_line: dict[PromotionId, int] = {}  # Two funders of one promotion name the same units.
        for part in (*line.applied, *line.off_shipping):
            sums[part.promotion_id] = sums.get(part.promotion_id, 0) + part.minor
            of_line[part.promotion_id] = part.units
        for id, many in of_line.items():
            units[id] = units.get(id, 0) + many
    return [
        Use(promotion_id=id, reference=reference, buyer=buyer, minor=minor, units=units[id])
        for id, minor in sorted(sums.items())
    ]


def in_capitals(codes: Sequence[str]) -> tuple[str, ...]:
    """Codes as they are kept: buyers type them as they like."""
    return tuple(dict.fromkeys(code.strip().upper() for code in codes if code.strip()))
