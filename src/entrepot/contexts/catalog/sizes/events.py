"""What is told of size charts."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from entrepot.contexts.catalog.model import ListingId, ProductId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import Event

from .model import AppealId, AppealState, ChartId, Indicator


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeChartChanged(Event):
    """A template is new, or has another table."""

    name: ClassVar[str] = "catalog.size_chart_changed"

    chart_id: ChartId
    merchant_id: OrganisationId
    change: Literal["created", "edited"]

    @property
    def subject(self) -> ChartId:
        return self.chart_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDecided(Event):
    """A person has answered."""

    name: ClassVar[str] = "catalog.appeal_decided"

    appeal_id: AppealId
    listing_id: ListingId
    product_id: ProductId
    shop_id: ShopId
    indicators: tuple[Indicator, ...]
    state: AppealState

    @property
    def subject(self) -> AppealId:
        return self.appeal_id
