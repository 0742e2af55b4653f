"""Baskets on their way to a price."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from entrepot.contexts import affiliates, orders, promotions, sourcing
from entrepot.contexts.catalog import Offer, SkuId
from entrepot.contexts.merchants import Shop, ShopId
from entrepot.contexts.orders import Commission, Destination
from entrepot.contexts.taxes import TaxLine
from entrepot.kernel.access import PersonId
from entrepot.rulebook import Fee, Market, Mode, OrderTimers, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteWish:
    """A basket for one market and destination; the click is what the client says it came by."""

    market: str
    items: tuple[tuple[SkuId, int], ...]
    destination: Destination
    coupon_codes: tuple[str, ...] = ()
    click: affiliates.Click | None = None
    buyer_id: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """The rules of one market on the day of the quote."""

    market: Market
    name: str
    on: date
    fees: Version[Fee]
    timers: Version[OrderTimers]
    refs: Mapping[str, str]


@dataclass(slots=True)
class Draft:
    """One basket on its way to a quote: its lines by shop, in the order of the basket."""

    wish: QuoteWish
    offers: list[Offer]
    quantities: list[int]
    discounts: list[promotions.LinePrice] = field(default_factory=list)
    unused_codes: tuple[promotions.UnusedCode, ...] = ()
    taxes: list[tuple[TaxLine, ...]] = field(default_factory=list)
    commissions: list[Commission | None] = field(default_factory=list)

    @property
    def shops(self) -> list[ShopId]:
        """The shops of the basket, each once, in the order of its lines."""
        return list(dict.fromkeys(offer.shop_id for offer in self.offers))


@dataclass(frozen=True, slots=True)
class Charged:
    """What fee rows were asked for a line, and what they said."""

    case: Mapping[str, Any]
    charges: tuple[orders.Charge, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a batch of baskets was priced with."""

    shops: Mapping[ShopId, Shop]
    flags: Mapping[str, Mode]
    supplies: Mapping[SkuId, sourcing.Supply]
    terms: Mapping[str, orders.TermsId]
    scores: Mapping[ShopId, int]  # Of this month; those without a score are absent.
    cases: dict[Hashable, Charged] = field(default_factory=dict)  # Baskets repeat them.
