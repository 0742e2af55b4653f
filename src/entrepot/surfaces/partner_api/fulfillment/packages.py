"""Packages: lists, details, tracking, documents."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from entrepot.contexts import logistics
from entrepot.contexts.logistics import Filter, ParcelId, State
from entrepot.contexts.orders import OrderId
from entrepot.surfaces import papers
from entrepot.surfaces.papers import Format, Kind, PageSize
from entrepot.surfaces.partner_api.codes import Code, Refused, invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.logistics import ACTIONS
from entrepot.surfaces.partner_api.operations import Ask, Operations
from entrepot.surfaces.partner_api.orders import of_shop
from entrepot.surfaces.partner_api.paging import Key, Paged, after, instant, mark, page, shown
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.partner_api.shapes import Body, Nothing, Query, Seconds, SortOrder

from . import words

operations = Operations()

MOST_COUNTED = 10_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STATES = {
    "TO_FULFILL": (State.CREATED,),
    "PROCESSING": (State.LABELLED,),
    "FULFILLING": (State.HANDED_OVER, State.IN_TRANSIT),
    "COMPLETED": (State.DELIVERED,),
    "CANCELLED": (State.LOST, State.RETURNING, State.RETURNED, State.CANCELLED),
}
COLUMNS: dict[str, Literal["created_at", "updated_at"]] = {
    "create_time": "created_at",
    "update_time": "updated_at",
}
DOCUMENTS = {
    "SHIPPING_LABEL": Kind.LABEL,
    "PACKING_SLIP": Kind.SLIP,
    "SHIPPING_LABEL_AND_PACKING_SLIP": Kind.BOTH,
}


Status = Literal["TO_FULFILL", "PROCESSING", "FULFILLING", "COMPLETED", "CANCELLED"]


class SearchPage(Paged):
    sort_field: str = "create_time"


class Wanted(Body):
    create_time_ge: Seconds | None = None
    create_time_lt: Seconds | None = None
    update_time_ge: Seconds | None = None
    update_time_lt: Seconds | None = None
    package_status: Status | None = None


class Document(Query):
    document_type: str
    document_size: Literal["A4", "A5", "A6"] = "A6"
    document_format: Literal["PDF", "ZPL"] = "PDF"


@operations.post(
    "/fulfillment/202309/packages/search",
    scope=Scope.FULFILLMENT_READ,
    query=SearchPage,
    body=Wanted,
)
def search_packages(ask: Ask[SearchPage, Wanted]) -> Data:
    """The shop's packages."""
    column = COLUMNS.get(ask.query.sort_field)
    if column is None:
        raise invalid("sort_field", "create_time or update_time")
    body, key = ask.body, after(ask)
    wanted = Filter(
        shop_id=ask.shop.id,
        states=STATES[body.package_status] if body.package_status else (),
        created=(_instant(body.create_time_ge), _instant(body.create_time_lt)),
        updated=(_instant(body.update_time_ge), _instant(body.update_time_lt)),
        by=column,
        falls=ask.query.sort_order is SortOrder.DESC,
    )
    cursor = None if key is None else (instant(key[0]), ParcelId(int(key[1])))
    rows = logistics.page(ask.tx, wanted, after=cursor, limit=ask.query.page_size + 1)

    def place(parcel: logistics.Parcel) -> Key:
        at = parcel.created_at if column == "created_at" else parcel.updated_at
        return mark(at), int(parcel.id)

    total = logistics.count(ask.tx, wanted, MOST_COUNTED)
    told = page(rows, ask, key=place, total=total)
    return {**told, "packages": words.listed(ask, shown(rows, ask))}


@operations.get("/fulfillment/202309/packages/{package_id}", scope=Scope.FULFILLMENT_READ)
def package_detail(ask: Ask[Nothing, Nothing]) -> Data:
    """One package."""
    return words.detail(ask, words.package(ask, ask.id("package_id", ParcelId)))


@operations.get("/fulfillment/202309/orders/{order_id}/tracking", scope=Scope.FULFILLMENT_READ)
def order_tracking(ask: Ask[Nothing, Nothing]) -> Data:
    """What was told of an order's packages, the newest first."""
    id = ask.id("order_id", OrderId)
    of_shop(ask, [id])
    told = logistics.tracking(ask.tx, [one.id for one in logistics.parcels(ask.tx, [id])])
    events = [event for of in told.values() for event in of]
    return {
        "tracking": [
            {
                "description": event.text or event.code.replace("_", " ").capitalize(),
                "update_time_millis": (event.at - EPOCH) // timedelta(milliseconds=1),
                "action_code": ACTIONS[event.code],
            }
            for event in sorted(events, key=lambda event: event.at, reverse=True)
        ]
    }


@operations.get(
    "/fulfillment/202309/packages/{package_id}/shipping_documents",
    scope=Scope.FULFILLMENT_READ,
    query=Document,
)
def shipping_document(ask: Ask[Document, Nothing]) -> Data:
    """Where a label or packing slip is had, without a session, for a day."""
    parcel = words.package(ask, ask.id("package_id", ParcelId))
    kind = DOCUMENTS.get(ask.query.document_type)
    if kind is None:
        raise invalid("document_type", f"one of {', '.join(DOCUMENTS)}")
    if parcel.tracking_number is None or not parcel.holds:
        raise Refused(Code.CONFLICT, "The package has no label: ship it first.")
    wanted = papers.Wanted(
        parcel_id=parcel.id,
        kind=kind,
        size=PageSize(ask.query.document_size.lower()),
        format=Format(ask.query.document_format.lower()),
    )
    if wanted.format is Format.PDF:
        papers.drawable(papers.gather(ask.tx, parcel))
    url = papers.url_of(ask.parts, wanted)
    return {"doc_url": url, "tracking_number": parcel.tracking_number}


def _instant(said: int | None) -> datetime | None:
    return None if said is None else EPOCH + timedelta(seconds=said)
