"""Giving packages to carriers: label them, agree on a pickup, correct their numbers."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from entrepot.contexts import logistics, orders
from entrepot.contexts.logistics import Handover, Labelling, Method, NewBundle, Parcel, ParcelId
from entrepot.contexts.orders import OrderId
from entrepot.flows import packing, packing_bench
from entrepot.flows.packing import Packing
from entrepot.kernel.problems import Problem, only
from entrepot.rulebook import DeliveryOption
from entrepot.surfaces.partner_api.codes import Code, Refused, invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations
from entrepot.surfaces.partner_api.orders import of_shop
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.partner_api.shapes import Body, Nothing, Number, Seconds

from . import words
from .services import correctable_h, platform_label, service, service_info, services
from .slots import pickup_slots
from .splitting import UnitRef
from .words import Dimension, Weight

operations = Operations()

NUMBER = re.compile(r"[A-Za-z0-9._/-]{4,50}", re.ASCII)


class Slot(Body):
    start_time: Seconds | None = None
    end_time: Seconds | None = None


class SelfShipment(Body):
    tracking_number: str
    shipping_provider_id: str


class Shipping(Body):
    handover_method: Literal["PICKUP", "DROP_OFF"] | None = None
    pickup_slot: Slot | None = None
    self_shipment: SelfShipment | None = None


class OnePackage(Shipping):
    id: Number


class Batch(Body):
    packages: Annotated[list[OnePackage], Field(min_length=1, max_length=100)]


class ShippingInfo(Body):
    tracking_number: str = ""
    shipping_provider_id: str = ""
    note: Annotated[str, Field(max_length=500)] = ""


class Info(ShippingInfo):
    """One number in a list, or, until version 202309, beside the rest."""

    shipping_info_list: Annotated[tuple[ShippingInfo, ...], Field(max_length=20)] = ()

    @property
    def only(self) -> ShippingInfo:
        """The one carrier and number; a package has no more here."""
        found = self.shipping_info_list or [self]
        if len(found) > 1:
            raise invalid("shipping_info_list", "one tracking number a package")
        return found[0]


class Shipped(Info):
    order_line_list: Annotated[tuple[UnitRef, ...], Field(max_length=200)] = ()
    order_line_item_ids: Annotated[tuple[Number, ...], Field(max_length=200)] = ()  # Until 202309.


class Asked(Body):
    order_line_item_ids: Annotated[tuple[Number, ...], Field(max_length=200)] = ()
    order_line_list: Annotated[tuple[UnitRef, ...], Field(max_length=200)] = ()
    weight: Weight | None = None
    dimension: Dimension | None = None


class Bundling(Body):
    order_ids: Annotated[list[Number], Field(min_length=1, max_length=9_999)]
    handover_method: Literal["PICKUP", "DROP_OFF"]
    shipping_provider_id: str = ""
    tracking_number: str = ""
    phone_tail_number: Annotated[str, Field(max_length=4)] = ""


@operations.post(
    "/fulfillment/202309/packages/{package_id}/ship", scope=Scope.FULFILLMENT_WRITE, body=Shipping
)
def ship_package(ask: Ask[Nothing, Shipping]) -> Data:
    """Label a package: with the seller's carrier and number, or with the platform's."""
    parcel = words.package(ask, ask.id("package_id", ParcelId))
    only(packing.label(ask.tx, [_labelling(ask, parcel, ask.body)]))
    return {}


@operations.post("/fulfillment/202309/packages/ship", scope=Scope.FULFILLMENT_WRITE, body=Batch)
def ship_packages(ask: Ask[Nothing, Batch]) -> Data:
    """Label packages; one that cannot be labelled harms no other."""
    asked, errors, wishes = ask.body.packages, [], []
    found = words.packages(ask, [one.id for one in asked])
    for one, parcel in zip(asked, found, strict=True):
        try:
            if isinstance(parcel, Problem):
                errors.append(words.error_of(one.id, parcel))
            else:
                wishes.append(_labelling(ask, parcel, one))
        except Refused as refusal:
            errors.append(words.error_of(one.id, refusal))
    for wish, outcome in zip(wishes, packing.label(ask.tx, wishes), strict=True):
        if isinstance(outcome, Problem):
            errors.append(words.error_of(wish.parcel_id, outcome))
    return {"errors": errors}


@operations.post(
    "/fulfillment/202610/orders/{order_id}/packages",
    older=("202309",),
    scope=Scope.FULFILLMENT_WRITE,
    body=Shipped,
)
def mark_shipped(ask: Ask[Nothing, Shipped]) -> Data:
    """Pack units of an order and label the package with the seller's carrier and number."""
    id = ask.id("order_id", OrderId)
    of_shop(ask, [id])
    named = [ref.order_line_id for ref in ask.body.order_line_list]
    named = named or [*ask.body.order_line_item_ids]
    units = words.units_of(ask, named, id) if named else ()
    parcel = only(packing.pack(ask.tx, [Packing(order_ids=[id], units=units)]))
    info = ask.body.only
    sent = only(packing.label(ask.tx, [_own(ask, parcel, info)]))
    return {
        "order_id": str(int(id)),
        "order_line_item_ids": words.item_ids(ask.tx, [sent])[sent.id],
        "package_id": str(int(sent.id)),
    }


