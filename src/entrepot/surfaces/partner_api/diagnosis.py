"""Diagnosis: what would make products easier to find and to trust, and words to do so."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from entrepot.adapters import taxonomy
from entrepot.contexts import catalog, files
from entrepot.contexts.catalog import Content, Details, Listing, ProductId
from entrepot.contexts.files import File, FileId
from entrepot.kernel.problems import each

from .codes import invalid
from .envelope import Data
from .operations import Ask, Operations
from .products.reading import ProductSaid
from .products.words import category_of, listing_of
from .scopes import Scope
from .shapes import Nothing, Number, Numbers, Query

operations = Operations()

ALL, NONE = "ALL", "NONE"
OPTIMISED = {ALL, NONE, "DESCRIPTION", "IMAGE", "TITLE"}
SIZE = "Size"


class Which(Query):
    product_ids: Annotated[Numbers, Field(min_length=1, max_length=50)]


class Asked(ProductSaid):
    product_id: Number | None = None
    optimization_fields: list[str] = Field(default_factory=list, max_length=5)


@operations.get("/product/202405/products/diagnoses", scope=Scope.PRODUCT_OPTIMIZE, query=Which)
def diagnoses(ask: Ask[Which, Nothing]) -> Data:
    """What to do about each product. Those of other shops are left out."""
    here = _listings(ask)
    known = _pictures(ask, [one.content for one in here])
    sized = _sized(ask, [one.product_id for one in here])
    return {
        "products": [
            {
                "id": str(one.product_id),
                **_diagnosed(ask, one.content, known, one.product_id in sized, {ALL}),
            }
            for one in here
        ]
    }


@operations.get("/product/202405/products/seo_words", scope=Scope.PRODUCT_OPTIMIZE, query=Which)
def seo_words(ask: Ask[Which, Nothing]) -> Data:
    """Words that other titles of the category share; products without any are left out."""
    found = [(one, _words(ask, one.content)) for one in _listings(ask)]
    return {
        "products": [
            {"id": str(one.product_id), "seo_words": words} for one, words in found if words
        ]
    }


@operations.get("/product/202405/products/suggestions", scope=Scope.PRODUCT_OPTIMIZE, query=Which)
def suggestions(ask: Ask[Which, Nothing]) -> Data:
    """Better titles and descriptions, from what the products say of themselves."""
    return {
        "products": [
            {
                "id": str(one.product_id),
                "suggestions": [
                    {"field": "TITLE", "items": _texts(catalog.advice.better_title(one.content))},
                    {
                        "field": "DESCRIPTION",
                        "items": _texts(catalog.advice.better_description(one.content)),
                    },
                ],
            }
            for one in _listings(ask)
        ]
    }


@operations.post(
    "/product/202411/products/diagnose_optimize", scope=Scope.PRODUCT_OPTIMIZE, body=Asked
)
def diagnose_and_optimise(ask: Ask[Nothing, Asked]) -> Data:
    """What to do about a product that may not be listed yet. Pictures are left as they are."""
    said = ask.body
    if said.category_id is None:
        raise invalid("category_id", "the id of a category")
    if not {*said.optimization_fields} <= OPTIMISED:
        raise invalid("optimization_fields", f"some of {', '.join(sorted(OPTIMISED))}")
    listing = None if said.product_id is None else listing_of(ask, ProductId(said.product_id))
    before = None if listing is None else listing.content
    content = Content(
        category_id=category_of(said.category_id),
        title=said.title or (before.title if before else ""),
        description=_given(said.description, before),
        details=said.details(before.details if before else Details()),
    )
    sized = bool(listing and _sized(ask, [listing.product_id]))
    known = _pictures(ask, [content])
    return _diagnosed(ask, content, known, sized, {*said.optimization_fields})


def _given(said: str | None, before: Content | None) -> str:
    if said is None:
        return before.description if before else ""
    return catalog.sanitised(said)


def _listings(ask: Ask[Which, Nothing]) -> list[Listing]:
    ids = [ProductId(id) for id in dict.fromkeys(ask.query.product_ids)]
    found = catalog.in_shop(ask.tx, ask.shop.id, ids)
    return [found[id] for id in ids if id in found]


def _pictures(ask: Ask[Any, Any], contents: Sequence[Content]) -> dict[FileId, File]:
    return files.by_ids(ask.tx, [id for one in contents for id in one.details.image_ids])


def _sized(ask: Ask[Any, Any], ids: Sequence[ProductId]) -> set[ProductId]:
    """The products whose SKUs differ in size."""
    return {
        product.id
        for product in each(catalog.products(ask.tx, ids))
        if len({sku.options.get(SIZE) for sku in product.skus} - {None}) > 1
    }


def _diagnosed(
    ask: Ask[Any, Any],
    content: Content,
    known: Mapping[FileId, File],
    has_sizes: bool,
    optimised: set[str],
) -> Data:
    expected = [one.id for one in taxonomy.attributes_of(content.category_id) if not one.is_sales]
    seen = catalog.advice.Seen(
        content=content, pictures=known, attributes=expected, has_sizes=has_sizes
    )
    found = catalog.advice.diagnose(seen)
    return {
        "listing_quality": {
            "current_tier": catalog.advice.tier(found).name,
            "remaining_recommendations": len(found),
        },
        "diagnoses": [
            {
                "field": part.name,
                "diagnosis_results": [_result(one) for one in found if one.part is part],
                **_suggested(ask, part, content, optimised),
            }
            for part in catalog.advice.Part
            if any(one.part is part for one in found)
        ],
    }


def _result(one: catalog.advice.Advice) -> Data:
    return {"code": one.code, "how_to_solve": one.cure, "quality_tier": one.tier.name}


def _suggested(
    ask: Ask[Any, Any], part: catalog.advice.Part, content: Content, optimised: set[str]
) -> Data:
    if not optimised & {ALL, part.name}:
        return {}
    if part is catalog.advice.Part.TITLE:
        texts = _texts(catalog.advice.better_title(content))
        return {"suggestion": {"seo_words": _words(ask, content), "smart_texts": texts}}
    if part is catalog.advice.Part.DESCRIPTION:
        return {"suggestion": {"smart_texts": _texts(catalog.advice.better_description(content))}}
    return {}


def _words(ask: Ask[Any, Any], content: Content) -> list[Data]:
    market, category = ask.shop.market, content.category_id
    words = catalog.advice.category_words(ask.tx, market, category, content.title)
    return [{"text": word} for word in words]


def _texts(better: str | None) -> list[Data]:
    return [] if better is None else [{"text": better}]
