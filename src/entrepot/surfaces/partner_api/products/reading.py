"""What tools say of products, and what it means to the catalog."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from entrepot.adapters import taxonomy
from entrepot.contexts.catalog import (
    Attribute,
    BrandId,
    Certificate,
    Details,
    Identifier,
    SalesAttribute,
    Size,
    SkuDetails,
    Value,
    Weight,
)
from entrepot.kernel.money import Currency
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.money import minor
from entrepot.surfaces.partner_api.shapes import Body, Number, Quantity, Seconds

from .words import file_id, made_up_number

T = TypeVar("T")


class SaveMode(StrEnum):
    AS_DRAFT = "AS_DRAFT"
    LISTING = "LISTING"


class Picture(Body):
    uri: str


class Named(Body):
    id: str = Field(min_length=1, max_length=100)


class SizeSaid(Body):
    length: str
    width: str
    height: str
    unit: Literal["CENTIMETER", "INCH"] = "CENTIMETER"

    def size(self) -> Size:
        return Size(length=self.length, width=self.width, height=self.height, unit=self.unit)


class WeightSaid(Body):
    value: str
    unit: Literal["GRAM", "KILOGRAM", "POUND", "OUNCE"] = "KILOGRAM"

    def weight(self) -> Weight:
        return Weight(value=self.value, unit=self.unit)


class ValueSaid(Body):
    id: str = ""
    name: str = Field("", max_length=2_000)


class AttributeSaid(Body):
    id: str
    values: list[ValueSaid] = Field(max_length=100)

    def attribute(self) -> Attribute:
        """With the taxonomy's names, or the merchant's own words."""
        known = taxonomy.attribute(self.id)
        return Attribute(
            id=self.id,
            name=known.name_en if known else "",
            values=tuple(_value(self.id, one.id, one.name) for one in self.values),
        )


class SalesSaid(Body):
    id: str = ""
    name: str = Field("", max_length=100)
    value_id: str = ""
    value_name: str = Field("", max_length=255)
    sku_img: Picture | None = None
    supplementary_sku_images: list[Picture] = Field(default_factory=list, max_length=9)

    def sales_attribute(self) -> SalesAttribute:
        """In what the SKU differs; ids are made up for words of the merchant's own."""
        known = taxonomy.attribute(self.id) if self.id else None
        name = self.name or (known.name_en if known else "")
        if not name and not self.id:
            raise invalid("sales_attributes", "an id or a name")
        id = self.id or made_up_number(name)
        more = tuple(file_id(one.uri, "sku_img.uri") for one in self.supplementary_sku_images)
        return SalesAttribute(
            id=id,
            name=name or id,
            value=_value(id, self.value_id, self.value_name),
            image_id=None if self.sku_img is None else file_id(self.sku_img.uri, "sku_img.uri"),
            more_image_ids=more,
        )


class DocumentSaid(Body):
    id: str


class CertificationSaid(Body):
    id: str = Field(min_length=1, max_length=100)
    images: list[Picture] = Field(default_factory=list, max_length=20)
    files: list[DocumentSaid] = Field(default_factory=list, max_length=20)
    expiration_date: Seconds | None = None

    def certificate(self) -> Certificate:
        ends = self.expiration_date
        return Certificate(
            kind=self.id,
            image_ids=tuple(file_id(one.uri, "certifications.images") for one in self.images),
            file_ids=tuple(file_id(one.id, "certifications.files") for one in self.files),
            expires_at=None if ends is None else datetime.fromtimestamp(ends, UTC),
        )


class ChartSaid(Body):
    image: Picture | None = None
    template: Named | None = None


class IdentifierSaid(Body):
    code: str = ""
    type: Literal["GTIN", "EAN", "UPC", "ISBN", "JAN"] = "GTIN"


class AmountSaid(Body):
    currency: str = ""
    amount: str | None = None
    sale_price: str | None = None

    def minor(self, currency: Currency, field: str) -> int:
        """In the market's smallest unit; another currency is a mistake."""
        if self.currency and self.currency != currency.value:
            raise invalid(f"{field}.currency", f"{currency}, the currency of the market")
        said = self.amount or self.sale_price
        if not said:
            raise invalid(f"{field}.amount", "say how much")
        return minor(said, currency, f"{field}.amount")


class StockSaid(Body):
    warehouse_id: Number | None = None
    quantity: Quantity = 0


