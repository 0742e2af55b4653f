"""What keeps the platform running: goods that arrive, the clock, carriers, settlement runs."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from entrepot.contexts import inventory, logistics, merchants, settlement
from entrepot.contexts.catalog import SkuId
from entrepot.contexts.inventory import LocationId, NewReceipt, ReceiptId
from entrepot.contexts.logistics import Parcel, ParcelId
from entrepot.contexts.merchants import ShopId
from entrepot.flows import receiving, shipping
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, Problem, only
from entrepot.kernel.tx import Tx
from entrepot.surfaces.worker import advance, sweeps
from entrepot.surfaces.worker.cashier import Cashier

from . import order_views
from .calls import Call, ThisCall, demand
from .order_views import ParcelView
from .problems import refusals
from .routing import noun
from .views import (
    NO_NUL,
    Asked,
    Count,
    CountryCode,
    Slug,
    Text,
    View,
    example,
)

router = noun("/operations", tag="operations")

MOST_DAYS = 400  # That the clock is moved by in one call.


class Permission(StrEnum):
    """What belongs to the platform as a whole."""

    CLOCK = "clock:advance"
    EVENTS = "events:retry"


class NoSandbox(Problem):
    status, slug, title = 409, "no-sandbox", "This is only played in a sandbox"

    def __init__(self) -> None:
        super().__init__("this installation is in earnest: carriers and the clock are real")


Line = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]


class AskAddress(Asked):
    """Where a location is; which parts it takes differs by country."""

    model_config = example(
        {"street": "1 Science Road", "city": "Guangzhou", "region": "GD", "postal_code": "510000"}
    )

    street: Text
    city: Text
    extra: Line = ""
    region: Line = ""
    postal_code: Line = ""

    def address(self) -> inventory.Address:
        """As stock knows it."""
        return inventory.Address(**self.model_dump())


class AddressView(View):
    street: str
    city: str
    extra: str
    region: str
    postal_code: str


class AskLocation(Asked):
    model_config = example({"code": "GZ1", "name": "Guangzhou 1", "country": "CN"})

    code: Text
    name: Text
    country: CountryCode
    keeper_id: OrganisationId | None = None
    markets: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=50)] | None = None
    address: AskAddress | None = None


class LocationView(View):
    id: LocationId
    code: str
    name: str
    country: str
    keeper_id: Id
    markets: list[str] | None
    address: AddressView | None


class AskReceipt(Asked):
    """Goods as counted and checked. Without an owner they are the platform's, at agreed cost."""

    model_config = example(
        {
            "market": "us",
            "sku_id": "144115188075855873",
            "location_id": "144115188075855874",
            "owner_id": "144115188075855875",
            "accepted": 100,
            "rejected": 2,
        }
    )

    market: Slug
    sku_id: SkuId
    location_id: LocationId
    owner_id: OrganisationId | None = None
    accepted: Count
    rejected: Count = 0
    note: Annotated[str, StringConstraints(max_length=500, pattern=NO_NUL)] = ""


class ReceiptView(View):
    receipt_id: ReceiptId


class ClockView(View):
    """Business time, and whether it can be moved here."""

    now: datetime
    movable: bool


class AskAdvance(Asked):
    """By so many days, or to an instant. Everything that falls due meanwhile is done."""

    model_config = example({"days": 8})

    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] | None = None
    to: AwareDatetime | None = None


class AdvancedView(ClockView):
    steps: int


class AskCarrierEvent(Asked):
    """What a carrier says of a parcel."""

    model_config = example({"event": "delivered", "at": "2024-04-05T15:00:00Z"})

    event: Literal["delivered", "lost", "returned_to_sender"]
    at: AwareDatetime | None = None


class RunView(View):
    """How much was done, and how many sums wait for an account, a rate or the minimum."""

    steps: int
    waiting: int


class SentView(View):
    sent: int
    looked_up: int


class AskStanding(Asked):
    """How a shop stood in a month's window. No score is not a score of zero."""

    model_config = example({"month_on": "2024-05-01", "score": 350, "shipped_orders": 120})

    month_on: date
    score: Annotated[int, Field(ge=0, le=500)] | None = None
    shipped_orders: Count


