"""Plans, clicks and what creators are promised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from entrepot.contexts.catalog import ProductId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.rulebook import Commission as Rule


class PlanId(Id):
    """A merchant's promise to creators."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """A promise for a shop's products or one of them, to every creator or to one."""

    shop_id: ShopId
    rate_bp: int
    product_id: ProductId | None = None
    creator_id: OrganisationId | None = None
    starts_at: datetime | None = None  # None: now.
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A promise with the rate that is in force at the instant that was asked for."""

    id: PlanId
    merchant_id: OrganisationId
    shop_id: ShopId
    market: str
    product_id: ProductId | None
    creator_id: OrganisationId | None
    starts_at: datetime
    ends_at: datetime | None
    rate_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RateChange:
    """A new rate. A rise counts at once, a cut after the notice that creators have."""

    plan_id: PlanId
    rate_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClick:
    """Somebody followed a creator's link to a product."""

    content: str  # The video or live room, as the content side calls it.
    creator_id: OrganisationId
    product_id: ProductId
    shop_id: ShopId


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """What a token says: which content led whom to what, and when."""

    content: str
    creator_id: OrganisationId
    plan_id: PlanId
    product_id: ProductId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is bought, and the click that it may go back to."""

    click: Click | None
    product_id: ProductId
    shop_id: ShopId


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """What a creator is promised for one line, to be frozen on it."""

    creator_id: OrganisationId
    plan_id: PlanId
    content: str
    rate_bp: int
    base: tuple[str, ...]
    rule: str


def commission_base(components: Mapping[str, int], rule: Rule) -> int:
    """What the rate is taken of, from the parts of a line's price; never below nothing."""
    return max(0, rule.base_of(components))
