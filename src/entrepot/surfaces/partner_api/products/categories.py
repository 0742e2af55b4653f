"""The tree of categories, what each asks for, and which fits a title."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from entrepot.adapters import taxonomy
from entrepot.contexts import catalog
from entrepot.contexts.catalog import Category, CategoryId
from entrepot.kernel.problems import Problem
from entrepot.rulebook import ListingCheck
from entrepot.rulebook import of as rules_of
from entrepot.surfaces.partner_api.codes import Code, Refused
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations, Scope
from entrepot.surfaces.partner_api.shapes import Body, LongText, Nothing, Query

from .tree import tree
from .words import CHINESE, category_number, category_of, named

operations = Operations()

AVAILABLE, CLOSED = "AVAILABLE", "NON_MAIN_CATEGORY"


class Browsing(Query):
    locale: str | None = None
    keyword: str = ""


class Titled(Body):
    product_title: Annotated[str, Field(min_length=1, max_length=500)]
    description: LongText = ""
    locale: str | None = None


@operations.get("/product/202309/categories", scope=Scope.PRODUCT_READ, query=Browsing)
def list_categories(ask: Ask[Browsing, Nothing]) -> Data:
    """The tree, with whether the shop may sell there."""
    found = _matching(ask)
    closed = catalog.closed_categories(ask.tx, ask.shop.id, [one.id for one in found])
    return {"categories": [_shown(one, ask.query.locale, one.id in closed) for one in found]}


@operations.get(
    "/product/202309/global_categories",
    scope=Scope.GLOBAL_CATEGORY_READ,
    query=Browsing,
    shop=False,
)
def list_global_categories(ask: Ask[Browsing, Nothing]) -> Data:
    """The same tree: all markets share it. What a shop may sell is asked with the shop."""
    return {"categories": [_shown(one, ask.query.locale, False) for one in _matching(ask)]}


@operations.post("/product/202309/categories/recommend", scope=Scope.PRODUCT_READ, body=Titled)
def recommend_category(ask: Ask[Nothing, Titled]) -> Data:
    """The leaf whose name shares most words with the title."""
    chain = _best(ask)
    closed = catalog.closed_categories(ask.tx, ask.shop.id, [one.id for one in chain])
    shown = [
        {**one, "permission_statuses": [CLOSED if category.id in closed else AVAILABLE]}
        for one, category in zip(_chain(chain, ask.body.locale), chain, strict=True)
    ]
    return {"leaf_category_id": shown[-1]["id"], "categories": shown}


@operations.post(
    "/product/202309/global_categories/recommend",
    scope=Scope.GLOBAL_CATEGORY_READ,
    body=Titled,
    shop=False,
)
def recommend_global_category(ask: Ask[Nothing, Titled]) -> Data:
    """The same for products that are not in a shop yet."""
    shown = _chain(_best(ask), ask.body.locale)
    return {"leaf_category_id": shown[-1]["id"], "categories": shown}


@operations.get(
    "/product/202309/categories/{category_id}/attributes",
    scope=Scope.PRODUCT_READ,
    query=Browsing,
)
def list_attributes(ask: Ask[Browsing, Nothing]) -> Data:
    """What may be said of goods of a category, with the values to choose from."""
    return {"attributes": attributes_shown(_category(ask).id, ask.query.locale)}


@operations.get(
    "/product/202309/categories/{category_id}/global_attributes",
    scope=Scope.GLOBAL_PRODUCT_READ,
    query=Browsing,
    shop=False,
)
def list_global_attributes(ask: Ask[Browsing, Nothing]) -> Data:
    """The same: all markets share them, and none asks for one that others do not."""
    shown = attributes_shown(_category(ask).id, ask.query.locale)
    for one in shown:
        one.update(required_regions=[], optional_regions=_regions(ask))
    return {"attributes": shown}


@operations.get(
    "/product/202309/categories/{category_id}/rules", scope=Scope.PRODUCT_READ, query=Browsing
)
def show_rules(ask: Ask[Browsing, Nothing]) -> Data:
    """Which documents and measures a category takes in the shop's market."""
    category = _category(ask)
    kinds = _documents(ask, category.id, ask.shop.market)
    return {
        "product_certifications": [_document(kind) for kind in kinds],
        "size_chart": {"is_supported": True, "is_required": False},
        "cod": {"is_supported": False},
        "package_dimension": {"is_required": False},
        "epr": {"is_required": False},
        "responsible_person": {"is_required": False},
        "manufacturer": {"is_required": False},
        "seller_sku": {"is_required": False},
        "allowed_special_product_types": [],
        "fees": [],
    }


