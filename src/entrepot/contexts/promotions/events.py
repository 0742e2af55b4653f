"""What has happened to promotions."""

from dataclasses import dataclass

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import Event

from .model import PromotionId


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionFact(Event):
    promotion_id: PromotionId
    owner_id: OrganisationId

    @property
    def subject(self) -> PromotionId:
        return self.promotion_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionCreated(PromotionFact):
    name = "promotions.promotion_created"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionMoved(PromotionFact):
    """It was paused, resumed or ended."""

    name = "promotions.promotion_moved"

    state: str
