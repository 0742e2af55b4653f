"""Brands: which there are, which may be claimed, and new ones."""

from typing import Annotated

from pydantic import Field

from entrepot.contexts import catalog
from entrepot.contexts.catalog import Brand, BrandId, NewBrand
from entrepot.kernel.problems import only
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations, Scope
from entrepot.surfaces.partner_api.paging import Paged, after, page, shown
from entrepot.surfaces.partner_api.shapes import Body, LongText, Nothing

operations = Operations()

SUGGESTED = 10


class Wanted(Paged):
    brand_name: Annotated[str, Field(max_length=100)] = ""
    is_authorized: bool | None = None


class Name(Body):
    name: Annotated[str, Field(min_length=1, max_length=100)]


class Titled(Body):
    product_title: Annotated[str, Field(min_length=1, max_length=500)]
    description: LongText = ""


@operations.get("/product/202309/brands", scope=Scope.PRODUCT_READ, query=Wanted)
def list_brands(ask: Ask[Wanted, Nothing]) -> Data:
    """The brands that the seller may name, with whether the seller may claim them."""
    start = after(ask)
    rows = catalog.brands(
        ask.tx,
        ask.seller,
        BrandId(int(start[0])) if start else None,
        ask.query.page_size + 1,
        (ask.query.brand_name, ask.query.is_authorized),
    )
    return {
        "brands": [_shown(one) for one in shown(rows, ask)],
        **page(rows, ask, key=lambda one: (int(one.id),)),
    }


@operations.post("/product/202309/brands", scope=Scope.PRODUCT_WRITE, body=Name, shop=False)
def create_brand(ask: Ask[Nothing, Name]) -> Data:
    """Make up a brand of the seller's own."""
    wish = NewBrand(merchant_id=ask.seller, name=ask.body.name.strip())
    return {"id": str(only(catalog.create_brands(ask.tx, [wish])).id)}


@operations.post("/product/202609/brands/suggest", scope=Scope.PRODUCT_READ, body=Titled)
def suggest_brands(ask: Ask[Nothing, Titled]) -> Data:
    """The brands whose name stands in the title or the description."""
    text = f"{ask.body.product_title} {ask.body.description}"
    found = catalog.brands_named(ask.tx, ask.seller, text, SUGGESTED)
    return {
        "brands": [
            {"id": str(one.id), "name": one.name, "is_authorized": one.is_permitted}
            for one in found
        ]
    }


def _shown(one: Brand) -> Data:
    return {
        "id": str(one.id),
        "name": one.name,
        "authorized_status": "AUTHORIZED" if one.is_permitted else "UNAUTHORIZED",
        "is_t1_brand": one.is_protected,
        "brand_status": "AVAILABLE" if one.is_permitted else "UNAVAILABLE",
    }
