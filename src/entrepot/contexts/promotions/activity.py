"""Activities: what a shop offers for a time on its goods or their shipping, and which of them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency

from .lifecycle import ACTIVITY, State, Status, Turn
from .model import ActivityId, Layer, Limits, NewPromotion, Promotion, PromotionId

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)  # The end of what has none.
ALL_OF_IT = 10_000  # Basis points.


class Kind(StrEnum):
    """What an activity gives."""

    DIRECT_DISCOUNT = "direct_discount"  # A rate off.
    FIXED_PRICE = "fixed_price"
    FLASH_DEAL = "flash_deal"  # A price that undercuts all of the last days, for a short time.
    SHIPPING_DISCOUNT = "shipping_discount"


class Level(StrEnum):
    """What it names: products with all their SKUs, the whole shop, or single SKUs."""

    PRODUCT = "product"
    SHOP = "shop"
    VARIATION = "variation"


LAYERS = {
    Kind.DIRECT_DISCOUNT: Layer.SELLER_DISCOUNT,
    Kind.FIXED_PRICE: Layer.SELLER_DISCOUNT,
    Kind.FLASH_DEAL: Layer.FLASH_DEAL,
    Kind.SHIPPING_DISCOUNT: Layer.SHIPPING_DISCOUNT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """What is off the shipping of one order, and what the order has to be for that."""

    off_minor: int | None = None  # None: all of it.
    min_units: int = 0
    min_spend_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewActivity:
    """What a shop wants to offer."""

    shop_id: Id
    kind: Kind
    level: Level
    title: str
    starts_at: datetime
    ends_at: datetime | None
    shipping: Shipping = Shipping()
    once: bool = False  # Each buyer in one order only.


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What changes about an activity; what is none stays."""

    title: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    endless: bool = False  # From now on without an end.
    level: Level | None = None
    shipping: Shipping | None = None
    once: bool | None = None

    def of(self, offer: NewActivity) -> NewActivity:
        """The activity as it is to be."""
        kept = offer.ends_at if self.ends_at is None else self.ends_at
        return replace(
            offer,
            title=offer.title if self.title is None else self.title,
            starts_at=offer.starts_at if self.starts_at is None else self.starts_at,
            ends_at=None if self.endless else kept,
            level=offer.level if self.level is None else self.level,
            shipping=offer.shipping if self.shipping is None else self.shipping,
            once=offer.once if self.once is None else self.once,
        )


SHOWN = (Status.NOT_STARTED, Status.ONGOING, Status.EXPIRED, Status.DEACTIVATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFilter:
    """Which activities of a shop; drafts only for who asks for them."""

    shop_id: Id
    states: tuple[Status, ...] = SHOWN
    kinds: tuple[Kind, ...] | None = None
    title: str = ""  # A part of it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """An activity of a shop."""

    id: ActivityId
    owner_id: OrganisationId
    market: str
    currency: Currency
    offer: NewActivity
    state: Status
    created_at: datetime
    changed_at: datetime

    @property
    def due_at(self) -> datetime | None:
        """When time itself moves it on."""
        if self.state is Status.NOT_STARTED:
            return self.offer.starts_at
        running = self.state in {Status.DRAFT, Status.ONGOING}
        return self.offer.ends_at if running else None

    def turned(self, turn: Turn, at: datetime) -> "Activity":
        """After a turn; `IllegalMove` where the table does not list it."""
        return replace(self, state=ACTIVITY.after(self.state, turn), changed_at=at)

    def by(self, at: datetime) -> list["Activity"]:
        """What time has made of it by an instant, step by step, each as of its own instant."""
        steps: list[Activity] = []
        latest = self
        while latest.due_at is not None and latest.due_at <= at:
            begins = latest.state is Status.NOT_STARTED
            latest = latest.turned(Turn.BEGIN if begins else Turn.EXPIRE, latest.due_at)
            steps.append(latest)
        return steps


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemWish:
    """A product or a SKU that an activity is to hold, at which price and how often."""

    product_id: Id
    sku_id: Id | None = None
    rate_bp: int | None = None
    price_minor: int | None = None
    units: int | None = None
    units_per_buyer: int | None = None

    @property
    def limits(self) -> Limits:
        """As promotions have them."""
        return Limits(units=self.units, units_per_buyer=self.units_per_buyer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One good of an activity, and how often its price was taken where that is counted."""

    id: PromotionId
    product_id: Id
    sku_id: Id | None
    rate_bp: int | None
    price_minor: int | None
    limits: Limits
    units_used: int


def item_of(promotion: Promotion) -> Item:
    """A good as activities show it."""
    offer = promotion.offer
    assert offer.product_id is not None
    return Item(
        id=promotion.id,
        product_id=offer.product_id,
        sku_id=offer.sku_id,
        rate_bp=offer.rate_bp,
        price_minor=offer.price_minor,
        limits=offer.limits,
        units_used=promotion.units_used,
    )


def promotion_of(activity: Activity, id: PromotionId, wish: ItemWish | None) -> Promotion:
    """A good of an activity, or its whole shop, as quotes read it. The merchant pays for it."""
    offer = activity.offer
    ships = offer.kind is Kind.SHIPPING_DISCOUNT
    off = offer.shipping.off_minor if ships else None
    free = ALL_OF_IT if ships and off is None else None
    goods = wish or ItemWish(product_id=Id(0))
    limits = Limits(per_buyer=1) if offer.once else goods.limits
    new = NewPromotion(
        owner_id=activity.owner_id,
        market=activity.market,
        layer=LAYERS[offer.kind],
        title=offer.title,
        currency=activity.currency,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at or FOREVER,
        shop_id=offer.shop_id,
        product_id=None if wish is None else wish.product_id,
        sku_id=goods.sku_id,
        activity_id=activity.id,
        rate_bp=free if ships else goods.rate_bp,
        amount_minor=off,
        price_minor=goods.price_minor,
        min_units=offer.shipping.min_units if ships else 0,
        min_spend_minor=offer.shipping.min_spend_minor if ships else 0,
        limits=limits,
    )
    return Promotion(id=id, offer=new, state=item_state(activity))


def item_state(activity: Activity) -> State:
    """The state of an activity's goods: whether time has come, quotes see by themselves."""
    on = activity.state in {Status.NOT_STARTED, Status.ONGOING}
    return State.ACTIVE if on else State.PAUSED
