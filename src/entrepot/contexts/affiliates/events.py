"""What has happened to plans."""

from dataclasses import dataclass
from datetime import datetime

from entrepot.contexts.merchants import ShopId
from entrepot.kernel.events import Event

from .model import PlanId


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFact(Event):
    plan_id: PlanId
    shop_id: ShopId

    @property
    def subject(self) -> PlanId:
        return self.plan_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade(PlanFact):
    name = "affiliates.plan_made"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSet(PlanFact):
    """`from_at` is when creators get the new rate."""

    name = "affiliates.rate_set"

    rate_bp: int
    from_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEndedEarly(PlanFact):
    name = "affiliates.plan_ended_early"