@operations.post(
    "/fulfillment/202610/packages/{package_id}/shipping_info/update",
    older=("202309",),
    scope=Scope.FULFILLMENT_WRITE,
    body=Info,
)
def update_package(ask: Ask[Nothing, Info]) -> Data:
    """Put another carrier or number on a package that the seller sends."""
    _correct(ask, words.package(ask, ask.id("package_id", ParcelId)), ask.body.only)
    return {}


@operations.post(
    "/fulfillment/202309/orders/{order_id}/shipping_info/update",
    scope=Scope.FULFILLMENT_WRITE,
    body=ShippingInfo,
)
def update_order(ask: Ask[Nothing, ShippingInfo]) -> Data:
    """The same for an order that has one package."""
    id = ask.id("order_id", OrderId)
    of_shop(ask, [id])
    sent = [one for one in logistics.parcels(ask.tx, [id]) if one.holds and one.tracking_number]
    if len(sent) != 1:
        raise Refused(Code.CONFLICT, "The order has not exactly one package that is shipped.")
    _correct(ask, sent[0], ask.body)
    return {}


@operations.post(
    "/fulfillment/202309/orders/{order_id}/shipping_services/query",
    scope=Scope.FULFILLMENT_READ,
    body=Asked,
)
def shipping_services(ask: Ask[Nothing, Asked]) -> Data:
    """By which services of the platform a package of an order can go."""
    id = ask.id("order_id", OrderId)
    of_shop(ask, [id])
    size = words.size_of(ask.body.weight, ask.body.dimension)
    named = [*ask.body.order_line_item_ids] or [
        one.order_line_id for one in ask.body.order_line_list
    ]
    words.units_of(ask, named, id)
    weight = size.weight_g or 0
    planned = [one for one in logistics.parcels(ask.tx, [id]) if one.holds]
    ours = any(one.shipper is logistics.Shipper.PLATFORM for one in planned)
    found = [one for one in services(ask) if ours and (one.max_weight_g or weight) >= weight]
    lines = orders.lines(ask.tx, [id])
    every = [str(unit) for line in lines for unit in orders.unit_ids(line)]
    return {
        "order_id": str(int(id)),
        "order_line_id": [str(int(one)) for one in named] or every,
        "shipping_services": [
            {**service_info(ask, option), "is_default": option is found[0]} for option in found
        ],
        **words.measures(size),
    }


@operations.get(
    "/fulfillment/202309/packages/{package_id}/handover_time_slots", scope=Scope.FULFILLMENT_READ
)
def time_slots(ask: Ask[Nothing, Nothing]) -> Data:
    """When a carrier could fetch a package; dropping it off is always possible."""
    words.package(ask, ask.id("package_id", ParcelId))
    slots = pickup_slots(ask.tx, ask.shop.market, service(ask, None))
    return {
        "can_pickup": bool(slots),
        "can_drop_off": True,
        "can_van_collection": False,
        "pickup_slots": [
            {"start_time": words.seconds(start), "end_time": words.seconds(end), "avaliable": True}
            for start, end in slots
        ],
    }


