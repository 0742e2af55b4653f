"""Papers as values."""

from dataclasses import dataclass
from enum import StrEnum

from entrepot.contexts.logistics import ParcelId


class Kind(StrEnum):
    LABEL = "label"
    SLIP = "slip"
    BOTH = "both"  # The label, and the slip on the pages after it.


class PageSize(StrEnum):
    A4 = "a4"
    A5 = "a5"
    A6 = "a6"


class Format(StrEnum):
    PDF = "pdf"
    ZPL = "zpl"  # For label printers: the label alone.


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which paper of which parcel."""

    parcel_id: ParcelId
    kind: Kind = Kind.LABEL
    size: PageSize = PageSize.A6
    format: Format = Format.PDF


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Units of one line, as a packing slip lists them."""

    title: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What stands on a parcel's papers."""

    parcel_id: str
    carrier: str
    tracking_number: str
    order_ids: tuple[str, ...]
    sender: tuple[str, ...]  # Line by line.
    recipient: tuple[str, ...]
    items: tuple[Item, ...]
    packed_on: str
    weight_g: int | None
