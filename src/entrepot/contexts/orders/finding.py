"""What merchants' systems look for among a shop's orders, and what they call them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from entrepot.contexts.inventory import LocationId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import PersonId

from .lifecycle import State
from .model import OrderId, UnitId

Span = tuple[datetime | None, datetime | None]  # From, and before.


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Orders of one shop; what is not set does not restrict."""

    shop_id: ShopId
    states: tuple[State, ...] = ()
    placed: Span = (None, None)
    changed: Span = (None, None)
    buyer_id: PersonId | None = None
    shipper: str | None = None  # Whose carriers bring it: the merchant's or the platform's.
    locations: tuple[LocationId, ...] = ()  # Where goods were set aside for it.
    asked_to_cancel: bool | None = None  # Whether its buyer waits for consent.


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A page of what a search finds, after the last row of the one before."""

    by_change: bool = False  # In the order of changes; else as they were placed.
    rising: bool = False
    after: tuple[datetime, OrderId] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What another system calls an order, and its items."""

    order_id: OrderId
    platform: str
    external_id: str
    items: Mapping[UnitId, str]  # Their id of a unit.
