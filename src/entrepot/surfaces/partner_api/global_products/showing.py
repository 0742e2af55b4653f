"""Global products as they are: one whole, or pages of a merchant's."""

from collections.abc import Sequence
from typing import Any

from entrepot.contexts import catalog, files
from entrepot.contexts.catalog import GlobalProduct, GlobalSearch, GlobalState, ProductId, Sku
from entrepot.contexts.inventory import Position
from entrepot.kernel.problems import only
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.money import amount
from entrepot.surfaces.partner_api.operations import Ask, Operations, Scope
from entrepot.surfaces.partner_api.paging import Paged, after, page, shown
from entrepot.surfaces.partner_api.products.stock import positions_by_sku
from entrepot.surfaces.partner_api.products.words import category_number, instant_of
from entrepot.surfaces.partner_api.shapes import Nothing

from .said import Search

operations = Operations()

STATUSES = {state.name: state for state in GlobalState}
NEVER = "DRAFT"  # A global product is whole from the beginning.


@operations.get(
    "/product/202309/global_products/{global_product_id}",
    scope=Scope.GLOBAL_PRODUCT_READ,
    shop=False,
)
def get_global_product(ask: Ask[Nothing, Nothing]) -> Data:
    """All of a global product, with the local ones in every region."""
    one = only(catalog.global_products(ask.tx, [ask.id("global_product_id", ProductId)]))
    product, said = one.product, one.details
    known = files.by_ids(ask.tx, _file_ids(one))
    positions = positions_by_sku(ask, [sku.id for sku in product.skus])
    told: dict[str, Any] = {
        "id": str(product.id),
        "title": product.title,
        "description": product.description,
        "category": {"id": category_number(product.category_id)},
        "create_time": int(product.created_at.timestamp()),
        "update_time": int(one.updated_at.timestamp()),
        "global_seller_id": str(int(product.merchant_id)),
        "source_locale": one.locale,
        "external_global_product_id": said.external_id,
        "main_images": _pictures(said.image_ids, known),
        "product_attributes": [
            {
                "id": attribute.id,
                "name": attribute.name,
                "values": [{"id": value.id, "name": value.name} for value in attribute.values],
            }
            for attribute in said.attributes
        ],
        "certifications": [_certificate(certificate, known) for certificate in said.certificates],
        "manufacturer_ids": [*said.manufacturer_ids],
        "responsible_person_ids": [*said.responsible_person_ids],
        "skus": [_sku(one, sku, positions.get(sku.id, [])) for sku in product.skus],
        "products": [_local(listing, one) for listing in _listings(ask, one)],
    }
    return {**told, **_rest(one, known)}


@operations.post(
    "/product/202312/global_products/search",
    older=("202309",),
    scope=Scope.GLOBAL_PRODUCT_READ,
    query=Paged,
    body=Search,
    shop=False,
)
def search_global_products(ask: Ask[Paged, Search]) -> Data:
    """Pages of the merchant's global products, the newest first."""
    start = after(ask)
    behind = None if start is None else ProductId(int(start[0]))
    if ask.body.status == NEVER:
        return {"global_products": [], **page([], ask, key=tuple, total=0)}
    rows, total = catalog.find_globals(ask.tx, _asked(ask), behind, ask.query.page_size + 1)
    return {
        "global_products": [_row(one) for one in shown(rows, ask)],
        **page(rows, ask, key=lambda one: (int(one.product.id),), total=total),
    }


def _asked(ask: Ask[Paged, Search]) -> GlobalSearch:
    body = ask.body
    if body.status is not None and body.status not in STATUSES:
        raise invalid("status", f"{NEVER} or one of {', '.join(STATUSES)}")
    return GlobalSearch(
        merchant_id=ask.seller,
        state=None if body.status is None else STATUSES[body.status],
        codes=tuple(body.seller_skus),
        made_from=instant_of(body.create_time_ge),
        made_to=instant_of(body.create_time_le),
        updated_from=instant_of(body.update_time_ge),
        updated_to=instant_of(body.update_time_le),
    )


