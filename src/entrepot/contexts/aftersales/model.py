"""Refunds as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from entrepot.contexts.orders import OrderId, Side
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency, Money


class RefundId(Id):
    __slots__ = ()


class Reason(StrEnum):
    """Why money goes back to a buyer after hand-over."""

    NOT_RECEIVED = "not_received"
    DAMAGED = "damaged"
    NOT_AS_DESCRIBED = "not_as_described"
    WRONG_ITEM = "wrong_item"
    NO_LONGER_WANTED = "no_longer_wanted"
    RETURNED_TO_SENDER = "returned_to_sender"
    LOST = "lost"
    GOODWILL = "goodwill"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLine:
    """What goes back of one order line, and units that do; `before_minor` went back earlier."""

    pos: int
    units: int = 0
    minor: int
    before_minor: int
    payment_minor: int  # What the buyer paid for the line: no refund takes it further.

    @property
    def after_minor(self) -> int:
        """The line's running total after this refund."""
        return self.before_minor + self.minor


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRefund:
    """A refund that was decided, with the running totals of its lines as their order has them."""

    order_id: OrderId
    merchant_id: OrganisationId
    currency: Currency
    reason: Reason
    asked_by: Side
    lines: tuple[RefundLine, ...]
    at: datetime | None = None  # When it was decided; else it is now.


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A refund as it is kept for good."""

    id: RefundId
    order_id: OrderId
    merchant_id: OrganisationId
    currency: Currency
    reason: Reason
    asked_by: Side
    at: datetime
    lines: tuple[RefundLine, ...]

    @property
    def amount(self) -> Money:
        """What goes back to the buyer."""
        return Money(sum(line.minor for line in self.lines), self.currency)
