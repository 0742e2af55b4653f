"""Merchants apply for shops; operators decide."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field, StringConstraints

from entrepot.contexts import merchants
from entrepot.contexts.merchants import (
    Application,
    ApplicationId,
    Correction,
    DocumentId,
    DocumentKind,
    Finding,
    NewApplication,
    NumberKind,
    Reason,
    SellerType,
    Shop,
    ShopId,
)
from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.problems import Forbidden, NotFound, only
from entrepot.kernel.tx import Tx

from .calls import ThisCall
from .problems import refusals
from .routing import noun
from .views import (
    NO_NUL,
    Asked,
    BasisPoints,
    CountryCode,
    Page,
    Paging,
    Slug,
    Text,
    View,
    after_id,
    cursor_id,
    example,
    page,
)

router = noun(tag="onboarding")

Note = Annotated[str, StringConstraints(max_length=500, pattern=NO_NUL)]


class AskApplication(Asked):
    model_config = example(
        {
            "merchant_id": "144115188075855873",
            "shop_name": "Lanterns",
            "market": "us",
            "mode": "self-operated",
            "seller_type": "cross_border",
        }
    )

    merchant_id: OrganisationId
    shop_name: Text
    market: Slug
    mode: Slug
    seller_type: SellerType
    invited: bool = False


class AskCompany(Asked):
    """The legal person behind a merchant, with what a trader has to declare."""

    model_config = example(
        {
            "legal_name": "Lantern Works Ltd",
            "country": "CN",
            "number_kind": "cn_uscc",
            "number": "91110000600037341L",
        }
    )

    legal_name: Text
    country: CountryCode
    number_kind: NumberKind
    number: Text
    register_number: Text | None = None
    holdings_bp: Annotated[dict[CountryCode, BasisPoints], Field(max_length=50)] = Field(
        default_factory=dict
    )
    representative_id: PersonId | None = None
    contact_id: PersonId | None = None
    payment_account: Text | None = None
    self_certifies: bool = False


class CompanyView(View):
    merchant_id: OrganisationId
    legal_name: str
    country: str
    number_kind: NumberKind
    number: str
    self_certified_at: datetime | None
    verified_at: datetime | None


class AskDocument(Asked):
    model_config = example({"kind": "licence", "number": "L 1", "country": "CN", "file": "file 1"})

    kind: DocumentKind
    number: Text
    country: CountryCode
    file: Text
    expires_on: date | None = None


class DocumentView(View):
    id: DocumentId
    merchant_id: OrganisationId
    kind: DocumentKind
    number: str
    country: str
    expires_on: date | None


class AskFinding(Asked):
    reason: Reason
    field: Text
    note: Note = ""


class AskDecision(Asked):
    """What an operator decides. Only sending back needs findings, only rejecting a reason."""

    model_config = example({"decision": "approve"})

    decision: Annotated[
        str, StringConstraints(pattern="^(review|approve|send_back|reject|confirm_deposit)$")
    ]
    findings: Annotated[tuple[AskFinding, ...], Field(max_length=20)] = ()
    reason: Note = ""


class ApplicationView(View):
    id: ApplicationId
    merchant_id: OrganisationId
    shop_name: str
    market: str
    mode: str
    seller_type: SellerType
    invited: bool
    state: merchants.ApplicationState
    due_at: datetime | None
    rule: str | None
    shop_id: ShopId | None


class FindingView(View):
    reason: Reason
    field: str
    note: str


class CorrectionView(View):
    finding: FindingView
    due_at: datetime
    answered_at: datetime | None


class ApplicationDetail(ApplicationView):
    corrections: list[CorrectionView]


class ShopView(View):
    id: ShopId
    merchant_id: OrganisationId
    name: str
    market: str
    mode: str
    seller_type: SellerType
    state: merchants.ShopState
    stage: str
    opened_on: date


@router.get("/applications")
def list_applications(ask: Annotated[Paging, Query()], call: ThisCall) -> Page[ApplicationView]:
    """Applications for shops, by id."""
    after = after_id(ask.after, ApplicationId)
    rows = call.signed_in(lambda tx: merchants.applications_page(tx, after, ask.limit))
    return page(rows, ask.limit, ApplicationView.model_validate, lambda row: cursor_id(row.id))


@router.post("/applications", status_code=201, responses=refusals(Forbidden, NotFound))
def apply(body: AskApplication, call: ThisCall) -> ApplicationDetail:
    """Begin an application for a shop."""
    wish = NewApplication(**body.model_dump())
    return call.once(ApplicationId, lambda tx: only(merchants.apply(tx, [wish])).id, _shown)


@router.get("/applications/{application_id}", responses=refusals(NotFound))
def read_application(application_id: ApplicationId, call: ThisCall) -> ApplicationDetail:
    """One application with what has to be put right."""
    return call.signed_in(lambda tx: _shown(tx, application_id))


@router.post("/applications/{application_id}/submission", status_code=201)
def submit(application_id: ApplicationId, call: ThisCall) -> ApplicationDetail:
    """Hand an application in, for the first time or corrected."""
    return call.once(
        ApplicationId, lambda tx: only(merchants.submit(tx, [application_id])).id, _shown
    )


@router.post("/applications/{application_id}/withdrawal", status_code=201)
def withdraw(application_id: ApplicationId, call: ThisCall) -> ApplicationDetail:
    """Take an application back."""
    return call.once(
        ApplicationId, lambda tx: only(merchants.withdraw(tx, [application_id])).id, _shown
    )


@router.post(
    "/applications/{application_id}/decisions",
    status_code=201,
    responses=refusals(Forbidden, NotFound),
)
def decide(application_id: ApplicationId, body: AskDecision, call: ThisCall) -> ApplicationDetail:
    """Review, approve, send back or reject; the automatic checks may send back by themselves."""
    return call.once(ApplicationId, lambda tx: _decided(tx, application_id, body).id, _shown)


@router.put("/merchants/{merchant_id}/company", responses=refusals(NotFound))
def declare_company(merchant_id: OrganisationId, body: AskCompany, call: ThisCall) -> CompanyView:
    """Say which legal person a merchant is; until it is verified, again corrects it."""

    def declare(tx: Tx) -> CompanyView:
        given = body.model_dump(exclude={"self_certifies"})
        company = merchants.Company(
            merchant_id=merchant_id,
            self_certified_at=tx.now if body.self_certifies else None,
            **given,
        )
        return CompanyView.model_validate(only(merchants.declare_companies(tx, [company])))

    return call.signed_in(declare)


@router.post("/merchants/{merchant_id}/documents", status_code=201, responses=refusals(NotFound))
def file_document(merchant_id: OrganisationId, body: AskDocument, call: ThisCall) -> DocumentView:
    """Hand a document in; a newer one of a kind replaces the one before."""
    wish = merchants.NewDocument(merchant_id=merchant_id, **body.model_dump())

    def show(tx: Tx, id: DocumentId) -> DocumentView:
        filed = merchants.documents(tx, [merchant_id])[merchant_id]
        return next(DocumentView.model_validate(one) for one in filed if one.id == id)

    return call.once(DocumentId, lambda tx: only(merchants.file_documents(tx, [wish])).id, show)


@router.get("/shops")
def list_shops(ask: Annotated[Paging, Query()], call: ThisCall) -> Page[ShopView]:
    """Shops, by id."""
    after = after_id(ask.after, ShopId)
    rows: list[Shop] = call.signed_in(lambda tx: merchants.page(tx, after, ask.limit))
    return page(rows, ask.limit, ShopView.model_validate, lambda row: cursor_id(row.id))


@router.get("/shops/{shop_id}", responses=refusals(NotFound))
def read_shop(shop_id: ShopId, call: ThisCall) -> ShopView:
    """One shop."""
    return call.signed_in(lambda tx: ShopView.model_validate(only(merchants.by_ids(tx, [shop_id]))))


def _decided(tx: Tx, id: ApplicationId, body: AskDecision) -> Application:
    match body.decision:
        case "review":
            return only(merchants.review(tx, [id]))
        case "approve":
            return only(merchants.approve(tx, [id]))
        case "confirm_deposit":
            return only(merchants.confirm_deposits(tx, [id]))
        case "reject":
            wish = merchants.Rejection(application_id=id, reason=body.reason)
            return only(merchants.reject(tx, [wish]))
        case _:
            findings = tuple(Finding(**finding.model_dump()) for finding in body.findings)
            back = merchants.SendBack(application_id=id, findings=findings)
            return only(merchants.send_back(tx, [back]))


def _shown(tx: Tx, id: ApplicationId) -> ApplicationDetail:
    application = only(merchants.applications(tx, [id]))
    corrections: list[Correction] = merchants.corrections(tx, [id])
    return ApplicationDetail(
        **dict(ApplicationView.model_validate(application)),
        corrections=[CorrectionView.model_validate(one) for one in corrections],
    )
