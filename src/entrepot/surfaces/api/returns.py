"""Cases after a sale: what buyers ask for, what merchants answer, what the operator rules."""

from typing import Annotated, Any, Literal

from fastapi import Body, Query
from pydantic import Field, StringConstraints

from entrepot.contexts import aftersales, files, orders
from entrepot.contexts.aftersales import (
    CaseFilter,
    CaseId,
    CaseNotFound,
    CaseStep,
    Evidence,
    Grade,
    Kind,
    Label,
    NotEligible,
    NotYourTurn,
    Role,
    Ruling,
    Verb,
)
from entrepot.contexts.files import FileId, FileRefused, NewFile, Purpose
from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import OrderId
from entrepot.flows import erasing, returning
from entrepot.flows.returning import OpenCase
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, TooMany, each, only
from entrepot.kernel.tx import Tx

from . import case_views
from .buyer import Link, Units
from .calls import Call, ThisCall
from .case_views import CaseDetail, CaseView, FileView, OptionView
from .problems import refusals
from .routing import noun
from .views import (
    NO_NUL,
    Asked,
    Page,
    Paging,
    after_time,
    cursor_at,
    example,
    page,
)

router = noun(tag="returns")

Note = Annotated[str, StringConstraints(max_length=2_000, pattern=NO_NUL)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,64}$")]
Word = Annotated[str, StringConstraints(max_length=100, pattern=NO_NUL)]
FileName = Annotated[str, Query(min_length=1, max_length=200, pattern=NO_NUL)]
Bytes = Annotated[bytes, Body(media_type="application/octet-stream", max_length=1_000_000)]
FileIds = Annotated[list[FileId], Field(max_length=20)]
STEPS = refusals(CaseNotFound, NotYourTurn, BadInput, Forbidden)


class AskCase(Asked):
    """What is wanted; without `units` all that can be, without `minor` what they cost."""

    model_config = example({"kind": "return_and_refund", "reason": "damaged", "units": {"1": 1}})

    kind: Kind
    reason: Code
    units: Units | None = None
    minor: Annotated[int, Field(ge=1, le=10**12)] | None = None
    note: Note = ""
    files: FileIds = Field(default_factory=list)


class AskEvidence(Asked):
    model_config = example({"note": "The seam is torn; see the picture."})

    note: Note = ""
    files: FileIds = Field(default_factory=list)


class AskParcel(Asked):
    model_config = example({"carrier": "usps", "tracking_number": "9400111899223197428490"})

    carrier: Word = ""
    tracking_number: Word = ""


class AskLabel(AskParcel):
    """The way back of a case, or of several of one buyer and shop that come in one parcel."""

    together_with: Annotated[list[CaseId], Field(max_length=20)] = Field(default_factory=list)


class AskAnswer(Asked):
    """Whether the buyer takes the part of the money that was offered."""

    model_config = example({"accepts": True})

    accepts: bool


class AskVerdict(Asked):
    """What the merchant decides; `refuse` needs a reason, `offer` an amount."""

    model_config = example({"verb": "refuse", "reason": "no_fault_found"})

    verb: Literal["grant", "grant_return", "refuse", "offer", "receive"]
    reason: Code = ""
    note: Note = ""
    minor: Annotated[int, Field(ge=1, le=10**12)] | None = None
    grade: Grade | None = None
    instead: bool = Field(False, description="Money in place of a replacement.")
    files: FileIds = Field(default_factory=list)


class AskRuling(Asked):
    """How the operator decides an arbitration; with `against_goods` they come back first."""

    model_config = example({"ruling": "support_buyer", "note": "The pictures show the fault."})

    ruling: Ruling
    against_goods: bool = False
    note: Note = ""


class AskErasure(Asked):
    """Why; no names, for this stays in the audit trail."""

    model_config = example({"why": "asked for by the guest of this order"})

    why: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=NO_NUL)]


class Wanted(Paging):
    shop_id: ShopId | None = None
    order_id: OrderId | None = None


@router.get("/shop/orders/{order_id}/case-options", responses=refusals(orders.OrderNotFound))
def see_case_options(order_id: OrderId, call: ThisCall, token: Link = None) -> list[OptionView]:
    """For what a case can be opened, and with which reasons."""
    return call.run(lambda tx: case_views.options(tx, order_id, Role.BUYER))


