"""What sellers who bring packages themselves tell of them, and what proves it."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from entrepot.contexts import files, logistics
from entrepot.contexts.files import NewFile, Purpose
from entrepot.contexts.logistics import CarrierEvent, Code, Parcel, Proof, ProofKind, Shipper, State
from entrepot.contexts.orders import OrderId
from entrepot.flows import shipping, tracking
from entrepot.flows.shipping import Arrival
from entrepot.kernel.problems import BadInput, Forbidden, Problem, only
from entrepot.kernel.tx import Tx
from entrepot.surfaces import file_links
from entrepot.surfaces.partner_api.codes import Code as ApiCode
from entrepot.surfaces.partner_api.codes import Refused, invalid, refused
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.logistics import ACTIONS
from entrepot.surfaces.partner_api.operations import Ask, Operations, Upload
from entrepot.surfaces.partner_api.orders import of_shop
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.partner_api.shapes import Body, Nothing, Number

from . import words

operations = Operations()

CARRIER_TELLS = "The carrier tells of this package: sellers tell of what their own fleet brings."

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CODES = {number: code for code, number in ACTIONS.items()}
MOST_IMAGE, MOST_FILE = 5_000_000, 10_000_000
KINDS = {"IMG": ProofKind.IMAGE, "PDF": ProofKind.DOCUMENT}
FAILURES = {
    "PACKAGE_LOST": Code.LOST,
    "PACKAGE_DAMAGE": Code.DAMAGED,
    "BUYER_REFUSED": Code.REFUSED,
}


class Delivery(Body):
    id: Number
    delivery_type: Literal["DELIVERY_SUCCESS", "DELIVERY_FAILED", "UPDATE_POD"]
    fail_delivery_reason: str | None = None
    file_type: Literal["IMG", "PDF"] | None = None
    file_url: Annotated[str, Field(max_length=2_000)] = ""


class Deliveries(Body):
    packages: Annotated[list[Delivery], Field(min_length=1, max_length=100)]


class Location(Body):
    country: str = ""
    state: str = ""
    city: str = ""
    zip_code: str = ""


class Track(Body):
    action_code: int
    occur_time: Annotated[int, Field(ge=0, le=253_402_300_799_000)]
    description: Annotated[str, Field(max_length=1_000)]
    tracking_no: Annotated[str, Field(max_length=100)]
    failed_reason: str | None = None
    proof_url: Annotated[str, Field(max_length=2_000)] = ""
    location: Location | None = None


class Tracks(Body):
    country: str
    order_id: Number
    provider_id: str
    tracks: Annotated[list[Track], Field(min_length=1, max_length=50)]


class Named(Body):
    name: Annotated[str, Field(min_length=1, max_length=255)]


@operations.post(
    "/fulfillment/202309/packages/deliver", scope=Scope.DELIVERY_WRITE, body=Deliveries
)
def update_delivery(ask: Ask[Nothing, Deliveries]) -> Data:
    """Packages that the seller brought, or failed to bring."""
    asked = ask.body.packages
    found = words.packages(ask, [one.id for one in asked])
    ready: list[tuple[Delivery, Parcel]] = []
    errors = []
    for one, parcel in zip(asked, found, strict=True):
        refusal = parcel if isinstance(parcel, Problem) else _refusal(ask, parcel, one)
        if refusal is not None:
            errors.append(words.error_of(one.id, refusal))
        elif isinstance(parcel, Parcel):
            ready.append((one, parcel))
    brought = [(one, parcel) for one, parcel in ready if one.delivery_type == "DELIVERY_SUCCESS"]
    done = shipping.deliver(ask.tx, [Arrival(parcel_id=parcel.id) for _, parcel in brought])
    wrong = {
        parcel.id: outcome
        for (_, parcel), outcome in zip(brought, done, strict=True)
        if isinstance(outcome, Problem)
    }
    errors += [words.error_of(id, problem) for id, problem in wrong.items()]
    failed = [(one, parcel) for one, parcel in ready if one.delivery_type == "DELIVERY_FAILED"]
    tracking.hear(ask.tx, [_failure(ask.tx, one, parcel) for one, parcel in failed])
    proven = [(one, parcel) for one, parcel in ready if one.file_url and parcel.id not in wrong]
    logistics.prove(ask.tx, [_proof(ask, *pair) for pair in proven])
    return {"errors": errors}


@operations.post(
    "/fulfillment/202609/order/sof/track/update", scope=Scope.DELIVERY_WRITE, body=Tracks
)
def update_tracking(ask: Ask[Nothing, Tracks]) -> Data:
    """What happened to packages on their way, told by the seller who brings them."""
    body = ask.body
    of_shop(ask, [OrderId(body.order_id)])
    _may(ask)
    carrier = words.carrier_of(ask.tx, ask.shop.market, body.provider_id)
    if not carrier.own_fleet:
        raise Refused(ApiCode.CONFLICT, CARRIER_TELLS)
    mine = {
        parcel.tracking_number
        for parcel in logistics.parcels(ask.tx, [OrderId(body.order_id)])
        if parcel.carrier == carrier.key and parcel.shipper is Shipper.MERCHANT and parcel.holds
    }
    outcomes: list[Problem | None] = [_untold(ask.tx, track, mine) for track in body.tracks]
    events = [
        _event(carrier.key, track)
        for track, refusal in zip(body.tracks, outcomes, strict=True)
        if refusal is None
    ]
    tracking.hear(ask.tx, events)
    return {
        "track_results": [
            {**_echo(track), **_result(refusal)}
            for track, refusal in zip(body.tracks, outcomes, strict=True)
        ]
    }


@operations.post(
    "/fulfillment/202309/files/upload", scope=Scope.DELIVERY_WRITE, body=Named, files=True
)
def upload_file(ask: Ask[Nothing, Named]) -> Data:
    """A PDF that proves a delivery."""
    upload = _upload(ask, MOST_FILE)
    if not upload.data.startswith(b"%PDF-"):
        raise invalid("data", "a PDF file")
    file = _kept(ask, upload, ask.body.name)
    return {"url": file_links.url_of(ask.parts, file), "name": ask.body.name}


@operations.post("/fulfillment/202309/images/upload", scope=Scope.DELIVERY_WRITE, files=True)
def upload_image(ask: Ask[Nothing, Nothing]) -> Data:
    """A picture that proves a delivery."""
    upload = _upload(ask, MOST_IMAGE)
    file = _kept(ask, upload, upload.filename)
    if file.content_type not in {"image/jpeg", "image/png"}:
        raise invalid("data", "a JPEG or PNG image")
    url = file_links.url_of(ask.parts, file)
    return {"url": url, "height": file.height_px, "width": file.width_px}


def _upload(ask: Ask[Any, Any], most: int) -> Upload:
    upload = ask.files.get("data")
    if upload is None or not 0 < len(upload.data) <= most:
        raise invalid("data", f"a file of 1 to {most} bytes")
    return upload


def _kept(ask: Ask[Any, Any], upload: Upload, name: str) -> files.File:
    wish = NewFile(owner_id=ask.seller, purpose=Purpose.DELIVERY_PROOF, name=name, data=upload.data)
    return only(files.upload(ask.tx, ask.parts.storage, [wish]))


def _may(ask: Ask[Any, Any]) -> None:
    permission = logistics.Permission.SHIP
    if not ask.tx.actor.may(permission, ask.shop.merchant_id):
        raise Forbidden(f"{permission} is not granted to you", permission=permission)


def _refusal(ask: Ask[Any, Any], parcel: Parcel, one: Delivery) -> Problem | Refused | None:
    _may(ask)
    if parcel.shipper is not Shipper.MERCHANT or not _brought_by_seller(ask, parcel):
        return Refused(ApiCode.CONFLICT, CARRIER_TELLS)
    if one.delivery_type == "UPDATE_POD":
        if parcel.state is not State.DELIVERED or not one.file_url:
            return Refused(ApiCode.CONFLICT, "A proof with its file_url, of what is delivered.")
        return None
    if one.delivery_type == "DELIVERY_FAILED" and not one.fail_delivery_reason:
        return BadInput("fail_delivery_reason", "why it could not be delivered")
    return None


def _brought_by_seller(ask: Ask[Any, Any], parcel: Parcel) -> bool:
    """Settlement counts its days from a delivery: of a carrier's parcels, the carrier tells."""
    carrier = logistics.carriers(ask.tx, parcel.market).get(parcel.carrier or "")
    return carrier is not None and carrier.own_fleet


