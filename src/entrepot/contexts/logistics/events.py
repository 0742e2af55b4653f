"""What is told of parcels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import Event

from .lifecycle import State, Verb
from .model import Parcel, ParcelId


class Change(StrEnum):
    """What people did with parcels before they were sent, or with what stands on them."""

    COMBINED = "combined"
    CORRECTED = "corrected"  # Another carrier or number.
    INVALID = "invalid"  # Its number was found to be no real one.
    PLANNED = "planned"
    REPACKED = "repacked"  # Some of its units were cancelled or sent otherwise.
    SPLIT = "split"
    UNCOMBINED = "uncombined"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelMoved(Event):
    """A parcel came one step further, or went astray."""

    name = "logistics.parcel_moved"

    parcel_id: ParcelId
    order_id: OrderId
    order_ids: list[OrderId]
    merchant_id: OrganisationId
    shop_id: ShopId
    verb: str
    before: str
    after: str

    @property
    def subject(self) -> ParcelId:
        return self.parcel_id

    @staticmethod
    def of(parcel: Parcel, verb: Verb, before: State) -> "ParcelMoved":
        """The fact that a parcel is where it is now."""
        return ParcelMoved(
            at=parcel.changed_at,
            parcel_id=parcel.id,
            order_id=parcel.order_id,
            order_ids=parcel.order_ids,
            merchant_id=parcel.merchant_id,
            shop_id=parcel.shop_id,
            verb=verb.value,
            before=before.value,
            after=parcel.state.value,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelsChanged(Event):
    """Parcels of a merchant were packed in another way, or what stands on one was changed."""

    name = "logistics.parcels_changed"

    parcel_id: ParcelId  # The first of them.
    merchant_id: OrganisationId
    shop_id: ShopId
    change: Change
    parcel_ids: list[ParcelId]  # As they are afterwards.
    order_ids: list[OrderId]
    given_up: list[ParcelId]  # Those that are there no more.

    @property
    def subject(self) -> ParcelId:
        return self.parcel_id

    @staticmethod
    def of(
        parcels: Sequence[Parcel],
        change: Change,
        at: datetime,
        given_up: Sequence[ParcelId] = (),
    ) -> "ParcelsChanged":
        """The fact that these parcels, which belong together, have been changed."""
        first = parcels[0]
        return ParcelsChanged(
            at=at,
            parcel_id=first.id,
            merchant_id=first.merchant_id,
            shop_id=first.shop_id,
            change=change,
            parcel_ids=[parcel.id for parcel in parcels],
            order_ids=sorted({id for parcel in parcels for id in parcel.order_ids}),
            given_up=[*given_up],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceJudged(Event):
    """A parcel's tax invoice was handed in and found to be one, or not."""

    name = "logistics.invoice_judged"

    parcel_id: ParcelId
    merchant_id: OrganisationId
    shop_id: ShopId
    order_ids: list[OrderId]
    state: str
    reason: str

    @property
    def subject(self) -> ParcelId:
        return self.parcel_id
