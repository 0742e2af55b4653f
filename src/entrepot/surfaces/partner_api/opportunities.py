"""Opportunities: the operator's selection briefs, and products held against them."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from entrepot.contexts import catalog
from entrepot.contexts.catalog import Category, CategoryId, ProductId
from entrepot.kernel.problems import NotFound, only

from .codes import invalid
from .envelope import Data
from .operations import Ask, Operations
from .paging import Paged, after, page, shown
from .products.words import category_number, category_of, instant_of, listing_of, named
from .scopes import Scope
from .shapes import Body, Nothing, Number, Query, Seconds

briefs = catalog.briefs

operations = Operations()

ROOT = "/product/202604/opportunities"
LEVELS = 3
STATES = {
    briefs.SubmissionState.APPROVED: "APPROVED",
    briefs.SubmissionState.REJECTED: "REJECTED",
    briefs.SubmissionState.WAITING: "PENDING_REVIEW",
}


class Localised(Paged):
    locale: str | None = None


class InWords(Query):
    locale: str | None = None


class Filter(Body):
    opportunity_type: str
    category_ids: list[str] = Field(default_factory=list, max_length=50)
    create_time_ge: Seconds | None = None
    create_time_lt: Seconds | None = None
    tag_codes: list[str] = Field(default_factory=list, max_length=20)


class Records(Paged):
    status: str | None = None
    opportunity_id: Number | None = None
    product_id: Number | None = None
    submit_time_ge: Seconds | None = None
    submit_time_lt: Seconds | None = None


class Offered(Body):
    product_id: Number


@operations.post(f"{ROOT}/query", scope=Scope.PRODUCT_READ, query=Localised, body=Filter)
def list_opportunities(ask: Ask[Localised, Filter]) -> Data:
    """The open briefs of the shop's market, the newest first."""
    body, start = ask.body, after(ask)
    if body.opportunity_type not in briefs.BriefKind.__members__:
        raise invalid("opportunity_type", f"one of {', '.join(briefs.BriefKind.__members__)}")
    asked = briefs.BriefSearch(
        market=ask.shop.market,
        kind=briefs.BriefKind[body.opportunity_type],
        category_ids=tuple(category_of(id, "category_ids") for id in body.category_ids),
        made_from=instant_of(body.create_time_ge),
        made_before=instant_of(body.create_time_lt),
        tags=tuple(body.tag_codes),
    )
    behind = None if start is None else briefs.BriefId(int(start[0]))
    rows, total = briefs.find_briefs(ask.tx, asked, behind, ask.query.page_size + 1)
    known = _categories(ask, rows)
    told = [
        {
            "id": str(one.id),
            "brand_name": one.said.brand,
            "query_words": ",".join(one.said.keywords),
            **_basics(one, known, ask.query.locale),
        }
        for one in shown(rows, ask)
    ]
    pages = page(rows, ask, key=lambda one: (int(one.id),), total=total)
    return {"data": {"opportunities": told, **pages}}


@operations.get(f"{ROOT}/submissions", scope=Scope.PRODUCT_READ, query=Records)
def list_submissions(ask: Ask[Records, Nothing]) -> Data:
    """What this shop has held against briefs, the newest first."""
    query, start = ask.query, after(ask)
    by_name = {name: state for state, name in STATES.items()}
    if query.status is not None and query.status not in by_name:
        raise invalid("status", f"one of {', '.join(by_name)}")
    asked = briefs.SubmissionSearch(
        merchant_id=ask.seller,
        shop_id=ask.shop.id,
        state=None if query.status is None else by_name[query.status],
        brief_id=None if query.opportunity_id is None else briefs.BriefId(query.opportunity_id),
        product_id=None if query.product_id is None else ProductId(query.product_id),
        made_from=instant_of(query.submit_time_ge),
        made_before=instant_of(query.submit_time_lt),
    )
    behind = None if start is None else briefs.SubmissionId(int(start[0]))
    rows, total = briefs.find_submissions(ask.tx, asked, behind, query.page_size + 1)
    told = [_submission(one) for one in shown(rows, ask)]
    pages = page(rows, ask, key=lambda one: (int(one.id),), total=total)
    return {"data": {"submissions": told, **pages}}


@operations.get(f"{ROOT}/{{opportunity_id}}", scope=Scope.PRODUCT_READ, query=InWords)
def opportunity(ask: Ask[InWords, Nothing]) -> Data:
    """A brief with what a product needs to fit."""
    id = ask.id("opportunity_id", briefs.BriefId)
    one = briefs.briefs_by(ask.tx, [id]).get(id)
    if one is None or one.market != ask.shop.market:
        raise NotFound("opportunity", id)
    known = _categories(ask, [one])
    basics = _basics(one, known, ask.query.locale)
    category = known.get(one.category_id)
    return {
        "opportunity": {
            "id": str(id),
            "action_type": "LIST_SAME" if one.said.wanted is briefs.Wanted.SAME else "LIST_SIMILAR",
            "listing_criteria": {
                "product_brand": one.said.brand,
                "product_category": named(category, ask.query.locale) if category else "",
                "product_status": "LIVE",
                "keywords": ",".join(one.said.keywords),
            },
            "basic_info": {
                **basics,
                "status": _status(ask, one),
                "brand_info": one.said.brand,
                "recom_info": one.said.reason,
            },
        }
    }


@operations.post(f"{ROOT}/{{opportunity_id}}/submit", scope=Scope.PRODUCT_WRITE, body=Offered)
def submit(ask: Ask[Nothing, Offered]) -> Data:
    """Hold a live product against a brief."""
    listing = listing_of(ask, ProductId(ask.body.product_id))
    wish = (ask.id("opportunity_id", briefs.BriefId), listing.id)
    one = only(briefs.submit_to_briefs(ask.tx, [wish]))
    keys = ("id", "opportunity_id", "product_id", "status", "submit_time")
    told = _submission(one)
    return {"submission": {key: told[key] for key in keys}}


def _categories(ask: Ask[Any, Any], rows: list[briefs.Brief]) -> dict[CategoryId, Category]:
    ids = {CategoryId(step) for one in rows for step in one.category_id.path}
    return catalog.categories_by(ask.tx, ids) if ids else {}


def _basics(
    one: briefs.Brief, known: Mapping[CategoryId, Category], locale: str | None
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "opportunity_type": one.kind.name,
        "title": one.said.title,
        "create_time": int(one.made_at.timestamp()),
        "expire_time": int(one.ends_at.timestamp()),
        "reward_info": one.said.reward,
        "tags": ",".join(one.said.tags),
        "tag_codes": [*one.said.tags],
        "reference_images": [],
    }
    steps = [CategoryId(step) for step in reversed(one.category_id.path)]
    for level, id in enumerate(steps[:LEVELS], 1):
        told[f"category_id_level_{level}"] = category_number(id)
        told[f"category_name_level_{level}"] = named(known[id], locale) if id in known else ""
    return told


def _status(ask: Ask[Any, Any], one: briefs.Brief) -> str:
    if briefs.fulfilled(ask.tx, ask.seller, [one.id]):
        return "FULFILLED"
    return "ACTIVE" if one.is_open(ask.tx.now) else "EXPIRED"


def _submission(one: briefs.Submission) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": str(one.id),
        "opportunity_id": str(one.brief_id),
        "opportunity_title": one.brief_title,
        "status": STATES[one.state],
        "product_id": str(one.product_id),
        "product_name": one.product_title,
        "submit_time": int(one.made_at.timestamp()),
        "rejection_reason": one.reason or None,
    }
    if one.decided_at is not None:
        told["review_time"] = int(one.decided_at.timestamp())
    return told