def _failure(tx: Tx, one: Delivery, parcel: Parcel) -> CarrierEvent:
    reason = one.fail_delivery_reason or ""
    code = FAILURES.get(reason, Code.ATTEMPT_FAILED)
    assert parcel.carrier is not None
    assert parcel.tracking_number is not None
    at = max(tx.now, parcel.changed_at)
    return CarrierEvent(
        carrier=parcel.carrier,
        event_id=f"seller:{int(parcel.id)}:{reason}:{words.seconds(at)}",
        tracking_number=parcel.tracking_number,
        code=code,
        at=at,
        text=reason.replace("_", " ").capitalize(),
    )


def _proof(ask: Ask[Any, Any], one: Delivery, parcel: Parcel) -> Proof:
    """What was handed in here is kept as that file: its link ends, and it can be erased."""
    kind, at = KINDS.get(one.file_type or "", ProofKind.LINK), ask.tx.now
    id = file_links.file_of(ask.parts, one.file_url)
    if id is not None and id in files.by_ids(ask.tx, [id]):
        return Proof(parcel_id=parcel.id, kind=kind, file_id=int(id), at=at)
    return Proof(parcel_id=parcel.id, kind=kind, url=one.file_url, at=at)


def _untold(tx: Tx, track: Track, mine: set[str | None]) -> Problem | None:
    if track.action_code not in CODES:
        return BadInput("action_code", f"one of {', '.join(map(str, sorted(CODES)))}")
    if track.tracking_no not in mine:
        return logistics.ParcelNotFound(track.tracking_no)
    if EPOCH + timedelta(milliseconds=track.occur_time) > tx.now:
        return BadInput("occur_time", "an instant that has come")
    return None


def _event(carrier: str, track: Track) -> CarrierEvent:
    place = track.location or Location()
    where = [place.city, place.state, place.zip_code, place.country]
    return CarrierEvent(
        carrier=carrier,
        event_id=f"seller:{track.tracking_no}:{track.action_code}:{track.occur_time}",
        tracking_number=track.tracking_no,
        code=CODES[track.action_code],
        at=EPOCH + timedelta(milliseconds=track.occur_time),
        place=", ".join(part for part in where if part),
        text=track.description,
    )


def _echo(track: Track) -> Data:
    return {
        "action_code": track.action_code,
        "occur_time": track.occur_time,
        "description": track.description,
        "tracking_no": track.tracking_no,
    }


def _result(refusal: Problem | None) -> Data:
    if refusal is None:
        return {"code": 0, "message": "Success"}
    told = refused(refusal)
    return {"code": told.code, "message": told.message}