@operations.get(
    "/product/202309/categories/{category_id}/global_rules",
    scope=Scope.GLOBAL_PRODUCT_READ,
    query=Browsing,
    shop=False,
)
def show_global_rules(ask: Ask[Browsing, Nothing]) -> Data:
    """The same by market."""
    category, regions = _category(ask), _regions(ask)
    asked: dict[str, list[str]] = {}
    for region in regions:
        for kind in _documents(ask, category.id, region.lower()):
            asked.setdefault(kind, []).append(region)
    return {
        "product_certifications": [
            {
                **_document(kind),
                "is_required": places == regions,
                "required_regions": places,
                "optional_regions": [one for one in regions if one not in places],
            }
            for kind, places in asked.items()
        ],
        "size_chart": {"is_supported": True, "is_required": False},
        "responsible_person": {"is_required": False, "required_regions": []},
        "manufacturer": {"is_required": False, "required_regions": []},
    }


def attributes_shown(id: CategoryId, locale: str | None) -> list[dict[str, Any]]:
    """The attributes of a category as answers show them."""
    chinese = (locale or "").startswith(CHINESE)
    return [
        {
            "id": one.id,
            "name": one.name_zh_cn if chinese else one.name_en,
            "type": "SALES_PROPERTY" if one.is_sales else "PRODUCT_PROPERTY",
            "is_requried": False,  # Written so in the dialect.
            "is_customizable": True,
            "is_multiple_selection": not one.is_sales,
            "requirement_conditions": [],
            "values": [
                {"id": value.id, "name": value.name_zh_cn if chinese else value.name_en}
                for value in one.values
            ],
        }
        for one in taxonomy.attributes_of(id)
    ]


def _matching(ask: Ask[Browsing, Nothing]) -> list[Category]:
    word = ask.query.keyword.casefold()
    every = tree(ask).categories.values()
    return [one for one in every if not word or word in named(one, ask.query.locale).casefold()]


def _category(ask: Ask[Any, Any]) -> Category:
    found = catalog.category(ask.tx, category_of(ask.path["category_id"]))
    if isinstance(found, Problem):
        raise found
    return found


def _shown(one: Category, locale: str | None, is_closed: bool) -> Data:
    parent = one.id.parent
    return {
        "id": category_number(one.id),
        "parent_id": category_number(parent) if parent else "0",
        "local_name": named(one, locale),
        "is_leaf": one.is_leaf,
        "permission_statuses": [CLOSED if is_closed else AVAILABLE],
    }


def _chain(chain: Sequence[Category], locale: str | None) -> list[dict[str, Any]]:
    return [
        {
            "id": category_number(one.id),
            "name": named(one, locale),
            "level": level,
            "is_leaf": one.is_leaf,
        }
        for level, one in enumerate(chain, 1)
    ]


def _best(ask: Ask[Any, Titled]) -> list[Category]:
    chain = tree(ask).best(ask.body.product_title, ask.body.description)
    if not chain:
        raise Refused(Code.NOT_FOUND, "There is no category yet.")
    return chain


def _documents(ask: Ask[Any, Any], id: CategoryId, market: str) -> list[str]:
    """The documents without which a listing of this category does not pass."""
    day: date = ask.tx.now.date()
    case = {"category": id.path, "check": "missing-qualification"}
    rows = rules_of(ask.tx).on(ListingCheck, market, day).each(case, "check")
    return [kind for row in rows for kind in row.certificates]


def _document(kind: str) -> dict[str, Any]:
    return {
        "id": kind,
        "name": kind,
        "is_required": True,
        "document_details": f"A picture or a PDF of the {kind}, in force.",
        "requirement_conditions": [],
        "expiration_date": {"is_required": False},
    }


def _regions(ask: Ask[Any, Any]) -> list[str]:
    day = ask.tx.now.date()
    return [market.upper() for market in rules_of(ask.tx).markets(day) if market != "any"]
