"""What sellers decide about cases, and what they could."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from entrepot.contexts import aftersales, orders
from entrepot.contexts.aftersales import Case, CaseId, CaseStep, Role, State, Use
from entrepot.contexts.orders import CancellationId, CancellationRequest
from entrepot.flows import returning
from entrepot.kernel import idempotency
from entrepot.kernel.problems import NotFound, Problem, only
from entrepot.rulebook import AftersaleReason
from entrepot.surfaces.partner_api.codes import Code, Refused, invalid, refused
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.money import amount, minor
from entrepot.surfaces.partner_api.operations import Ask, Operations
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.partner_api.shapes import Body, Csv, LongText, Number, Query, Text

from . import words
from .finding import case_of
from .once import Keyed, key_of, once
from .shown import items, lines_of
from .words import DECISIONS, Decision

operations = Operations()
READ = WRITE = Scope.RETURN_REFUND
OFFER_ON_RECEIPT = "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG"
REVIEW_WORDS: Mapping[str, tuple[str, ...]] = {
    "APPROVE_REQUEST": ("APPROVE_REFUND", "APPROVE_RETURN", "APPROVE_REPLACEMENT"),
    "APPROVE_RETURN_PACKAGE": ("APPROVE_RECEIVED_PACKAGE",),
    "REJECT_REQUEST": ("REJECT_REFUND", "REJECT_RETURN", "REJECT_REPLACEMENT"),
    "REJECT_RETURN_PACKAGE": ("REJECT_RECEIVED_PACKAGE",),
    "REFUND_INSTEAD": ("ISSUE_REPLACEMENT_REFUND", "DIRECT_REFUND"),
    "OFFER_PARTIAL_REFUND": ("OFFER_PARTIAL_REFUND",),
    OFFER_ON_RECEIPT: (OFFER_ON_RECEIPT,),
}
NOT_NOW, NOT_OF_THIS_KIND = 90_000_411, 90_000_412  # Codes of ours; the texts say what they are.


class Sum(Body):
    currency: str = ""
    amount: str = ""
    partial_refund_total: str = ""


class Image(Body):
    image_id: str


class Approve(Body):
    decision: Text
    buyer_keep_item: bool = False
    partial_refund: Sum | None = None


class Reject(Body):
    decision: Text
    reject_reason: Text
    comment: LongText = ""
    images: Annotated[list[Image], Field(max_length=20)] = Field(default_factory=list)
    partial_refund_amount: Sum | None = None


class Reasons(Query):
    return_or_cancel_id: Number
    locale: str = "en-US"


class Check(Reasons):
    check_decisions: Csv = Field(default_factory=list)


class Media(Body):
    uri: str = ""


class ReviewReason(Body):
    reason_id: str = ""
    text: LongText = ""
    media: Media | None = None


class Alternative(Body):
    partial_refund_amount: str = ""
    currency: str = ""


class ReviewedItem(Body):
    return_line_item_id: Number


class ItemDecision(Body):
    line_items: Annotated[list[ReviewedItem], Field(min_length=1, max_length=100)]
    action: Text
    alternative_solution_details: Alternative = Alternative()
    reason: ReviewReason = ReviewReason()


class RequestDecision(Body):
    request_id: Number
    idempotency_key: Annotated[str, Field(max_length=255)] = ""
    line_item_decisions: Annotated[list[ItemDecision], Field(min_length=1, max_length=100)]


class Review(Body):
    aftersales_request_decisions: Annotated[list[RequestDecision], Field(max_length=50)] = Field(
        default_factory=list
    )


@operations.post(
    "/return_refund/202309/returns/{return_id}/approve", scope=WRITE, query=Keyed, body=Approve
)
def approve_return(ask: Ask[Keyed, Approve]) -> Data:
    """Give in: at once, against the goods, or in part."""
    body = ask.body
    keeps = body.buyer_keep_item and body.decision == "APPROVE_RETURN"
    offered = body.partial_refund or Sum()

    def step(case: Case) -> CaseStep:
        decision = _decision(case, ["DIRECT_REFUND" if keeps else body.decision])
        return _step(case, decision, offered.amount, offered.currency)

    _decide(ask, step)
    return {}


@operations.post(
    "/return_refund/202606/returns/{return_id}/reject",
    older=("202309",),
    scope=WRITE,
    query=Keyed,
    body=Reject,
)
def reject_return(ask: Ask[Keyed, Reject]) -> Data:
    """Refuse for a reason, or offer less after the goods came back."""
    body = ask.body
    offered = body.partial_refund_amount or Sum()
    why = {
        "reason": body.reject_reason,
        "note": body.comment,
        "files": tuple(int(one.image_id) for one in body.images if one.image_id.isdecimal()),
    }

    def step(case: Case) -> CaseStep:
        decision = _decision(case, [body.decision])
        return _step(case, decision, offered.partial_refund_total, offered.currency, **why)

    _decide(ask, step)
    return {}


@operations.post("/return_refund/202609/aftersales/review", scope=WRITE, body=Review)
def review_aftersales_requests(ask: Ask[Any, Review]) -> Data:
    """Decide about many at once; what cannot be decided is told and harms nothing else."""
    errors: list[Data] = []
    steps: dict[CaseId, tuple[RequestDecision, CaseStep]] = {}
    for one in ask.body.aftersales_request_decisions:
        try:
            if not _is_done(ask, one):
                steps[CaseId(one.request_id)] = one, _reviewed(ask, one, steps)
        except Problem as problem:
            errors.append(_error(refused(problem)))
        except Refused as refusal:
            errors.append(_error(refusal))
    outcomes = returning.step(ask.tx, [step for _, step in steps.values()])
    for (one, _), outcome in zip(steps.values(), outcomes, strict=True):
        if isinstance(outcome, Problem):
            errors.append(_error(refused(outcome)))
        elif one.idempotency_key:
            idempotency.keep(ask.tx, key_of(ask, one.idempotency_key, one), outcome.id)
    return {"errors": errors} if errors else {}


def _is_done(ask: Ask[Any, Review], one: RequestDecision) -> bool:
    if not one.idempotency_key:
        return False
    return idempotency.done(ask.tx, key_of(ask, one.idempotency_key, one), CaseId) is not None


@operations.get("/return_refund/202309/reject_reasons", scope=READ, query=Reasons)
def get_reject_reasons(ask: Ask[Reasons, Any]) -> Data:
    """The reasons for which it can be refused as it stands."""
    found = _thing(ask)
    if isinstance(found, Case):
        return {"reasons": _texts(ask, found.market, found.opened_at, _use(found), found)}
    market = only(orders.by_ids(ask.tx, [found.order_id])).market
    return {"reasons": _texts(ask, market, found.asked_at, Use.REFUSE_CANCEL, None)}


@operations.get("/return_refund/202601/decision_eligibility", scope=READ, query=Check)
def get_decision_eligibility(ask: Ask[Check, Any]) -> Data:
    """What can be decided now, and why the rest cannot."""
    found = _thing(ask)
    return {"decisions": [_checked(ask, found, word) for word in _asked(ask)]}


@operations.get("/return_refund/202606/review_decision", scope=READ, query=Check)
def get_available_review_decisions(ask: Ask[Check, Any]) -> Data:
    """The same by unit, with how much of its money can be offered."""
    found = _thing(ask)
    if not isinstance(found, Case):
        decisions = [_checked(ask, found, word) for word in CANCELS if word in _asked(ask)]
        lines = lines_of(ask.tx, [found.order_id])
        ids = [
            orders.unit_id(lines[found.order_id, pos], n)
            for pos, units in found.units.items()
            for n in units
        ]
        return {
            "line_items": [
                {"return_line_item_id": str(int(id)), "decisions": decisions} for id in ids
            ]
        }
    lines = lines_of(ask.tx, [found.order_id])
    decisions = [_checked(ask, found, word) for word in _asked(ask)]
    return {
        "line_items": [
            {
                "return_line_item_id": str(one.id),
                "decisions": [_ranged(each, one.minor, found) for each in decisions],
            }
            for one in items(found, lines)
        ]
    }


CANCELS = words.CANCEL_DECISIONS
Thing = Case | CancellationRequest


def _decision(case: Case, named: Sequence[str]) -> Decision:
    """The decision that is meant of those that a word can be."""
    known = [DECISIONS[word] for word in named if word in DECISIONS]
    if not known:
        raise invalid("decision", f"one of {', '.join(DECISIONS)}")
    return next((one for one in known if one.fits(case)), known[0])


def _step(case: Case, decision: Decision, offered: str, currency: str, **why: Any) -> CaseStep:
    if not decision.fits(case):
        status = words.said(words.STATUSES, case)
        raise Refused(Code.CONFLICT, f"{decision.word} is not possible: the return is {status}.")
    offers = decision.verb is aftersales.Verb.OFFER
    if offers and currency != case.currency:
        raise invalid("currency", f"the currency of the return, {case.currency}")
    return CaseStep(
        case_id=case.id,
        verb=decision.verb,
        role=Role.MERCHANT,
        instead=decision.instead,
        minor=minor(offered, case.currency) if offers else None,
        **why,
    )


def _decide(ask: Ask[Keyed, Any], step: Callable[[Case], CaseStep]) -> None:
    case = case_of(ask, ask.id("return_id", CaseId))
    once(ask, CaseId, lambda: only(returning.step(ask.tx, [step(case)])).id)


def _reviewed(ask: Ask[Any, Review], one: RequestDecision, others: Collection[CaseId]) -> CaseStep:
    case = case_of(ask, CaseId(one.request_id))
    if case.id in others:
        raise Refused(Code.CONFLICT, "A request is decided once.")
    first = one.line_item_decisions[0]
    if any(other.action != first.action for other in one.line_item_decisions):
        raise Refused(Code.CONFLICT, "All items of a request have one decision.")
    known = {item.id: item for item in items(case, lines_of(ask.tx, [case.order_id]))}
    named = {
        item.return_line_item_id for each in one.line_item_decisions for item in each.line_items
    }
    if named != known.keys():
        raise invalid("line_items", f"all items of the request: {sorted(known)}")
    if first.action not in REVIEW_WORDS:
        raise invalid("action", f"one of {', '.join(REVIEW_WORDS)}")
    decision = _decision(case, REVIEW_WORDS[first.action])
    details, reason = first.alternative_solution_details, first.reason
    why = {"reason": reason.reason_id, "note": reason.text}
    each_minor = details.partial_refund_amount  # The amount of each item.
    total = ""
    if each_minor:
        total = amount(minor(each_minor, case.currency) * len(known), case.currency)
    return _step(case, decision, total, details.currency, **why)


def _thing(ask: Ask[Any, Any]) -> Thing:
    """The case or the cancellation that an id names."""
    id = ask.query.return_or_cancel_id
    [case] = aftersales.cases(ask.tx, [CaseId(id)])
    if isinstance(case, Case) and case.shop_id == ask.shop.id:
        return case
    wanted = orders.CancellationFilter(ids=(CancellationId(id),), shop_id=ask.shop.id)
    found = orders.cancellations(ask.tx, wanted, limit=1)
    if not found:
        raise NotFound("return or cancellation", id)
    return found[0]


def _asked(ask: Ask[Check, Any]) -> list[str]:
    known = [*CANCELS, *DECISIONS]
    return [word for word in known if word in ask.query.check_decisions] or known


def _use(case: Case) -> Use:
    return Use.REFUSE_RECEIPT if case.state is State.SENT_BACK else Use.REFUSE


def _texts(
    ask: Ask[Any, Any], market: str, at: datetime, use: Use, case: Case | None
) -> list[Data]:
    rows: list[AftersaleReason] = aftersales.reasons(
        ask.tx, market, at, use, None if case is None else case.kind
    )
    return [{"name": row.code, "text": row.text(ask.query.locale)} for row in rows]


def _checked(ask: Ask[Check, Any], found: Thing, word: str) -> Data:
    if isinstance(found, Case):
        possible = word in DECISIONS and DECISIONS[word].fits(found)
        of_kind = word in DECISIONS and found.kind in DECISIONS[word].kinds
        market, at, use = found.market, found.opened_at, _use(found)
    else:
        of_kind = word in CANCELS
        possible = of_kind and found.state is orders.Consent.REQUESTED
        market = only(orders.by_ids(ask.tx, [found.order_id])).market
        at, use = found.asked_at, Use.REFUSE_CANCEL
    if not possible:
        code = NOT_NOW if of_kind else NOT_OF_THIS_KIND
        why = "not in this status" if of_kind else "not for this type of request"
        return {
            "decision": word,
            "eligible": False,
            "ineligible_code": code,
            "ineligible_reason": why,
        }
    told: dict[str, Any] = {"decision": word, "eligible": True}
    if word.startswith("REJECT") or word == OFFER_ON_RECEIPT:
        case = found if isinstance(found, Case) else None
        told["available_reject_reasons"] = _texts(ask, market, at, use, case)
    return told


def _ranged(told: Data, most: int, case: Case) -> Data:
    if not told["eligible"] or not str(told["decision"]).startswith("OFFER"):
        return told
    return {
        **told,
        "partial_refund_amount_range": {
            "min_amount": amount(1, case.currency),
            "max_amount": amount(max(most - 1, 1), case.currency),
            "currency": case.currency.value,
        },
    }


def _error(refusal: Refused) -> Data:
    return {"code": str(refusal.code), "message": refusal.message}
