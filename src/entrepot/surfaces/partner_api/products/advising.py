"""What is still missing, what would not pass, and what is usual for goods of a kind."""

from collections.abc import Mapping
from statistics import median_low
from typing import Annotated, Any

from pydantic import Field

from entrepot.adapters import taxonomy
from entrepot.contexts import catalog, inventory, merchants
from entrepot.contexts.catalog import (
    CategoryId,
    Content,
    Details,
    Listing,
    ProductId,
    ProductSearch,
)
from entrepot.contexts.merchants import ShopState
from entrepot.kernel.problems import NotFound
from entrepot.surfaces.partner_api.codes import Code, invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations, Scope
from entrepot.surfaces.partner_api.paging import Paged, page, shown
from entrepot.surfaces.partner_api.shapes import Body, LongText, Nothing, Numbers

from .reading import ProductSaid
from .words import category_of

operations = Operations()

SELLING = {ShopState.PROBATION, ShopState.ACTIVE}
LOOKED_AT = 100  # The products of a category that say what is usual there.
FAR_OFF = 3  # A package is odd if it is so many times what is usual, or the other way round.


class Packages(Body):
    product_ids: Numbers = Field(default_factory=list)


class OfCategory(Body):
    category_id: str


class Described(OfCategory):
    product_title: Annotated[str, Field(min_length=1, max_length=500)]
    description: LongText = ""
    target_property_ids: list[str] = Field(default_factory=list, max_length=100)


@operations.get("/product/202312/prerequisites", scope=Scope.PRODUCT_READ)
def check_prerequisites(ask: Ask[Nothing, Nothing]) -> Data:
    """What a shop needs before it lists: to be open, and a warehouse to send from."""
    mine = [one for one in inventory.places(ask.tx) if one.keeper_id == ask.seller]
    places = {one.id for one in mine} | inventory.used_by(ask.tx, ask.seller)
    cap = merchants.listing_caps(ask.tx, [ask.shop.id])[ask.shop.id]
    listed = catalog.found(ask.tx, ProductSearch(shop_id=ask.shop.id))
    results = (
        ("SHOP_STATUS", ask.shop.state not in SELLING, f"the shop is {ask.shop.state}"),
        ("PICKUP_WAREHOUSE", not places, "there is no warehouse to send from"),
        ("RETURN_WAREHOUSE", not places, "there is no warehouse to send back to"),
        ("PRODUCT_QUANTITY_LIMIT", cap is not None and listed >= cap, f"{cap} products at most"),
    )
    return {
        "check_results": [
            {"check_item": item, "is_failed": failed, "fail_reasons": [why] if failed else []}
            for item, failed, why in results
        ]
    }


@operations.post(
    "/product/202309/products/listing_check", scope=Scope.PRODUCT_READ, body=ProductSaid
)
def check_listing(ask: Ask[Nothing, ProductSaid]) -> Data:
    """What an audit would find now, without listing anything."""
    said = ask.body
    if said.title is None or said.category_id is None:
        raise invalid("body", "title and category_id")
    content = Content(
        category_id=category_of(said.category_id),
        title=said.title,
        description=catalog.sanitised(said.description or ""),
        details=said.details(Details()),
    )
    words = catalog.check_words(ask.tx, ask.shop.market)
    faults = catalog.faults_of(ask.tx, ask.shop.id, content)
    return {
        "check_result": "FAILED" if faults else "PASS",
        "fail_reasons": [
            {
                "code": int(Code.CONFLICT),
                "message": f"{words[fault.check].brief_en}: {fault.about}. "
                f"{words[fault.check].cure_en}.",
            }
            for fault in faults
        ],
    }


@operations.post("/product/202407/products/category_upgrade_task", scope=Scope.PRODUCT_WRITE)
def upgrade_categories(_: Ask[Nothing, Nothing]) -> Data:
    """Nothing to do: there is one tree, which all products are in."""
    return {}


@operations.post("/product/202604/products/gpa_upgrade_task", scope=Scope.PRODUCT_WRITE, shop=False)
def upgrade_associations(_: Ask[Nothing, Nothing]) -> Data:
    """Nothing to do: a product is one thing in all markets from the beginning."""
    return {}


