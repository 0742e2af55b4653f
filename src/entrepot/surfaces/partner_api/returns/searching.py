"""Searches of returns, of aftersales requests, and of the parcels in which goods come back."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from entrepot.contexts import aftersales, files
from entrepot.contexts.aftersales import Case, CaseFilter, CaseId, Kind
from entrepot.contexts.files import File, FileId
from entrepot.contexts.files import Kind as FileKind
from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import PersonId
from entrepot.surfaces import file_links
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.money import amount
from entrepot.surfaces.partner_api.operations import Ask, Operations
from entrepot.surfaces.partner_api.paging import Paged
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.partner_api.shapes import Body, Numbers, Query, Seconds, SortOrder

from . import words
from .finding import case_of, instant, page_of
from .shown import Showing, seconds, way_back

operations = Operations()
READ = Scope.RETURN_REFUND
Words = Annotated[list[str], Field(max_length=50)]


class SearchReturns(Body):
    return_ids: Numbers | None = None
    order_ids: Numbers | None = None
    buyer_user_ids: Numbers | None = None
    return_types: Words | None = None
    return_status: Words | None = None
    arbitration_status: Words | None = None
    seller_proposed_return_type: Words | None = None
    create_time_ge: Seconds | None = None
    create_time_lt: Seconds | None = None
    update_time_ge: Seconds | None = None
    update_time_lt: Seconds | None = None
    locale: str = "en-US"

    def filter(self) -> CaseFilter:
        """As cases know it."""
        return CaseFilter(
            ids=_ids(self.return_ids, CaseId),
            order_ids=_ids(self.order_ids, OrderId),
            buyer_ids=_ids(self.buyer_user_ids, PersonId),
            kinds=_kinds(self.return_types),
            standings=words.meant(words.STATUSES, self.return_status),
            arbitration=words.meant(words.ARBITRATIONS, self.arbitration_status),
            opened_from=instant(self.create_time_ge),
            opened_before=instant(self.create_time_lt),
            changed_from=instant(self.update_time_ge),
            changed_before=instant(self.update_time_lt),
        )


class Span(Body):
    min_unix_time_inclusive: Seconds | None = None
    max_unix_time_exclusive: Seconds | None = None


class Times(Body):
    create_time: Span = Span()
    update_time: Span = Span()


class Filters(Body):
    """Of aftersales requests and of return parcels: what one of them lacks is not set."""

    aftersales_request_ids: Numbers | None = None
    aftersales_request_statuses: Words | None = None
    return_types: Words | None = None
    main_order_ids: Numbers | None = None
    buyer_ids: Numbers | None = None
    rma_ids: Numbers | None = None
    package_ids: Numbers | None = None
    statuses: Words | None = None
    time: Times = Times()

    def filter(self) -> CaseFilter:
        """As cases know it."""
        asked, changed = self.time.create_time, self.time.update_time
        return CaseFilter(
            ids=_ids(self.aftersales_request_ids or self.rma_ids or self.package_ids, CaseId),
            order_ids=_ids(self.main_order_ids, OrderId),
            buyer_ids=_ids(self.buyer_ids, PersonId),
            kinds=_kinds(self.return_types),
            standings=words.meant(words.REVIEWS, self.aftersales_request_statuses),
            opened_from=instant(asked.min_unix_time_inclusive),
            opened_before=instant(asked.max_unix_time_exclusive),
            changed_from=instant(changed.min_unix_time_inclusive),
            changed_before=instant(changed.max_unix_time_exclusive),
        )


class Sort(Body):
    sort_field: str | None = None
    sort_order: SortOrder = SortOrder.DESC


class Pagination(Body):
    page_size: Annotated[int, Field(ge=1, le=100)] = 20
    page_token: Annotated[str, Field(max_length=500)] = ""


class SearchRequests(Body):
    whitelisted_data_fields: Words = Field(default_factory=list)
    filters: Filters = Filters()
    sort: Sort = Sort()
    pagination: Pagination = Pagination()

    def paged(self) -> Paged:
        """The page, which other searches ask for in the query."""
        return Paged(
            page_size=self.pagination.page_size,
            page_token=self.pagination.page_token,
            sort_field=self.sort.sort_field,
            sort_order=self.sort.sort_order,
        )


class Locale(Query):
    locale: str = "en-US"


@operations.post(
    "/return_refund/202602/returns/search",
    older=("202309",),
    scope=READ,
    query=Paged,
    body=SearchReturns,
)
def search_returns(ask: Ask[Paged, SearchReturns]) -> Data:
    """The shop's cases."""
    cases, told = page_of(ask, ask.query, ask.body.filter())
    showing = Showing.of(ask.tx, cases, ask.body.locale)
    return {"return_orders": [_return(showing, case) for case in cases], **told}


@operations.post(
    "/return_refund/202603/aftersales/search", scope=READ, query=Locale, body=SearchRequests
)
def search_aftersales_requests(ask: Ask[Locale, SearchRequests]) -> Data:
    """The same as aftersales requests."""
    cases, told = page_of(ask, ask.body.paged(), ask.body.filters.filter())
    showing = Showing.of(ask.tx, cases, ask.query.locale)
    return {
        "aftersales_requests": [_request(showing, case, ask.body) for case in cases],
        **told,
    }


