"""What has happened to promotions."""

from dataclasses import dataclass

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import Event
from entrepot.kernel.ids import Id

from .model import ActivityId, PromotionId


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
    """It was accepted, paused, resumed or ended."""

    name = "promotions.promotion_moved"

    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFact(Event):
    activity_id: ActivityId
    shop_id: Id
    owner_id: OrganisationId
    state: str

    @property
    def subject(self) -> ActivityId:
        return self.activity_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityCreated(ActivityFact):
    name = "promotions.activity_created"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityMoved(ActivityFact):
    """It was published, began, expired, or somebody ended or republished it."""

    name = "promotions.activity_moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityChanged(ActivityFact):
    """Its terms or its goods are others now."""

    name = "promotions.activity_changed"

    product_ids: tuple[Id, ...] = ()
    sku_ids: tuple[Id, ...] = ()
    removed: bool = False  # The goods named were taken out; otherwise put in or changed.
