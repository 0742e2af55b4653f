"""What is told of stock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from entrepot.contexts.catalog import SkuId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import Event
from entrepot.kernel.ids import Id

from .model import Adjusted, Adjustment, LocationId, PositionId, Reason, Receipt, ReceiptId, Turned


@dataclass(frozen=True, slots=True, kw_only=True)
class StockReceived(Event):
    name = "inventory.stock_received"

    receipt_id: ReceiptId
    position_id: PositionId
    sku_id: SkuId
    location_id: LocationId
    owner_id: int  # 0 is the platform.
    accepted: int
    rejected: int
    supplier_id: OrganisationId | None

    @classmethod
    def of(cls, receipt: Receipt) -> Self:
        wish = receipt.wish
        return cls(
            at=receipt.received_at,
            receipt_id=receipt.id,
            position_id=receipt.position_id,
            sku_id=wish.sku_id,
            location_id=wish.location_id,
            owner_id=int(wish.owner_id),
            accepted=wish.accepted,
            rejected=wish.rejected,
            supplier_id=wish.supplier_id,
        )

    @property
    def subject(self) -> PositionId:
        return self.position_id


@dataclass(frozen=True, slots=True, kw_only=True)
class StockAdjusted(Event):
    name = "inventory.stock_adjusted"

    position_id: PositionId
    change: int
    on_hand: int
    reason: Reason

    @classmethod
    def of(cls, wish: Adjustment, outcome: Adjusted, at: datetime) -> Self:
        return cls(
            at=at,
            position_id=wish.position_id,
            change=wish.change,
            on_hand=outcome.on_hand,
            reason=wish.reason,
        )

    @property
    def subject(self) -> PositionId:
        return self.position_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservationExpired(Event):
    """The order itself stays as it is; its goods are free again."""

    name = "inventory.reservation_expired"

    order_id: Id

    @property
    def subject(self) -> Id:
        return self.order_id


@dataclass(frozen=True, slots=True, kw_only=True)
class StockTurned(Event):
    """Nothing of an owner's goods is free any more, or something is again.

    It is found after the sale: what turned twice in between is not told.
    """

    name = "inventory.stock_turned"

    sku_id: SkuId
    owner_id: int  # 0 is the platform.
    sold_out: bool
    on_hand: int
    reserved: int

    @classmethod
    def of(cls, turned: Turned, at: datetime) -> Self:
        return cls(
            at=at,
            sku_id=turned.sku_id,
            owner_id=int(turned.owner_id),
            sold_out=turned.sold_out,
            on_hand=turned.on_hand,
            reserved=turned.reserved,
        )

    @property
    def subject(self) -> SkuId:
        return self.sku_id
