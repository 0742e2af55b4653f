"""A product as it is, whole."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from entrepot.contexts import catalog, files
from entrepot.contexts.catalog import (
    Category,
    Content,
    Listing,
    Product,
    ProductId,
    Sku,
    State,
)
from entrepot.contexts.files import File, FileId
from entrepot.kernel.problems import each
from entrepot.surfaces import file_links
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations, Scope
from entrepot.surfaces.partner_api.shapes import Query
from entrepot.views.listed import listed

from .audits import failed
from .shelf import Shelf
from .words import (
    AUDITS,
    category_number,
    listing_of,
    named,
    picture,
    pictures,
)

operations = Operations()

STATUSES = {State.FAILED: "INITIAL", State.PENDING: "INITIAL"}  # Apart from audits.


class Which(Query):
    locale: str | None = None
    return_under_review_version: bool = False


@operations.get("/product/202309/products/{product_id}", scope=Scope.PRODUCT_READ, query=Which)
def get_product(ask: Ask[Which, Any]) -> Data:
    """All of a product; of one whose edit waits for its audit, the version that is asked for."""
    listing = listing_of(ask, ask.id("product_id", ProductId))
    shadow = catalog.shadows(ask.tx, [listing.id]).get(listing.id)
    if shadow is not None and ask.query.return_under_review_version:
        listing = replace(listing, content=shadow.content)
    [product] = each(catalog.products(ask.tx, [listing.product_id]))
    said = listing.content.details
    known = _files(ask, listing.content, product)
    [rows] = listed(ask.tx, ask.seller, [listing.id])
    shelf = Shelf.of(ask)
    skus = {row.sku_id: shelf.sku(row) for row in rows}
    extra = {
        "id": str(product.id),
        "title": listing.content.title,
        "description": listing.content.description,
        "status": listing.state.name,
        "product_status": STATUSES.get(listing.state, listing.state.name),
        "create_time": int(listing.listed_at.timestamp()),
        "update_time": _updated_s(listing),
        "category_chains": _chain(ask, listing.content),
        "main_images": pictures(ask.parts, said.image_ids, known),
        "skus": [_whole_sku(ask, sku, skus[str(sku.id)], known) for sku in product.skus],
        "audit": {"status": "AUDITING" if shadow else AUDITS.get(listing.state, "NONE")},
        "audit_failed_reasons": failed(ask, listing, ask.query.locale),
        "has_draft": False,
        "is_cod_allowed": said.is_cod_allowed,
        "is_not_for_sale": False,
        "is_replicated": False,
        "minimum_order_quantity": said.minimum_units,
        "product_types": [],
    }
    return {**extra, **_details(ask, listing.content, known)}


def _whole_sku(
    ask: Ask[Any, Any], sku: Sku, told: dict[str, Any], known: Mapping[FileId, File]
) -> Data:
    said = sku.details
    told["external_sku_id"] = said.external_id
    told["sales_attributes"] = [
        {
            "id": one.id,
            "name": one.name,
            "value_id": one.value.id,
            "value_name": one.value.name,
            **_shown_as(ask, one.image_id, known),
        }
        for one in said.sales_attributes
    ]
    if said.identifier is not None:
        told["identifier_code"] = {"code": said.identifier.code, "type": said.identifier.kind}
    return {**told, **_package("sku_dimensions", "sku_weight", said)}


def _shown_as(ask: Ask[Any, Any], id: FileId | None, known: Mapping[FileId, File]) -> Data:
    shown = None if id is None else known.get(id)
    return {} if shown is None else {"sku_img": picture(ask.parts, shown)}


def _details(ask: Ask[Any, Any], content: Content, known: Mapping[FileId, File]) -> Data:
    said = content.details
    told: dict[str, Any] = {
        "product_attributes": [
            {
                "id": one.id,
                "name": one.name,
                "values": [{"id": value.id, "name": value.name} for value in one.values],
            }
            for one in said.attributes
        ],
        "certifications": [_certificate(ask, one, known) for one in said.certificates],
        "external_product_id": said.external_id,
        "key_product_features": [*said.features],
        "search_terms": [*said.search_terms],
        "manufacturer_ids": [*said.manufacturer_ids],
        "responsible_person_ids": [*said.responsible_person_ids],
        **_package("package_dimensions", "package_weight", said),
    }
    if said.brand_id is not None:
        brand = catalog.brands_by(ask.tx, ask.seller, [said.brand_id]).get(said.brand_id)
        told["brand"] = {"id": str(said.brand_id), "name": brand.name if brand else ""}
    if said.shipping_template_id:
        told["shipping_template_id"] = said.shipping_template_id
    if said.video_id is not None and said.video_id in known:
        told["video"] = _video(ask, known[said.video_id])
    if said.size_chart_id in known or said.size_chart_template:
        told["size_chart"] = _chart(ask, content, known)
    return told


def _package(size_name: str, weight_name: str, said: catalog.Details | catalog.SkuDetails) -> Data:
    told: dict[str, Any] = {}
    size, weight = said.package_size, said.package_weight
    if size is not None:
        told[size_name] = {
            "length": size.length,
            "width": size.width,
            "height": size.height,
            "unit": size.unit,
        }
    if weight is not None:
        told[weight_name] = {"value": weight.value, "unit": weight.unit}
    return told


def _certificate(
    ask: Ask[Any, Any], one: catalog.Certificate, known: Mapping[FileId, File]
) -> Data:
    ends = {} if one.expires_at is None else {"expiration_date": int(one.expires_at.timestamp())}
    return {
        "id": one.kind,
        "title": one.kind,
        "images": pictures(ask.parts, one.image_ids, known),
        "files": [
            {
                "id": str(id),
                "name": known[id].name,
                "format": known[id].extension.upper(),
                "urls": [file_links.url_of(ask.parts, known[id])],
            }
            for id in one.file_ids
            if id in known
        ],
        **ends,
    }


def _video(ask: Ask[Any, Any], file: File) -> Data:
    url = file_links.url_of(ask.parts, file)
    return {"id": str(file.id), "url": url, "format": file.extension.upper()}


def _chart(ask: Ask[Any, Any], content: Content, known: Mapping[FileId, File]) -> Data:
    said = content.details
    told: dict[str, Any] = {}
    if said.size_chart_id is not None and said.size_chart_id in known:
        told["image"] = picture(ask.parts, known[said.size_chart_id])
    if said.size_chart_template:
        told["template"] = {"id": said.size_chart_template}
    return told


def _chain(ask: Ask[Any, Any], content: Content) -> list[Data]:
    """From the root to the leaf."""
    path = [catalog.CategoryId(step) for step in reversed(content.category_id.path)]
    found = catalog.categories_by(ask.tx, path)
    return [_link(found[id], ask.query.locale) for id in path if id in found]


def _link(category: Category, locale: str | None) -> Data:
    parent = category.id.parent
    return {
        "id": category_number(category.id),
        "parent_id": category_number(parent) if parent else "0",
        "local_name": named(category, locale),
        "is_leaf": category.is_leaf,
    }


def _files(ask: Ask[Any, Any], content: Content, product: Product) -> Mapping[FileId, File]:
    said = content.details
    ids = {*said.image_ids, said.video_id, said.size_chart_id}
    ids |= {id for one in said.certificates for id in (*one.image_ids, *one.file_ids)}
    ids |= {one.image_id for sku in product.skus for one in sku.details.sales_attributes}
    return files.by_ids(ask.tx, [id for id in ids if id is not None])


def _updated_s(listing: Listing) -> int:
    return int((listing.updated_at or listing.listed_at).timestamp())
