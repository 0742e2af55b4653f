"""Supply chain: warehouses that say which packages they sent."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import Field

from entrepot.contexts import logistics, orders
from entrepot.contexts.logistics import Labelling, Parcel, ParcelId
from entrepot.flows import packing, shipping
from entrepot.flows.shipping import Arrival
from entrepot.kernel.problems import BadInput, Problem, each

from .codes import Refused
from .envelope import Data
from .fulfillment import words
from .fulfillment.words import Dimension, Weight
from .operations import Ask, Operations
from .scopes import Scope
from .shapes import Body, Nothing, Number

operations = Operations()

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Millis = Annotated[int, Field(ge=0, le=253_402_300_799_000)]
Name = Annotated[str, Field(max_length=255)]


class Sku(Body):
    id: Number
    quantity: Annotated[int, Field(gt=0)]


class Package(Body):
    id: Number
    wms_order_id: Name
    time_zone: Name
    ship_time_millis: Millis
    create_time_millis: Millis
    handover_time_millis: Millis
    shipping_provider_id: Name
    shipping_provider_name: Name
    tracking_number: Name
    dimension: Dimension
    weight: Weight | None = None
    skus: Annotated[list[Sku], Field(min_length=1, max_length=200)]
    provider_warehouse_code: Name | None = None
    provider_warehouse_name: Name | None = None
    shipping_origin_city: Name | None = None
    tcw_warehouse_type: Name | None = None


class Shipped(Body):
    warehouse_provider_id: Number
    packages: Annotated[list[Package], Field(min_length=1, max_length=100)]


@operations.post(
    "/supply_chain/202309/packages/sync",
    shop=False,
    scope=Scope.SUPPLY_CHAIN_WRITE,
    body=Shipped,
)
def confirm_shipments(ask: Ask[Nothing, Shipped]) -> Data:
    """A warehouse handed packages over to carriers; each is judged by itself."""
    asked = {ParcelId(one.id): one for one in ask.body.packages}
    found = dict(zip(asked, logistics.by_ids(ask.tx, [*asked]), strict=True))
    outcomes: dict[ParcelId, Problem | Refused | None] = {}
    wishes: list[Labelling] = []
    for id, one in asked.items():
        parcel = found[id]
        wish = parcel if isinstance(parcel, Problem) else _labelling(ask, parcel, one)
        if isinstance(wish, Labelling):
            wishes.append(wish)
        else:
            outcomes[id] = wish
    for wish, done in zip(wishes, packing.label(ask.tx, wishes), strict=True):
        outcomes[wish.parcel_id] = done if isinstance(done, Problem) else None
    sent = [id for id, outcome in outcomes.items() if outcome is None]
    arrivals = [Arrival(parcel_id=id, at=_at(asked[id].handover_time_millis)) for id in sent]
    each(shipping.collect(ask.tx, arrivals))
    errors = [_error(id, outcome) for id, outcome in outcomes.items() if outcome is not None]
    told: dict[str, Any] = {"success_packages": [str(int(id)) for id in sent]}
    return {**told, "errors": errors} if errors else told


def _labelling(ask: Ask[Any, Any], parcel: Parcel, one: Package) -> Labelling | Problem | Refused:
    if one.time_zone not in available_timezones():
        return BadInput("time_zone", "a name of the IANA time zones")
    if _at(one.handover_time_millis) > ask.tx.now:
        return BadInput("handover_time_millis", "an instant that has come")
    if Counter({sku.id: sku.quantity for sku in one.skus}) != _inside(ask, parcel):
        return BadInput("skus", "what is in the package")
    try:
        carrier = words.carrier_of(ask.tx, parcel.market, one.shipping_provider_id)
        size = words.size_of(one.weight, one.dimension)
    except Refused as refusal:
        return refusal
    return Labelling(
        parcel_id=parcel.id,
        carrier=carrier.key,
        tracking_number=one.tracking_number,
        size=size,
        dispatch={
            "warehouse_provider_id": str(ask.body.warehouse_provider_id),
            **one.model_dump(
                exclude={"id", "skus", "dimension", "weight", "tracking_number"}, exclude_none=True
            ),
        },
        at=_at(one.handover_time_millis),
    )


def _inside(ask: Ask[Any, Any], parcel: Parcel) -> Counter[int]:
    lines = {(line.order_id, line.pos): line for line in orders.lines(ask.tx, parcel.order_ids)}
    counted: Counter[int] = Counter()
    for one in parcel.lines:
        counted[int(lines[one.order_id, one.pos].sku_id)] += one.quantity
    return counted


def _error(id: ParcelId, problem: Problem | Refused) -> Data:
    told = words.error_of(id, problem)
    return {**told, "code": str(told["code"])}


def _at(millis: int) -> datetime:
    return EPOCH + timedelta(milliseconds=millis)
