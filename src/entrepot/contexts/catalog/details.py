"""What a listing and its SKUs say beyond words."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from entrepot.contexts.files import FileId
from entrepot.kernel.ids import Id

GRAMS = {
    "GRAM": Decimal(1),
    "KILOGRAM": Decimal(1000),
    "POUND": Decimal("453.59237"),
    "OUNCE": Decimal("28.349523125"),
}
MILLIMETRES = {"CENTIMETER": Decimal(10), "INCH": Decimal("25.4")}


class BrandId(Id):
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value of an attribute: one of the taxonomy's, or the merchant's own words."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """What a product is like in one respect."""

    id: str
    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A document that a category or a market asks for."""

    kind: str
    image_ids: tuple[FileId, ...] = ()
    file_ids: tuple[FileId, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A parcel's measures as they were given."""

    length: str
    width: str
    height: str
    unit: Literal["CENTIMETER", "INCH"]

    @property
    def millimetres(self) -> tuple[int, int, int]:
        """Length, width and height, each rounded up: a box has to hold it."""
        each = (self.length, self.width, self.height)
        first, second, third = (-int(-Decimal(one) * MILLIMETRES[self.unit] // 1) for one in each)
        return first, second, third


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A parcel's weight as it was given."""

    value: str
    unit: Literal["GRAM", "KILOGRAM", "POUND", "OUNCE"]

    @property
    def grams(self) -> int:
        """Rounded up, as carriers do."""
        return -int(-Decimal(self.value) * GRAMS[self.unit] // 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What of a listing is audited beside category, title and description."""

    brand_id: BrandId | None = None
    image_ids: tuple[FileId, ...] = ()
    video_id: FileId | None = None
    size_chart_id: FileId | None = None
    size_chart_template: str = ""
    attributes: tuple[Attribute, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    package_size: Size | None = None
    package_weight: Weight | None = None
    manufacturer_ids: tuple[str, ...] = ()
    responsible_person_ids: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    search_terms: tuple[str, ...] = ()
    external_id: str = ""
    shipping_template_id: str = ""
    minimum_units: int = 1
    is_cod_allowed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesAttribute:
    """In what a SKU differs from its sisters."""

    id: str
    name: str
    value: Value
    image_id: FileId | None = None
    more_image_ids: tuple[FileId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A number that the trade knows goods by."""

    kind: Literal["GTIN", "EAN", "UPC", "ISBN", "JAN"]
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuDetails:
    """What is said of one SKU."""

    sales_attributes: tuple[SalesAttribute, ...] = ()
    identifier: Identifier | None = None
    external_id: str = ""
    package_size: Size | None = None
    package_weight: Weight | None = None
    has_code: bool = True  # Whether the merchant gave the code; else we did.


NO_DETAILS, NO_SKU_DETAILS = Details(), SkuDetails()