@operations.post("/return_refund/202604/rma/search", scope=READ, query=Locale, body=SearchRequests)
def search_return_merchandise_authorizations(ask: Ask[Locale, SearchRequests]) -> Data:
    """The parcels in which goods come back."""
    wanted = ask.body.filters.filter()
    wanted = replace(
        wanted,
        kinds=(Kind.RETURN_AND_REFUND,),
        standings=words.meant(words.PARCELS, ask.body.filters.statuses),
    )
    cases, told = page_of(ask, ask.body.paged(), wanted)
    showing = Showing.of(ask.tx, cases, ask.query.locale)
    return {
        "return_merchandise_authorizations": [_parcel(showing, case, ask.body) for case in cases],
        **told,
    }


@operations.get("/return_refund/202309/returns/{return_id}/records", scope=READ, query=Locale)
def get_return_records(ask: Ask[Locale, Any]) -> Data:
    """What happened to a case, the newest first."""
    case = case_of(ask, ask.id("return_id", CaseId))
    showing = Showing.of(ask.tx, [case], ask.query.locale)
    records = aftersales.records(ask.tx, case.id)
    shown = files.given(ask.tx, {FileId(id) for one in records for id in one.files})
    told = []
    for one in reversed(records):
        mine = [shown[FileId(id)] for id in one.files if id in shown]
        told.append({**_record(showing, case, one), **_pictures(ask, mine)})
    return {"records": told}


def _return(showing: Showing, case: Case) -> Data:
    currency = {"currency": case.currency.value}
    found = {**showing.case(case), "discount_amount": [{**currency, **showing.discounts(case)}]}
    if _comes_back(case):
        found["shipping_fee_amount"] = [{**currency, **way_back(case)}]
    if case.offered_minor is not None:
        found["partial_refund"] = {**currency, "amount": _offer(case)}
    return found


def _nested(showing: Showing, case: Case) -> Data:
    found = {**showing.case(case), "discount": showing.discounts(case)}
    if _comes_back(case):
        found["shipping_fee"] = {f"{name}_amount": sum for name, sum in way_back(case).items()}
    keeps = found.pop("can_buyer_keep_item", None)
    if keeps is not None:
        found["buyer_keep_item"] = keeps
    if case.offered_minor is not None:
        offer = {"partial_refund_total": _offer(case), "currency": case.currency.value}
        found["partial_refund_amount"] = offer
    return found


def _request(showing: Showing, case: Case, ask: SearchRequests) -> Data:
    found: dict[str, Any] = {
        "id": str(int(case.id)),
        "status": words.said(words.REVIEWS, case),
    }
    if "RETURN_MERCHANDISE_AUTHORIZATIONS" in ask.whitelisted_data_fields and _comes_back(case):
        found["return_merchandise_authorizations"] = [_parcel(showing, case, SearchRequests())]
    return found | _more(showing, case, ask)


def _parcel(showing: Showing, case: Case, ask: SearchRequests) -> Data:
    id = str(int(case.id))
    status = words.said(words.PARCELS, case)
    found = {"id": id, "package_id": id, "aftersales_request_id": id, "status": status}
    return found | _more(showing, case, ask)


def _more(showing: Showing, case: Case, ask: SearchRequests) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "LINE_ITEMS" in ask.whitelisted_data_fields:
        found["line_items"] = showing.references(case)
    if "SKU_RETURN_REQUESTS" in ask.whitelisted_data_fields:
        found["sku_return_requests"] = [_nested(showing, case)]
    return found


def _comes_back(case: Case) -> bool:
    return case.kind is Kind.RETURN_AND_REFUND


def _offer(case: Case) -> str:
    return amount(case.offered_minor or 0, case.currency)


def _record(showing: Showing, case: Case, one: aftersales.Record) -> Data:
    opened = one.before is None
    return {
        "event": f"RETURN_{one.verb.upper()}",
        "role": words.ROLES[one.role],
        "description": f"{one.role} {one.verb}".replace("_", " ").capitalize(),
        "reason_text": showing.texts.get((case.kind.value, one.reason), one.reason)
        if opened
        else one.reason,
        "note": one.note,
        "create_time": seconds(one.at),
    }


def _pictures(ask: Ask[Any, Any], shown: list[File]) -> Data:
    images = [
        {"url": file_links.url_of(ask.parts, one), "width": one.width_px, "height": one.height_px}
        for one in shown
        if one.kind is FileKind.IMAGE
    ]
    videos = [
        {"url": file_links.url_of(ask.parts, one)} for one in shown if one.kind is FileKind.VIDEO
    ]
    return {name: each for name, each in (("images", images), ("videos", videos)) if each}


def _ids(numbers: list[int] | None, kind: Any) -> Any:
    return tuple(kind(number) for number in numbers) if numbers else None


def _kinds(asked: list[str] | None) -> tuple[Kind, ...] | None:
    return tuple(kind for kind, word in words.KINDS.items() if word in asked) if asked else None
