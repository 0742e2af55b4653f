"""What is told of parcels."""

from dataclasses import dataclass

from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import Event

from .lifecycle import State, Verb
from .model import Parcel, ParcelId


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelMoved(Event):
    """A parcel came one step further, or went astray."""

    name = "logistics.parcel_moved"

    parcel_id: ParcelId
    order_id: OrderId
    merchant_id: OrganisationId
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
            merchant_id=parcel.merchant_id,
            verb=verb.value,
            before=before.value,
            after=parcel.state.value,
        )
