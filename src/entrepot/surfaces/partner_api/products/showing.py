"""Products as they are: one whole, or pages of a shop's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import Field

from entrepot.contexts import catalog, files
from entrepot.contexts.catalog import (
    Category,
    Content,
    Listing,
    ListingId,
    Offer,
    Product,
    ProductId,
    ProductSearch,
    Sku,
    SkuId,
    State,
)
from entrepot.contexts.files import File, FileId
from entrepot.contexts.inventory import Position
from entrepot.kernel.problems import each
from entrepot.surfaces import file_links
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.money import amount
from entrepot.surfaces.partner_api.operations import Ask, Operations, Scope
from entrepot.surfaces.partner_api.paging import Paged, after, page, shown
from entrepot.surfaces.partner_api.regions import region_of
from entrepot.surfaces.partner_api.shapes import Body, Number, Query, Seconds

from .audits import failed
from .stock import positions_by_sku
from .untaxed import untaxed
from .words import (
    AUDITS,
    category_number,
    category_of,
    listing_of,
    named,
    picture,
    pictures,
)

operations = Operations()

ALL = "ALL"
AUDITED = {
    "AUDITING": (State.PENDING,),
    "FAILED": (State.FAILED,),
    "APPROVED": (State.ACTIVATE,),
    "NONE": (State.DRAFT, State.FREEZE, State.SELLER_DEACTIVATED, State.PLATFORM_DEACTIVATED),
}
MICROSECONDS = 1_000_000
STATUSES = {State.FAILED: "INITIAL", State.PENDING: "INITIAL"}  # Apart from audits.


class Which(Query):
    locale: str | None = None
    return_under_review_version: bool = False


class Search(Body):
    status: str = ALL
    seller_skus: list[str] = Field(default_factory=list, max_length=100)
    sku_ids: Annotated[list[Number], Field(max_length=100)] = Field(default_factory=list)
    category_id: str | None = None
    audit_status: list[str] = Field(default_factory=list, max_length=10)
    create_time_ge: Seconds | None = None
    create_time_le: Seconds | None = None
    update_time_ge: Seconds | None = None
    update_time_le: Seconds | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is known of the SKUs of some products in a shop's market."""

    offers: Mapping[SkuId, Offer]
    positions: Mapping[SkuId, Sequence[Position]]
    lists: Mapping[SkuId, catalog.ListPrice]
    untaxed: Mapping[SkuId, int]  # What is left of a price in minor units without its tax.

    @staticmethod
    def of(ask: Ask[Any, Any], products: Sequence[Product]) -> "Shelf":
        """Three statements, however many products they are."""
        ids = [sku.id for product in products for sku in product.skus]
        market = ask.shop.market
        offers = catalog.offers(ask.tx, market, ids)
        return Shelf(
            offers,
            positions_by_sku(ask, ids),
            catalog.list_prices(ask.tx, market, ids),
            untaxed(ask, offers),
        )


@operations.get("/product/202309/products/{product_id}", scope=Scope.PRODUCT_READ, query=Which)
def get_product(ask: Ask[Which, Any]) -> Data:
    """All of a product; of one whose edit waits for its audit, the version that is asked for."""
    listing = listing_of(ask, ask.id("product_id", ProductId))
    shadow = catalog.shadows(ask.tx, [listing.id]).get(listing.id)
    if shadow is not None and ask.query.return_under_review_version:
        listing = replace(listing, content=shadow.content)
    [product] = each(catalog.products(ask.tx, [listing.product_id]))
    said = listing.content.details
    shelf, known = Shelf.of(ask, [product]), _files(ask, listing.content, product)
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
        "skus": [_whole_sku(ask, sku, shelf, known) for sku in product.skus],
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


