"""Files as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id


class FileId(Id):
    __slots__ = ()


class Kind(StrEnum):
    DOCUMENT = "document"
    IMAGE = "image"
    VIDEO = "video"


class Purpose(StrEnum):
    """What a file is for; that decides who may read it."""

    ATTRIBUTE_IMAGE = "attribute_image"  # Shows one variant: a colour, a pattern.
    CERTIFICATION = "certification"
    DELIVERY_PROOF = "delivery_proof"
    DESCRIPTION_IMAGE = "description_image"
    INVOICE = "invoice"
    LABEL = "label"
    MAIN_IMAGE = "main_image"
    PACKING_SLIP = "packing_slip"
    PRODUCT_VIDEO = "product_video"
    RETURN_EVIDENCE = "return_evidence"
    SIZE_CHART = "size_chart"

    @property
    def is_public(self) -> bool:
        """Whether every shopper sees it."""
        return self in PUBLIC


PUBLIC = {
    Purpose.ATTRIBUTE_IMAGE,
    Purpose.DESCRIPTION_IMAGE,
    Purpose.MAIN_IMAGE,
    Purpose.PRODUCT_VIDEO,
    Purpose.SIZE_CHART,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A wish to keep bytes for an organisation."""

    owner_id: OrganisationId
    purpose: Purpose
    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What bytes turned out to be."""

    kind: Kind
    content_type: str
    width_px: int | None = None
    height_px: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    id: FileId
    owner_id: OrganisationId
    purpose: Purpose
    kind: Kind
    content_type: str
    sha256: bytes
    size_bytes: int
    width_px: int | None  # Of images alone.
    height_px: int | None
    name: str
    is_public: bool
    stored_at: datetime

    @property
    def extension(self) -> str:
        """As addresses and downloads end."""
        return EXTENSIONS[self.content_type]


EXTENSIONS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "video/mp4": "mp4",
}