class AskReserve(Asked):
    model_config = example({"level": 1, "reason": "rising disputes"})

    level: Annotated[int, Field(ge=0, le=3)]
    reason: Text


class DoneView(View):
    shop_id: ShopId


@router.get("/locations")
def list_locations(call: ThisCall) -> list[LocationView]:
    """Where goods lie."""
    return call.signed_in(
        lambda tx: [LocationView.model_validate(place) for place in inventory.places(tx)]
    )


@router.post("/locations", status_code=201, responses=refusals(Forbidden, BadInput))
def open_location(body: AskLocation, call: ThisCall) -> LocationView:
    """Open a place where goods lie; without a keeper it is the platform's."""
    keeper = OrganisationId(0) if body.keeper_id is None else body.keeper_id
    wish = inventory.NewLocation(
        code=body.code,
        name=body.name,
        country=body.country,
        keeper_id=keeper,
        markets=body.markets,
        address=None if body.address is None else body.address.address(),
    )
    return call.once(LocationId, lambda tx: only(inventory.locate(tx, [wish])).id, _location)


@router.put("/locations/{location_id}/address", responses=refusals(Forbidden, NotFound, BadInput))
def set_address(location_id: LocationId, body: AskAddress, call: ThisCall) -> LocationView:
    """Say where a location is: for whoever keeps it. Tools of the merchant are told, too."""
    wish = inventory.LocationEdit(location_id=location_id, address=body.address())
    done = call.signed_in(lambda tx: only(inventory.set_addresses(tx, [wish])))
    return LocationView.model_validate(done)


@router.post("/receipts", status_code=201, responses=refusals(Forbidden, NotFound, BadInput))
def receive(body: AskReceipt, call: ThisCall) -> ReceiptView:
    """Take goods in; what was bought out is owed to its supplier from then on, as was agreed."""
    given = body.model_dump(exclude={"market", "owner_id"})
    owner = OrganisationId(0) if body.owner_id is None else body.owner_id
    receipt = NewReceipt(owner_id=owner, **given)
    arrival = receiving.Arrival(receipt=receipt, market=body.market)
    return call.once(
        ReceiptId,
        lambda tx: only(receiving.receive_as_agreed(tx, [arrival])).id,
        lambda _, receipt: ReceiptView(receipt_id=receipt),
    )


@router.get("/clock")
def read_clock(call: ThisCall) -> ClockView:
    """What time it is for business."""
    movable = call.parts.is_sandbox
    return call.signed_in(lambda tx: ClockView(now=tx.now, movable=movable))


@router.post("/clock/advance", status_code=201, responses=refusals(NoSandbox, Forbidden))
def advance_clock(body: AskAdvance, call: ThisCall) -> AdvancedView:
    """Move business time ahead, from one due instant to the next, with all that falls due."""
    _in_sandbox(call)
    start = call.signed_in(lambda tx: _asked_by(tx, Permission.CLOCK).now)
    goal = _goal(start, body)
    parts, seen = call.parts, list[str]()
    who = parts.platform("clock.advance")
    cashier = Cashier(parts.work, who, parts.providers, parts.payout_providers)
    advance(cashier, parts.rates, goal, lambda due: seen.append(due.what))
    now = call.signed_in(lambda tx: tx.now)
    return AdvancedView(now=now, movable=True, steps=len(seen))


@router.post(
    "/shipments/{parcel_id}/carrier-events",
    status_code=201,
    responses=refusals(NoSandbox, Forbidden, NotFound),
)
def carrier_event(parcel_id: ParcelId, body: AskCarrierEvent, call: ThisCall) -> ParcelView:
    """Play the carrier: a parcel has arrived, is lost, or goes back."""
    _in_sandbox(call)
    wish = shipping.Arrival(parcel_id=parcel_id, at=body.at)
    flow = CARRIERS[body.event]

    def tell(tx: Tx) -> ParcelId:
        parcel = only(logistics.by_ids(tx, [parcel_id]))
        if not tx.actor.may(logistics.Permission.SHIP):
            raise Forbidden("parcel:ship on the whole platform is not granted to you")
        if body.at is not None and not parcel.changed_at <= body.at <= tx.now:
            raise BadInput("at", "an instant between the parcel's last move and now")
        return only(flow(tx, [wish])).id

    return call.once(ParcelId, tell, _parcel)