@operations.post(
    "/product/202502/products/search",
    older=("202309", "202312"),
    scope=Scope.PRODUCT_READ,
    query=Paged,
    body=Search,
)
def search_products(ask: Ask[Paged, Search]) -> Data:
    """Pages of the shop's products, the last listed first."""
    asked, start = _asked(ask), after(ask)
    behind = None if start is None else (_instant(int(start[0])), ListingId(int(start[1])))
    rows = catalog.search(ask.tx, asked, behind, ask.query.page_size + 1)
    here = shown(rows, ask)
    products = {
        one.id: one
        for one in each(catalog.products(ask.tx, [listing.product_id for listing in here]))
    }
    shelf = Shelf.of(ask, [*products.values()])
    waiting = catalog.shadows(ask.tx, [listing.id for listing in here])
    return {
        "products": [
            _row(ask, listing, products[listing.product_id], shelf, listing.id in waiting)
            for listing in here
        ],
        **page(rows, ask, key=_key, total=catalog.found(ask.tx, asked)),
    }


def _asked(ask: Ask[Paged, Search]) -> ProductSearch:
    body = ask.body
    return ProductSearch(
        shop_id=ask.shop.id,
        states=_states(body),
        codes=tuple(body.seller_skus),
        sku_ids=tuple(SkuId(id) for id in body.sku_ids),
        category_id=None if body.category_id is None else category_of(body.category_id),
        listed_from=instant_of(body.create_time_ge),
        listed_to=instant_of(body.create_time_le),
        updated_from=instant_of(body.update_time_ge),
        updated_to=instant_of(body.update_time_le),
    )


def _states(body: Search) -> tuple[State, ...]:
    """Without a status all but deleted ones; audits narrow it further."""
    if body.status == ALL:
        states = [*State]
        states.remove(State.DELETED)
    elif body.status in State.__members__:
        states = [State[body.status]]
    else:
        raise invalid("status", f"{ALL} or one of {', '.join(State.__members__)}")
    audited = [state for name in body.audit_status for state in AUDITED.get(name, ())]
    return tuple(state for state in states if not body.audit_status or state in audited)


def _row(ask: Ask[Any, Any], listing: Listing, product: Product, shelf: Shelf, waits: bool) -> Data:
    return {
        "id": str(product.id),
        "title": listing.content.title,
        "status": listing.state.name,
        "create_time": int(listing.listed_at.timestamp()),
        "update_time": _updated_s(listing),
        "sales_regions": [region_of(ask.shop)],
        "skus": [_sku(sku, shelf) for sku in product.skus],
        "audit": {"status": "AUDITING" if waits else AUDITS.get(listing.state, "NONE")},
        "has_draft": False,
        "is_not_for_sale": False,
        "product_sync_fail_reasons": [],
    }


def _sku(sku: Sku, shelf: Shelf) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": str(sku.id),
        "seller_sku": sku.code if sku.details.has_code else "",
        "inventory": [
            {"warehouse_id": str(int(one.location_id)), "quantity": one.free}
            for one in shelf.positions.get(sku.id, ())
        ],
        "status_info": {"status": "NORMAL"},
    }
    offer, listed = shelf.offers.get(sku.id), shelf.lists.get(sku.id)
    if offer is not None:
        told["price"] = {
            "currency": offer.currency.value,
            "sale_price": amount(offer.price_minor, offer.currency),
            "tax_exclusive_price": amount(shelf.untaxed[sku.id], offer.currency),
        }
    if listed is not None and offer is not None:
        told["list_price"] = {
            "amount": amount(listed.list_minor, offer.currency),
            "currency": offer.currency.value,
        }
    return told


def _whole_sku(ask: Ask[Any, Any], sku: Sku, shelf: Shelf, known: Mapping[FileId, File]) -> Data:
    said, told = sku.details, _sku(sku, shelf)
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


def _key(listing: Listing) -> tuple[int, int]:
    whole = int(listing.listed_at.timestamp()) * MICROSECONDS
    return whole + listing.listed_at.microsecond, int(listing.id)


def _instant(microseconds: int) -> datetime:
    seconds, rest = divmod(microseconds, MICROSECONDS)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def instant_of(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
