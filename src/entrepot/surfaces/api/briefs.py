"""What the operator looks for, what merchants hold against it, and appeals that wait."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, Field

from entrepot.contexts import catalog
from entrepot.contexts.catalog import CategoryId, ListingId, ProductId
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import Forbidden, NotFound, only
from entrepot.kernel.tx import Tx

from .calls import ThisCall
from .problems import refusals
from .routing import noun
from .views import Asked, Page, Paging, Slug, Text, View, after_id, cursor_id, example, page

briefs = catalog.briefs
sizes = catalog.sizes

router = noun(tag="selection")

Words = Annotated[tuple[Text, ...], Field(max_length=20)]
Remark = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]


class AskBrief(Asked):
    """What is looked for in a market, until when, and what a product has to name."""

    model_config = example(
        {
            "market": "us",
            "kind": "keyword",
            "category_id": "aa-1",
            "title": "Linen for the summer",
            "keywords": ["linen"],
            "ends_at": "2024-07-01T00:00:00Z",
        }
    )

    market: Slug
    kind: briefs.BriefKind
    category_id: Annotated[str, Field(pattern=r"^[a-z]{2}(-[1-9][0-9]*)*$", max_length=60)]
    title: Text
    brand: Remark = ""
    keywords: Words = ()
    wanted: briefs.Wanted = briefs.Wanted.SIMILAR
    reward: Remark = ""
    reason: Remark = ""
    tags: Words = ()
    ends_at: AwareDatetime


class BriefSaidView(View):
    title: str
    brand: str
    keywords: tuple[str, ...]
    wanted: briefs.Wanted
    reward: str
    reason: str
    tags: tuple[str, ...]


class BriefView(View):
    id: briefs.BriefId
    market: str
    kind: briefs.BriefKind
    category_id: str
    said: BriefSaidView
    made_at: datetime
    ends_at: datetime
    withdrawn_at: datetime | None


class SubmissionView(View):
    id: briefs.SubmissionId
    brief_id: briefs.BriefId
    listing_id: ListingId
    product_id: ProductId
    shop_id: ShopId
    merchant_id: OrganisationId
    state: briefs.SubmissionState
    reason: str
    made_at: datetime
    decided_at: datetime | None


class AskBriefs(Paging):
    market: Slug


class AskSubmission(Asked):
    model_config = example({"listing_id": "557056000000000000"})

    listing_id: ListingId


class AskWaiting(Paging):
    state: briefs.SubmissionState = briefs.SubmissionState.WAITING


class AskDecision(Asked):
    model_config = example({"approved": False, "reason": "the brand is another one"})

    approved: bool
    reason: Remark = ""


class AppealView(View):
    id: sizes.AppealId
    listing_id: ListingId
    product_id: ProductId
    shop_id: ShopId
    merchant_id: OrganisationId
    indicators: tuple[sizes.Indicator, ...]
    state: sizes.AppealState
    made_at: datetime
    decided_at: datetime | None


class AskAppeals(Paging):
    state: sizes.AppealState = sizes.AppealState.WAITING


class AskAnswer(Asked):
    model_config = example({"upheld": True})

    upheld: bool


@router.post("/operations/briefs", status_code=201, responses=refusals(Forbidden, NotFound))
def make_brief(body: AskBrief, call: ThisCall) -> BriefView:
    """Say what is looked for."""
    said = body.model_dump(include=set(BriefSaidView.model_fields))
    wish = briefs.NewBrief(
        market=body.market,
        kind=body.kind,
        category_id=CategoryId(body.category_id),
        said=briefs.BriefSaid(**said),
        ends_at=body.ends_at,
    )
    return call.once(briefs.BriefId, lambda tx: only(briefs.make_briefs(tx, [wish])), _brief)


@router.get("/briefs")
def list_briefs(ask: Annotated[AskBriefs, Query()], call: ThisCall) -> Page[BriefView]:
    """What is looked for in a market now, the newest first. For everybody who is signed in."""
    after = None if ask.after is None else after_id(ask.after, briefs.BriefId)
    asked = briefs.BriefSearch(market=ask.market)
    rows, _ = call.signed_in(lambda tx: briefs.find_briefs(tx, asked, after, ask.limit))
    return page(rows, ask.limit, BriefView.model_validate, lambda row: cursor_id(row.id))


@router.get("/briefs/{brief_id}", responses=refusals(NotFound))
def read_brief(brief_id: briefs.BriefId, call: ThisCall) -> BriefView:
    """One brief, over or not."""
    return call.signed_in(lambda tx: _brief(tx, brief_id))


@router.post("/operations/briefs/{brief_id}/withdrawal", responses=refusals(Forbidden, NotFound))
def withdraw_brief(brief_id: briefs.BriefId, call: ThisCall) -> BriefView:
    """Look for it no longer."""
    done = call.signed_in(lambda tx: only(briefs.withdraw_briefs(tx, [brief_id])))
    return BriefView.model_validate(done)


@router.post(
    "/briefs/{brief_id}/submissions",
    status_code=201,
    responses=refusals(Forbidden, NotFound, IllegalMove, briefs.BriefOver, briefs.DoesNotFit),
)
def submit_to_brief(
    brief_id: briefs.BriefId, body: AskSubmission, call: ThisCall
) -> SubmissionView:
    """Hold a live listing against a brief."""
    wish = (brief_id, body.listing_id)
    return call.once(
        briefs.SubmissionId, lambda tx: only(briefs.submit_to_briefs(tx, [wish])).id, _submission
    )


@router.get("/submissions")
def list_submissions(ask: Annotated[AskWaiting, Query()], call: ThisCall) -> Page[SubmissionView]:
    """What is held against briefs, the newest first: of one's own, and all of it to who audits."""
    after = None if ask.after is None else after_id(ask.after, briefs.SubmissionId)
    asked = briefs.SubmissionSearch(state=ask.state)
    rows, _ = call.signed_in(lambda tx: briefs.find_submissions(tx, asked, after, ask.limit))
    return page(rows, ask.limit, SubmissionView.model_validate, lambda row: cursor_id(row.id))


