"""What is kept with parcels: proofs of delivery, invoices, customs details, bundles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from entrepot.contexts.catalog import SkuId
from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id

from .model import Method, ParcelId


class BundleId(Id):
    __slots__ = ()


class ProofKind(StrEnum):
    IMAGE = "image"
    DOCUMENT = "document"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What shows that a parcel arrived, or was tried to be brought."""

    parcel_id: ParcelId
    kind: ProofKind
    url: str = ""  # Of what lies elsewhere.
    file_id: int | None = None  # Of what `files` keeps.
    at: datetime


class InvoiceState(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A parcel's tax invoice: the bytes lie in the storage under their hash."""

    parcel_id: ParcelId
    order_ids: tuple[OrderId, ...]
    state: InvoiceState
    reason: str
    sha256: bytes
    size_bytes: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomsItem:
    """One SKU that an order line really consists of, and its share of the line's price."""

    order_id: OrderId
    pos: int
    sku_id: SkuId
    quantity: int
    price_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Parcels that go to the platform's warehouse in one piece."""

    id: BundleId
    merchant_id: OrganisationId
    handover: Method
    carrier: str | None
    tracking_number: str | None
    phone_end: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBundle:
    """A wish to send parcels in one piece."""

    merchant_id: OrganisationId
    parcel_ids: Sequence[ParcelId]
    handover: Method
    number: tuple[str, str] | None = None  # Carrier and its number, where it is dropped off.
    phone_end: str = ""


ByLine = Mapping[tuple[OrderId, int], list[CustomsItem]]