@router.post(
    "/shop/orders/{order_id}/cases",
    status_code=201,
    responses=refusals(orders.OrderNotFound, NotEligible, BadInput),
)
def open_case(order_id: OrderId, body: AskCase, call: ThisCall, token: Link = None) -> CaseView:
    """Ask for money, for money against goods, or for other goods."""
    return _opened(call, order_id, body, Role.BUYER)


@router.post(
    "/shop/orders/{order_id}/evidence-files",
    status_code=201,
    responses=refusals(orders.OrderNotFound, FileRefused, TooMany),
)
def hand_in_file(
    order_id: OrderId, data: Bytes, call: ThisCall, name: FileName = "evidence", token: Link = None
) -> FileView:
    """Hand in a picture or a video, to be named as evidence in a case of this order."""

    def keep(tx: Tx) -> FileView:
        file = returning.hand_in(tx, call.parts.storage, order_id, name, data)
        return case_views.file_view(call.parts, file)

    return call.run(keep)


@router.get("/shop/cases/{case_id}", responses=refusals(CaseNotFound))
def see_case(case_id: CaseId, call: ThisCall, token: Link = None) -> CaseDetail:
    """A case of one's own."""
    return call.run(lambda tx: case_views.detail(tx, call.parts, case_id))


@router.post("/shop/cases/{case_id}/evidence", status_code=201, responses=STEPS)
def show_evidence(
    case_id: CaseId, body: AskEvidence, call: ThisCall, token: Link = None
) -> CaseView:
    """Say and show more."""
    return _shown(call, case_id, body, Role.BUYER)


@router.post("/shop/cases/{case_id}/shipment", status_code=201, responses=STEPS)
def send_back(case_id: CaseId, body: AskParcel, call: ThisCall, token: Link = None) -> CaseView:
    """The goods are on their way back."""
    return _stepped(call, case_id, Verb.SEND_BACK, Role.BUYER, **body.model_dump())


@router.post("/shop/cases/{case_id}/answer", status_code=201, responses=STEPS)
def answer_offer(case_id: CaseId, body: AskAnswer, call: ThisCall, token: Link = None) -> CaseView:
    """Take what was offered, or not."""
    return _stepped(call, case_id, Verb.ACCEPT if body.accepts else Verb.DECLINE, Role.BUYER)


@router.post("/shop/cases/{case_id}/escalation", status_code=201, responses=STEPS)
def escalate_case(
    case_id: CaseId, body: AskEvidence, call: ThisCall, token: Link = None
) -> CaseView:
    """Take a refusal to the operator."""
    files = tuple(body.files)
    return _stepped(call, case_id, Verb.ESCALATE, Role.BUYER, note=body.note, files=files)


@router.post("/shop/cases/{case_id}/withdrawal", status_code=201, responses=STEPS)
def withdraw_case(case_id: CaseId, call: ThisCall, token: Link = None) -> CaseView:
    """Ask for nothing any more."""
    return _stepped(call, case_id, Verb.WITHDRAW, Role.BUYER)


@router.get("/cases")
def list_cases(ask: Annotated[Wanted, Query()], call: ThisCall) -> Page[CaseView]:
    """The cases that one may see, newest first."""
    wanted = CaseFilter(
        shop_id=ask.shop_id, order_ids=None if ask.order_id is None else (ask.order_id,)
    )

    def listed(tx: Tx) -> Page[CaseView]:
        after = after_time(ask.after, CaseId)
        rows = aftersales.case_page(tx, wanted, after=after, limit=ask.limit)
        return page(
            rows,
            ask.limit,
            lambda row: case_views.view(tx, row),
            lambda row: cursor_at(row.opened_at, row.id),
        )

    return call.signed_in(listed)


@router.get("/cases/{case_id}", responses=refusals(CaseNotFound))
def read_case(case_id: CaseId, call: ThisCall) -> CaseDetail:
    """One case with what happened to it."""
    return call.signed_in(lambda tx: case_views.detail(tx, call.parts, case_id))


