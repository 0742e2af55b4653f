"""Cancellations as they are kept: what was asked for, by whom, and how it was decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import PersonId

from .model import CancellationId, CancelReason, OrderId, Side


class Consent(StrEnum):
    """Whether a cancellation waits for the merchant, or what came of it."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the merchant says to a cancellation that the buyer asked for."""

    consents: bool
    because: str = ""  # The code of a reason to refuse.
    note: str = ""
    at: datetime | None = None  # When its time to answer was over; else it is now.


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationRequest:
    """One row of them."""

    id: CancellationId
    order_id: OrderId
    asked_by: Side
    reason: CancelReason
    state: Consent
    units: Mapping[int, tuple[int, ...]]  # By line: which.
    refunds: Mapping[int, int]  # By line, in minor units; none before it is accepted.
    refused_because: str
    note: str
    asked_at: datetime
    decided_at: datetime | None
    due_at: datetime | None

    @property
    def changed_at(self) -> datetime:
        """When something was last done to it."""
        return self.decided_at or self.asked_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationFilter:
    """Which cancellations a list shows, and in which order; what is not set does not restrict."""

    ids: tuple[CancellationId, ...] | None = None
    order_ids: tuple[OrderId, ...] | None = None
    buyer_ids: tuple[PersonId, ...] | None = None
    shop_id: ShopId | None = None
    by_buyers: bool | None = None
    states: tuple[Consent, ...] | None = None
    asked_from: datetime | None = None
    asked_before: datetime | None = None
    changed_from: datetime | None = None
    changed_before: datetime | None = None
    by_change: bool = False  # By the last change; else by the request.
    rising: bool = False