@router.post(
    "/operations/submissions/{submission_id}/decision",
    responses=refusals(Forbidden, NotFound, IllegalMove),
)
def decide_submission(
    submission_id: briefs.SubmissionId, body: AskDecision, call: ThisCall
) -> SubmissionView:
    """Approve a submission, or reject it with a reason."""
    wish = briefs.SubmissionDecision(
        submission_id=submission_id, is_approved=body.approved, reason=body.reason
    )
    done = call.signed_in(lambda tx: only(briefs.decide_submissions(tx, [wish])))
    return SubmissionView.model_validate(done)


@router.get("/operations/appeals", responses=refusals(Forbidden))
def list_appeals(ask: Annotated[AskAppeals, Query()], call: ThisCall) -> Page[AppealView]:
    """Appeals about size charts, the oldest first."""
    after = after_id(ask.after, sizes.AppealId)
    rows = call.signed_in(lambda tx: sizes.appeals(tx, ask.state, after, ask.limit))
    return page(rows, ask.limit, AppealView.model_validate, lambda row: cursor_id(row.id))


@router.post(
    "/operations/appeals/{appeal_id}/decision",
    responses=refusals(Forbidden, NotFound, IllegalMove),
)
def decide_appeal(appeal_id: sizes.AppealId, body: AskAnswer, call: ThisCall) -> AppealView:
    """Uphold an appeal, or reject it."""
    wish = sizes.AppealDecision(appeal_id=appeal_id, is_upheld=body.upheld)
    done = call.signed_in(lambda tx: only(sizes.decide_appeals(tx, [wish])))
    return AppealView.model_validate(done)


def _brief(tx: Tx, id: briefs.BriefId) -> BriefView:
    found = briefs.briefs_by(tx, [id]).get(id)
    if found is None:
        raise NotFound("brief", id)
    return BriefView.model_validate(found)


def _submission(tx: Tx, id: briefs.SubmissionId) -> SubmissionView:
    return SubmissionView.model_validate(briefs.submissions_by(tx, [id])[id])