def _row(one: GlobalProduct) -> Data:
    return {
        "id": str(one.product.id),
        "title": one.product.title,
        "status": one.state.name,
        "create_time": int(one.product.created_at.timestamp()),
        "update_time": int(one.updated_at.timestamp()),
        "skus": [{"id": str(sku.id), "seller_sku": code_of(sku)} for sku in one.product.skus],
    }


def code_of(sku: Sku) -> str:
    """The merchant's own code; ours is nobody's business."""
    return sku.code if sku.details.has_code else ""


def _sku(one: GlobalProduct, sku: Sku, positions: Sequence[Position]) -> Data:
    said, price = sku.details, one.prices.get(sku.id)
    told: dict[str, Any] = {
        "id": str(sku.id),
        "seller_sku": code_of(sku),
        "external_global_sku_id": said.external_id,
        "global_quantity": sum(position.free for position in positions),
        "inventory": [
            {"global_warehouse_id": str(int(position.location_id)), "quantity": position.free}
            for position in positions
        ],
        "sales_attributes": [
            {
                "id": each.id,
                "name": each.name,
                "value_id": each.value.id,
                "value_name": each.value.name,
            }
            for each in said.sales_attributes
        ],
    }
    if price is not None:
        said_so = amount(price.price_minor, price.currency)
        told["price"] = {"amount": said_so, "currency": price.currency.value}
    if said.identifier is not None:
        told["identifier_code"] = {"code": said.identifier.code, "type": said.identifier.kind}
    return told


def _listings(ask: Ask[Any, Any], one: GlobalProduct) -> list[catalog.Listing]:
    return catalog.listings_everywhere(ask.tx, [one.product.id])


def _local(listing: catalog.Listing, one: GlobalProduct) -> Data:
    return {
        "region": listing.market.upper(),
        "id": str(listing.product_id),
        "sku_mappings": [
            {
                "global_sku_id": str(sku.id),
                "local_sku_id": str(sku.id),
                "sales_attribute_mappings": [
                    {
                        "global_attribute_id": each.id,
                        "local_attribute_id": each.id,
                        "global_value_id": each.value.id,
                        "local_value_id": each.value.id,
                    }
                    for each in sku.details.sales_attributes
                ],
            }
            for sku in one.product.skus
        ],
    }


def _rest(one: GlobalProduct, known: dict[files.FileId, files.File]) -> Data:
    said, told = one.details, dict[str, Any]()
    size, weight = said.package_size, said.package_weight
    if size is not None:
        sides = {"length": size.length, "width": size.width, "height": size.height}
        told["package_dimensions"] = {**sides, "unit": size.unit}
    if weight is not None:
        told["package_weight"] = {"value": weight.value, "unit": weight.unit}
    if said.brand_id is not None:
        told["brand"] = {"id": str(said.brand_id)}
    if said.video_id is not None:
        told["video"] = {"id": str(said.video_id)}
    chart: dict[str, Any] = {}
    if said.size_chart_id is not None and said.size_chart_id in known:
        [chart["image"]] = _pictures((said.size_chart_id,), known)
    if said.size_chart_template:
        chart["template"] = {"id": said.size_chart_template}
    return {**told, "size_chart": chart} if chart else told


def _certificate(one: catalog.Certificate, known: dict[files.FileId, files.File]) -> Data:
    return {
        "id": one.kind,
        "title": one.kind,
        "images": _pictures(one.image_ids, known),
        "files": [
            {"id": str(id), "name": known[id].name, "format": known[id].extension.upper()}
            for id in one.file_ids
            if id in known
        ],
    }


def _pictures(
    ids: Sequence[files.FileId], known: dict[files.FileId, files.File]
) -> list[dict[str, Any]]:
    found = [known[id] for id in ids if id in known]
    return [{"uri": str(one.id), "width": one.width_px, "height": one.height_px} for one in found]


def _file_ids(one: GlobalProduct) -> list[files.FileId]:
    said = one.details
    papers = [id for each in said.certificates for id in (*each.image_ids, *each.file_ids)]
    chart = [] if said.size_chart_id is None else [said.size_chart_id]
    return [*said.image_ids, *papers, *chart]