@router.post(
    "/orders/{order_id}/cases",
    status_code=201,
    responses=refusals(orders.OrderNotFound, NotEligible, BadInput, Forbidden),
)
def open_case_as_seller(order_id: OrderId, body: AskCase, call: ThisCall) -> CaseView:
    """Begin a refund or a return oneself: it is granted at once."""
    return _opened(call, order_id, body, Role.MERCHANT)


@router.post("/cases/{case_id}/decision", status_code=201, responses=STEPS)
def decide_case(case_id: CaseId, body: AskVerdict, call: ThisCall) -> CaseView:
    """Answer what the buyer asks for, or judge what came back."""
    given = body.model_dump(exclude={"verb", "files"})
    files = tuple(body.files)
    return _stepped(call, case_id, Verb(body.verb), Role.MERCHANT, files=files, **given)


@router.post("/cases/{case_id}/label", status_code=201, responses=STEPS)
def give_label(case_id: CaseId, body: AskLabel, call: ThisCall) -> CaseView:
    """Give the buyer the way back; who bears its cost stands on the case."""
    parcel = body.model_dump(exclude={"together_with"})
    ids = dict.fromkeys([case_id, *body.together_with])
    labels = [Label(case_id=id, **parcel) for id in ids]
    return _kept(call, lambda tx: each(returning.give_labels(tx, labels))[0].id)


@router.post(
    "/cases/{case_id}/evidence-files",
    status_code=201,
    responses=refusals(CaseNotFound, FileRefused, Forbidden),
)
def hand_in_file_as_seller(
    case_id: CaseId, data: Bytes, call: ThisCall, name: FileName = "evidence"
) -> FileView:
    """Hand in a picture, to be named as evidence in this case."""

    def keep(tx: Tx) -> FileView:
        case = only(aftersales.cases(tx, [case_id]))
        purpose = Purpose.RETURN_EVIDENCE
        wish = NewFile(owner_id=case.merchant_id, purpose=purpose, name=name, data=data)
        file = only(files.upload(tx, call.parts.storage, [wish]))
        return case_views.file_view(call.parts, file)

    return call.signed_in(keep)


@router.post("/cases/{case_id}/evidence", status_code=201, responses=STEPS)
def show_evidence_as_seller(case_id: CaseId, body: AskEvidence, call: ThisCall) -> CaseView:
    """Say and show more."""
    return _shown(call, case_id, body, Role.MERCHANT)


@router.post("/cases/{case_id}/ruling", status_code=201, responses=STEPS)
def rule_case(case_id: CaseId, body: AskRuling, call: ThisCall) -> CaseView:
    """Decide an arbitration for good."""
    won = Verb.GRANT_RETURN if body.against_goods else Verb.GRANT
    verb = won if body.ruling is Ruling.SUPPORT_BUYER else Verb.DENY
    return _stepped(call, case_id, verb, Role.OPERATOR, note=body.note)


@router.post("/files/{file_id}/erasure", status_code=204, responses=refusals(NotFound, Forbidden))
def erase_file(file_id: FileId, body: AskErasure, call: ThisCall) -> None:
    """Erase a file that shows or names somebody: evidence, a proof, a label. It is audited."""
    call.signed_in(lambda tx: only(erasing.erase_files(tx, [file_id], body.why)))


def _opened(call: Call, order_id: OrderId, body: AskCase, role: Role) -> CaseView:
    wish = OpenCase(
        order_id=order_id, role=role, files=tuple(body.files), **body.model_dump(exclude={"files"})
    )
    return _kept(call, lambda tx: only(returning.open_cases(tx, [wish])).id)


def _shown(call: Call, case_id: CaseId, body: AskEvidence, role: Role) -> CaseView:
    wish = Evidence(case_id=case_id, role=role, note=body.note, files=tuple(body.files))
    return _kept(call, lambda tx: only(returning.add_evidence(tx, [wish])).id)


def _stepped(call: Call, case_id: CaseId, verb: Verb, role: Role, **more: Any) -> CaseView:
    wish = CaseStep(case_id=case_id, verb=verb, role=role, **more)
    return _kept(call, lambda tx: only(returning.step(tx, [wish])).id)


def _kept(call: Call, do: Any) -> CaseView:
    return call.run(call.keyed(CaseId, do, _read))


def _read(tx: Tx, id: CaseId) -> CaseView:
    return case_views.view(tx, only(aftersales.cases(tx, [id])))