@operations.post(
    "/product/202602/packages/recommend", scope=Scope.PRODUCT_READ, query=Paged, body=Packages
)
def recommend_packages(ask: Ask[Paged, Packages]) -> Data:
    """Packages that differ much from what is usual for the shop's goods of their category."""
    ids = sorted({ProductId(id) for id in ask.body.product_ids})
    listed = catalog.in_shop(ask.tx, ask.shop.id, ids)
    missing = next((id for id in ids if id not in listed), None)
    if missing is not None:
        raise NotFound("product", missing)
    rows = [listed[id] for id in ids][: ask.query.page_size]
    usual = {one.content.category_id: _usual(ask, one.content.category_id) for one in rows}
    return {
        "products": [_odd(one, usual[one.content.category_id]) for one in shown(rows, ask)],
        **page(rows, ask, key=lambda one: (int(one.product_id),), total=len(rows)),
    }


@operations.post(
    "/product/202609/products/package/predict", scope=Scope.PRODUCT_READ, body=OfCategory
)
def predict_package(ask: Ask[Nothing, OfCategory]) -> Data:
    """What is usual for the shop's goods of a category; nothing where none says."""
    usual = _usual(ask, category_of(ask.body.category_id))
    told: dict[str, Any] = {}
    if "length" in usual:
        sides = {side: -(-usual[side] // 10) for side in ("length", "width", "height")}
        told["package_dimensions"] = {**sides, "unit": "CENTIMETER"}
    if "weight" in usual:
        told["package_weight"] = {"value": str(usual["weight"]), "unit": "GRAM"}
    return told


@operations.post(
    "/product/202609/products/properties/recommend", scope=Scope.PRODUCT_READ, body=Described
)
def recommend_properties(ask: Ask[Nothing, Described]) -> Data:
    """The values of a category's attributes that the title or the description names."""
    body = ask.body
    text = f" {body.product_title} {body.description} ".casefold()
    found = []
    for one in taxonomy.attributes_of(category_of(body.category_id)):
        values = [value for value in one.values if f" {value.name_en.casefold()} " in text]
        if not values or (body.target_property_ids and one.id not in body.target_property_ids):
            continue
        found.append(
            {
                "id": one.id,
                "name": one.name_en,
                "type": "SALES_PROPERTY" if one.is_sales else "PRODUCT_PROPERTY",
                "is_required": False,
                "is_customizable": True,
                "is_multiple_selection": not one.is_sales,
                "values": [{"id": value.id, "name": value.name_en} for value in values],
            }
        )
    return {"recommended_properties": found}


def _measures(said: Details) -> dict[str, int]:
    """In millimetres and grams, as far as they were said."""
    found: dict[str, int] = {}
    if said.package_size is not None:
        sides = zip(("length", "width", "height"), said.package_size.millimetres, strict=True)
        found.update(sides)
    if said.package_weight is not None:
        found["weight"] = said.package_weight.grams
    return found


def _usual(ask: Ask[Any, Any], id: CategoryId) -> dict[str, int]:
    """Medians, in millimetres and grams, of the shop's goods of a category."""
    asked = ProductSearch(shop_id=ask.shop.id, category_id=id)
    said = [one.content.details for one in catalog.search(ask.tx, asked, None, LOOKED_AT)]
    found: dict[str, list[int]] = {}
    for one in said:
        for name, value in _measures(one).items():
            found.setdefault(name, []).append(value)
    return {name: median_low(values) for name, values in found.items()}


def _odd(one: Listing, usual: Mapping[str, int]) -> Data:
    far = [
        name
        for name, value in _measures(one.content.details).items()
        if name in usual and not usual[name] <= value * FAR_OFF <= usual[name] * FAR_OFF**2
    ]
    kinds = {"Weight" if name == "weight" else "Dimension" for name in far}
    told: dict[str, Any] = {
        "product_id": str(one.product_id),
        "abnormality_types": sorted(kinds) or ["None"],
    }
    if "Weight" in kinds:
        told["weight_recommendation"] = {"unit": "GRAM", "weight": _range(usual["weight"])}
    if "Dimension" in kinds:
        sides = {side: _range(-(-usual[side] // 10)) for side in ("length", "width", "height")}
        told["dimension_recommendation"] = {"unit": "CENTIMETER", **sides}
    return told


def _range(usual: int) -> Data:
    return {"min_value": str(max(1, usual // 2)), "max_value": str(usual * 2)}