class SkuSaid(Body):
    id: Number | None = None
    seller_sku: str | None = Field(None, max_length=50)
    sales_attributes: list[SalesSaid] | None = Field(None, max_length=3)
    price: AmountSaid | None = None
    list_price: AmountSaid | None = None
    inventory: list[StockSaid] = Field(default_factory=list, max_length=100)
    identifier_code: IdentifierSaid | None = None
    external_sku_id: str | None = Field(None, max_length=999)
    sku_dimensions: SizeSaid | None = None
    sku_weight: WeightSaid | None = None

    def details(self, before: SkuDetails, *, whole: bool) -> SkuDetails:
        """The details after this; what is not said stays, unless the whole is said."""
        start = SkuDetails() if whole else before
        sales, code = self.sales_attributes, self.identifier_code
        return SkuDetails(
            sales_attributes=start.sales_attributes
            if sales is None
            else tuple(one.sales_attribute() for one in sales),
            identifier=Identifier(kind=code.type, code=code.code)
            if code is not None and code.code
            else start.identifier,
            external_id=start.external_id if self.external_sku_id is None else self.external_sku_id,
            package_size=self.sku_dimensions.size() if self.sku_dimensions else start.package_size,
            package_weight=self.sku_weight.weight() if self.sku_weight else start.package_weight,
            has_code=bool(self.seller_sku) if self.seller_sku is not None else before.has_code,
        )


def options_of(details: SkuDetails) -> dict[str, str]:
    """How shoppers tell the SKU from its sisters."""
    return {one.name: one.value.name for one in details.sales_attributes}


class ProductSaid(Body):
    """What may be said of a product; what is not said stays as it is."""

    title: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    description: str | None = Field(None, max_length=30_000)
    category_id: str | None = None
    brand_id: str | None = None
    save_mode: SaveMode = SaveMode.LISTING
    main_images: list[Picture] | None = Field(None, max_length=9)
    video: Named | None = None
    product_attributes: list[AttributeSaid] | None = Field(None, max_length=200)
    certifications: list[CertificationSaid] | None = Field(None, max_length=10)
    package_dimensions: SizeSaid | None = None
    package_weight: WeightSaid | None = None
    size_chart: ChartSaid | None = None
    manufacturer_ids: list[str] | None = Field(None, max_length=20)
    responsible_person_ids: list[str] | None = Field(None, max_length=20)
    key_product_features: list[str] | None = Field(None, max_length=5)
    search_terms: list[str] | None = Field(None, max_length=15)
    external_product_id: str | None = Field(None, max_length=999)
    shipping_template_id: str | None = Field(None, max_length=100)
    minimum_order_quantity: Annotated[int, Field(ge=1, le=20)] | None = None
    is_cod_allowed: bool | None = None
    idempotency_key: str = Field("", max_length=255)
    skus: list[SkuSaid] | None = Field(None, max_length=300)

    def details(self, before: Details) -> Details:
        """The details after this."""
        chart, video = self.size_chart, self.video
        image = chart.image if chart else None
        return Details(
            brand_id=_brand(self.brand_id, before.brand_id),
            image_ids=before.image_ids
            if self.main_images is None
            else tuple(file_id(one.uri, "main_images.uri") for one in self.main_images),
            video_id=file_id(video.id, "video.id") if video else before.video_id,
            size_chart_id=file_id(image.uri, "size_chart.image") if image else before.size_chart_id,
            size_chart_template=chart.template.id
            if chart and chart.template
            else before.size_chart_template,
            attributes=before.attributes
            if self.product_attributes is None
            else tuple(one.attribute() for one in self.product_attributes),
            certificates=before.certificates
            if self.certifications is None
            else tuple(one.certificate() for one in self.certifications),
            package_size=self.package_dimensions.size()
            if self.package_dimensions
            else before.package_size,
            package_weight=self.package_weight.weight()
            if self.package_weight
            else before.package_weight,
            manufacturer_ids=_all(self.manufacturer_ids, before.manufacturer_ids),
            responsible_person_ids=_all(self.responsible_person_ids, before.responsible_person_ids),
            features=_all(self.key_product_features, before.features),
            search_terms=_all(self.search_terms, before.search_terms),
            external_id=_given(self.external_product_id, before.external_id),
            shipping_template_id=_given(self.shipping_template_id, before.shipping_template_id),
            minimum_units=_given(self.minimum_order_quantity, before.minimum_units),
            is_cod_allowed=_given(self.is_cod_allowed, before.is_cod_allowed),
        )


def _all(said: list[str] | None, before: tuple[str, ...]) -> tuple[str, ...]:
    return before if said is None else tuple(said)


def _given(said: T | None, before: T) -> T:
    return before if said is None else said


def _brand(said: str | None, before: BrandId | None) -> BrandId | None:
    if said is None:
        return before
    if said in {"", "0"}:  # The dialect's way to say that there is none.
        return None
    try:
        return BrandId.parse(said)
    except ValueError as error:
        raise invalid("brand_id", "the id of a brand") from error


def _value(attribute_id: str, id: str, name: str) -> Value:
    known = taxonomy.value(id) if id else None
    if known is not None:
        return Value(id=id, name=known.name_en)
    if not id and not name:
        raise invalid("values", "an id or a name")
    return Value(id=id or made_up_number(attribute_id, name), name=name or id)