@operations.post(
    "/fulfillment/202407/bundles", shop=False, scope=Scope.FULFILLMENT_WRITE, body=Bundling
)
@operations.post(
    "/fulfillment/202510/first_mile_bundle",
    scope=Scope.FULFILLMENT_WRITE,
    body=Bundling,
)
def create_bundle(ask: Ask[Nothing, Bundling]) -> Data:
    """Send labelled packages to the platform's warehouse in one piece."""
    body = ask.body
    ids = list(dict.fromkeys(OrderId(id) for id in body.order_ids))
    allowed = packing_bench.shippable(ask.tx, ids)
    parcels, errors = _labelled(ask, allowed)
    if not parcels:
        return {"errors": errors}
    number = None
    if body.handover_method == "DROP_OFF":
        market = parcels[0].market
        carrier = words.carrier_of(ask.tx, market, body.shipping_provider_id)
        number = (carrier.key, _number(body.tracking_number))
    wish = NewBundle(
        merchant_id=ask.seller,
        parcel_ids=[parcel.id for parcel in parcels],
        handover=Method(body.handover_method.lower()),
        number=number,
        phone_end=body.phone_tail_number,
    )
    made = only([logistics.bundle(ask.tx, wish)])
    return {"first_mile_bundle_id": str(int(made.id)), "errors": errors}


def _labelled(ask: Ask[Any, Any], allowed: dict[OrderId, Any]) -> tuple[list[Parcel], list[Data]]:
    """Packages of orders that wait for their carrier, and what is wrong with the other orders."""
    mine = [id for id, order in allowed.items() if not isinstance(order, Problem)]
    found = [
        parcel
        for parcel in logistics.parcels(ask.tx, mine)
        if parcel.state is logistics.State.LABELLED
    ]
    held = {id for parcel in found for id in parcel.order_ids}
    errors: list[Data] = []
    for id, order in allowed.items():
        problem = order if isinstance(order, Problem) else None
        if problem is None and id not in held:
            problem = logistics.CannotBundle("the order has no package that is labelled")
        if problem is not None:
            told = words.error_of(int(id), problem)
            errors.append({**told, "detail": {"order_id": str(int(id))}})
    return found, errors


def _labelling(ask: Ask[Any, Any], parcel: Parcel, how: Shipping) -> Labelling:
    if how.self_shipment is not None:
        own = how.self_shipment
        info = ShippingInfo(
            tracking_number=own.tracking_number, shipping_provider_id=own.shipping_provider_id
        )
        return _own(ask, parcel, info)
    option, pickup = service(ask, None), None
    if how.handover_method == "PICKUP" and how.pickup_slot and how.pickup_slot.start_time:
        pickup = _agreed(ask, option, how.pickup_slot)
    method = Method((how.handover_method or "DROP_OFF").lower())
    return platform_label(parcel, option, Handover(method=method, pickup=pickup))


def _agreed(ask: Ask[Any, Any], option: DeliveryOption, slot: Slot) -> tuple[datetime, datetime]:
    for start, end in pickup_slots(ask.tx, ask.shop.market, option):
        if (slot.start_time, slot.end_time) == (words.seconds(start), words.seconds(end)):
            return start.astimezone(UTC), end.astimezone(UTC)
    raise invalid("pickup_slot", "one of the package's handover time slots")


def _own(ask: Ask[Any, Any], parcel: Parcel, info: ShippingInfo) -> Labelling:
    carrier = words.carrier_of(ask.tx, ask.shop.market, info.shipping_provider_id)
    return Labelling(
        parcel_id=parcel.id,
        carrier=carrier.key,
        tracking_number=_number(info.tracking_number),
        shipper=logistics.Shipper.MERCHANT,
        note=info.note,
    )


def _number(said: str) -> str:
    if not NUMBER.fullmatch(said):
        raise invalid("tracking_number", "4 to 50 letters, numbers, hyphens, dots or slashes")
    return said


def _correct(ask: Ask[Any, Any], parcel: Parcel, info: ShippingInfo) -> None:
    if parcel.shipper is not logistics.Shipper.MERCHANT:
        raise Refused(Code.CONFLICT, "The platform chose the carrier of this package.")
    hours = correctable_h(ask)
    if parcel.labelled_at is None or ask.tx.now > parcel.labelled_at + timedelta(hours=hours):
        raise Refused(Code.CONFLICT, f"Shipping information can be updated for {hours} hours.")
    only(packing.correct(ask.tx, [_own(ask, parcel, info)]))