@router.post("/settlement-runs", status_code=201, responses=refusals(Forbidden))
def run_settlement(call: ThisCall) -> RunView:
    """Do all that is due by now: timers, tiers, statements, payouts made of them."""
    call.signed_in(lambda tx: _asked_by(tx, settlement.Permission.RUN))
    parts = call.parts
    steps = sweeps.sweep_all(parts.work, parts.platform("settlement.run"), parts.rates)
    waiting = call.signed_in(lambda tx: len(settlement.waiting(tx)))
    return RunView(steps=steps, waiting=waiting)


@router.post("/payout-runs", status_code=201, responses=refusals(Forbidden))
def run_payouts(call: ThisCall) -> SentView:
    """Send what was approved, and find out what became of what was sent."""
    call.signed_in(lambda tx: _asked_by(tx, settlement.Permission.RUN))
    parts = call.parts
    who = parts.platform("payouts.run")
    cashier = Cashier(parts.work, who, parts.providers, parts.payout_providers)
    sent = cashier.send_payouts()
    return SentView(sent=sent, looked_up=cashier.look_up_payouts())


@router.put("/shops/{shop_id}/standings", responses=refusals(Forbidden, NotFound))
def set_standing(shop_id: ShopId, body: AskStanding, call: ThisCall) -> DoneView:
    """Say how a shop stood; the tier of the month follows when it is evaluated."""

    def set_(tx: Tx) -> DoneView:
        demand(tx, settlement.Permission.RUN)
        only(merchants.by_ids(tx, [shop_id]))
        standing = settlement.Standing(
            shop_id=shop_id, source=f"operator:{tx.actor.name}", **body.model_dump()
        )
        settlement.set_standings(tx, [standing])
        return DoneView(shop_id=shop_id)

    return call.signed_in(set_)


@router.put("/shops/{shop_id}/reserve-level", responses=refusals(Forbidden, NotFound))
def set_reserve_level(shop_id: ShopId, body: AskReserve, call: ThisCall) -> DoneView:
    """Hold more or less of what is delivered from now on."""

    def set_(tx: Tx) -> DoneView:
        demand(tx, settlement.Permission.RUN)
        only(merchants.by_ids(tx, [shop_id]))
        settlement.set_reserve_level(tx, shop_id, body.level, body.reason)
        return DoneView(shop_id=shop_id)

    return call.signed_in(set_)


Carried = Callable[[Tx, list[shipping.Arrival]], list[Parcel | Problem]]
CARRIERS: dict[str, Carried] = {
    "delivered": shipping.deliver,
    "lost": shipping.lose,
    "returned_to_sender": shipping.send_back,
}


def _in_sandbox(call: Call) -> None:
    if not call.parts.is_sandbox:
        raise NoSandbox


def _asked_by(tx: Tx, permission: StrEnum) -> Tx:
    demand(tx, permission)
    return tx


def _goal(start: datetime, body: AskAdvance) -> datetime:
    if (body.days is None) == (body.to is None):
        raise BadInput("days", "either a number of days or an instant `to`")
    goal = body.to or start + timedelta(body.days or 0)
    if not start <= goal <= start + timedelta(MOST_DAYS):
        raise BadInput("to", f"an instant in the {MOST_DAYS} days after {start:%Y-%m-%d %H:%M} UTC")
    return goal


def _location(tx: Tx, id: LocationId) -> LocationView:
    return next(LocationView.model_validate(one) for one in inventory.places(tx) if one.id == id)


def _parcel(tx: Tx, id: ParcelId) -> ParcelView:
    return order_views.parcel_of(only(logistics.by_ids(tx, [id])))
