"""What is told of briefs."""

from dataclasses import dataclass
from typing import ClassVar

from entrepot.contexts.catalog.model import ListingId, ProductId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.events import Event

from .model import BriefId, SubmissionId, SubmissionState


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionDecided(Event):
    """A listing was approved for a brief, or was not."""

    name: ClassVar[str] = "catalog.submission_decided"

    submission_id: SubmissionId
    brief_id: BriefId
    listing_id: ListingId
    product_id: ProductId
    shop_id: ShopId
    state: SubmissionState

    @property
    def subject(self) -> SubmissionId:
        return self.submission_id
