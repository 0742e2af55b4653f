"""Stock as values."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from entrepot.contexts.catalog import SkuId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency

from .addresses import Address

PLATFORM = OrganisationId(0)  # Owns what it has bought out.

LineKey = tuple[int, int]  # An order and the place of a line in it.


class LocationId(Id):
    __slots__ = ()


class PositionId(Id):
    __slots__ = ()


class ReceiptId(Id):
    __slots__ = ()


class Reason(StrEnum):
    """Why people correct a count."""

    COUNTED = "counted"
    DAMAGED = "damaged"
    FOUND = "found"
    LOST = "lost"
    RETURNED_TO_SUPPLIER = "returned_to_supplier"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLocation:
    """A wish for a place where goods lie."""

    code: str
    name: str
    country: str
    keeper_id: OrganisationId = PLATFORM
    markets: tuple[str, ...] | None = None  # The markets that it ships to; none: every market.
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    id: LocationId
    code: str
    name: str
    country: str
    keeper_id: OrganisationId
    markets: tuple[str, ...] | None
    address: Address | None  # As its keeper told it.


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationEdit:
    """A wish to say where a location is; none takes back what was said."""

    location_id: LocationId
    address: Address | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How much of a SKU lies in one place and belongs to one owner."""

    id: PositionId
    sku_id: SkuId
    location_id: LocationId
    owner_id: OrganisationId
    on_hand: int
    reserved: int
    currency: Currency | None  # In which bought-out goods are kept at cost.
    keeper_id: OrganisationId

    @property
    def free(self) -> int:
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much of somebody's goods is to be free in a place."""

    sku_id: SkuId
    location_id: LocationId
    owner_id: OrganisationId
    free: int
    currency: ClassVar[Currency | None] = None  # Goods that have a cost come in by receipts.

    @property
    def place(self) -> tuple[int, int, int]:
        """As positions are found."""
        return int(self.sku_id), int(self.location_id), int(self.owner_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A position as the decision about a batch of wants sees it."""

    position_id: PositionId
    sku_id: SkuId
    owner_id: OrganisationId
    markets: frozenset[str] | None
    free: int

    def serves(self, want: "Want") -> bool:
        return (want.owner_id is None or want.owner_id == self.owner_id) and (
            want.market is None or self.markets is None or want.market in self.markets
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """Goods that an order line asks for. The wants of a group are met together or not at all."""

    order_id: Id
    pos: int
    sku_id: SkuId
    quantity: int
    expires_at: datetime | None  # None: paid already.
    group: int = 0  # 0: the order is the group.
    owner_id: OrganisationId | None = None  # Whose goods; none: anybody's.
    market: str | None = None

    @property
    def together(self) -> tuple[bool, int]:
        """What fails with this want."""
        return (True, self.group) if self.group else (False, int(self.order_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A part of a want that one position serves."""

    order_id: Id
    pos: int
    round: int
    position_id: PositionId
    quantity: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What is set aside at one position for an order line, and what became of it."""

    order_id: Id
    pos: int
    round: int
    position_id: PositionId
    currency: Currency | None  # Just of bought-out goods.
    quantity: int
    shipped: int
    released: int
    returned: int
    expires_at: datetime | None

    @property
    def held(self) -> int:
        return self.quantity - self.shipped - self.released

    def held_for(self, lines: Collection[LineKey] | None) -> bool:
        """Whether something is still set aside, for one of these lines or for any."""
        return self.held > 0 and (lines is None or self.line in lines)

    @property
    def line(self) -> LineKey:
        return int(self.order_id), self.pos


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Some units of an order line."""

    order_id: Id
    pos: int
    quantity: int

    @property
    def line(self) -> LineKey:
        return int(self.order_id), self.pos


@dataclass(frozen=True, slots=True)
class Cost:
    """What bought-out goods cost that went or came."""

    minor: int
    currency: Currency


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReceipt:
    """Goods that arrived, as counted and checked: what is accepted is on hand."""

    sku_id: SkuId
    location_id: LocationId
    owner_id: OrganisationId
    accepted: int
    rejected: int = 0
    unit_cost_minor: int | None = None  # Just for bought-out goods.
    currency: Currency | None = None
    supplier_id: OrganisationId | None = None
    agreement_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The document of a receipt. It never changes: a recount is an adjustment."""

    id: ReceiptId
    position_id: PositionId
    wish: NewReceipt
    received_at: datetime

    @property
    def cost(self) -> Cost | None:
        """What the accepted units cost the platform; rejected ones cost nothing."""
        if self.wish.unit_cost_minor is None or self.wish.currency is None:
            return None
        return Cost(self.wish.accepted * self.wish.unit_cost_minor, self.wish.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A person's correction of what is on hand."""

    position_id: PositionId
    change: int
    reason: Reason
    unit_cost_minor: int | None = None  # What found bought-out goods are worth.


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """An adjustment that was made; `cost` is what bought-out goods gained or lost."""

    position_id: PositionId
    change: int
    on_hand: int
    cost: Cost | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Bought-out units of one cost that are still there."""

    id: int
    position_id: PositionId
    remaining: int
    unit_cost_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Units that an order line took from a layer; `returned` of them came back."""

    id: int
    order_id: Id
    pos: int
    position_id: PositionId
    quantity: int
    returned: int
    unit_cost_minor: int

    @property
    def line(self) -> LineKey:
        return int(self.order_id), self.pos

    @property
    def out(self) -> int:
        return self.quantity - self.returned


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A SKU of which nothing of an owner's is free any more, or something is again."""

    sku_id: SkuId
    owner_id: OrganisationId
    sold_out: bool
    on_hand: int
    reserved: int
