"""Logistics: warehouses, delivery options, carriers, shipping templates, tracking."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from entrepot.contexts import identity, inventory
from entrepot.contexts import logistics as parcels
from entrepot.contexts.inventory import Location, LocationId
from entrepot.contexts.logistics import Code as Told
from entrepot.contexts.logistics import Parcel, TrackingEvent
from entrepot.contexts.merchants import Shop, ShopState
from entrepot.contexts.orders import OrderId
from entrepot.kernel.ids import Id
from entrepot.kernel.problems import NotFound
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Carrier, DeliveryOption, Market, Mode
from entrepot.rulebook import of as rules_of

from .codes import Code, Refused
from .envelope import Data
from .operations import Ask, Operations
from .orders import of_shop
from .scopes import Scope
from .shapes import Body, Nothing, Number, Query
from .template_words import Goods, template

operations = Operations()

SELLING = {ShopState.PROBATION, ShopState.ACTIVE, ShopState.RESTRICTED}
KINDS = {
    "standard": "STANDARD",
    "express": "EXPRESS",
    "economy": "ECONOMY",
    "by_seller": "SEND_BY_SELLER",
}
# Numbers of our own for what carriers tell; each comes with its name.
ACTIONS = {
    Told.HANDED_OVER: 10,
    Told.PICKED_UP: 20,
    Told.IN_TRANSIT: 30,
    Told.OUT_FOR_DELIVERY: 40,
    Told.ATTEMPT_FAILED: 50,
    Told.DELAYED: 55,
    Told.DELIVERED: 60,
    Told.DAMAGED: 70,
    Told.REFUSED: 75,
    Told.UNDELIVERABLE: 80,
    Told.LOST: 85,
    Told.RETURNED: 90,
}


class ScopeOf(Query):
    scope: str = "WAREHOUSE"


class Regions(Query):
    warehouse_region: str | None = None
    buyer_region: str | None = None


class OfWarehouse(Query):
    biz_warehouse_id: Number


class Availability(Body):
    product_attribute: Annotated[Goods, Field(default_factory=Goods)]


@operations.get("/logistics/202309/warehouses", scope=Scope.LOGISTICS_READ)
def list_warehouses(ask: Ask[Nothing, Nothing]) -> Data:
    """Where the shop's goods lie: in the merchant's own keeping, and in the platform's."""
    places = _places(ask.tx, ask.shop)
    country = identity.known(ask.tx, [ask.seller])[ask.seller].country
    default = min((place.id for place in places), default=None)
    return {"warehouses": [_warehouse(ask, place, country, default) for place in places]}


@operations.get("/logistics/202309/global_warehouses", scope=Scope.LOGISTICS_READ, shop=False)
def list_global_warehouses(ask: Ask[Nothing, Nothing]) -> Data:
    """Where the merchant's goods lie, whatever they are sold in."""
    used = inventory.used_by(ask.tx, ask.seller)
    return {
        "global_warehouses": [
            {
                "id": str(int(place.id)),
                "name": place.name,
                "ownership": "SELLER" if place.keeper_id == ask.seller else "PLATFORM_COOPERATION",
            }
            for place in inventory.places(ask.tx)
            if place.keeper_id == ask.seller or place.id in used
        ]
    }


@operations.get(
    "/logistics/202309/warehouses/{warehouse_id}/delivery_options",
    scope=Scope.LOGISTICS_READ,
    query=ScopeOf,
)
def list_delivery_options(ask: Ask[ScopeOf, Nothing]) -> Data:
    """How parcels can leave a warehouse; limits are those of the warehouse's options."""
    _place(ask, ask.id("warehouse_id", LocationId))
    limits = ask.query.scope == "WAREHOUSE"
    return {"delivery_options": [_option(one, limits) for one in _options(ask.tx, ask.shop)]}


@operations.get(
    "/logistics/202309/delivery_options/{delivery_option_id}/shipping_providers",
    scope=Scope.LOGISTICS_READ,
    query=Regions,
)
def list_shipping_providers(ask: Ask[Regions, Nothing]) -> Data:
    """The carriers among whom the merchant can choose."""
    id = int(ask.id("delivery_option_id", Id))
    market = ask.shop.market
    option = parcels.delivery_option_by_id(ask.tx, market, id)
    if option is None:
        raise NotFound("delivery option", id)
    if option.ships == "platform":
        raise Refused(Code.CONFLICT, "The platform chooses the carrier of this delivery option.")
    known = parcels.carriers(ask.tx, market)
    return {"shipping_providers": [_provider(known[key]) for key in option.carriers]}


@operations.get("/logistics/202510/seller_templates", scope=Scope.LOGISTICS_READ, body=Availability)
def list_templates(ask: Ask[Nothing, Availability]) -> Data:
    """The shop's shipping template, and whether goods of some size can be sent by it.

    A shop has one: the delivery options of whoever ships its parcels by its mode.
    """
    options = _options(ask.tx, ask.shop)
    return {"templates": [template(options, ask.body.product_attribute)] if options else []}


@operations.get(
    "/logistics/202606/seller_template/template_exist",
    scope=Scope.LOGISTICS_READ,
    query=OfWarehouse,
)
def template_exists(ask: Ask[OfWarehouse, Nothing]) -> Data:
    """Whether parcels of the shop can leave a warehouse by a template."""
    id = LocationId(ask.query.biz_warehouse_id)
    here = any(place.id == id for place in _places(ask.tx, ask.shop))
    return {"template_exist": here and bool(_options(ask.tx, ask.shop))}


@operations.get("/logistics/202604/orders/{order_id}/tracking", scope=Scope.LOGISTICS_READ)
def order_tracking(ask: Ask[Nothing, Nothing]) -> Data:
    """What was told of each parcel of an order, the newest first."""
    id = ask.id("order_id", OrderId)
    of_shop(ask, [id])
    sent = [one for one in parcels.parcels(ask.tx, [id]) if one.tracking_number is not None]
    told = parcels.tracking(ask.tx, [one.id for one in sent])
    known = parcels.carriers(ask.tx, ask.shop.market)
    return {
        "order_id": str(int(id)),
        "logistics_details": [_detail(one, told[one.id], known) for one in sent],
    }


def _places(tx: Tx, shop: Shop) -> list[Location]:
    """The merchant's own warehouses that ship to the market, and others that hold its goods."""
    used = inventory.used_by(tx, shop.merchant_id)
    return sorted(
        (
            place
            for place in inventory.places(tx)
            if (place.markets is None or shop.market in place.markets)
            and (place.keeper_id == shop.merchant_id or place.id in used)
        ),
        key=lambda place: (place.keeper_id != shop.merchant_id, place.id),
    )


def _place(ask: Ask[Any, Any], id: LocationId) -> Location:
    for place in _places(ask.tx, ask.shop):
        if place.id == id:
            return place
    raise NotFound("warehouse", id)


def _warehouse(
    ask: Ask[Any, Any], place: Location, country: str, default: LocationId | None
) -> Data:
    id = str(int(place.id))
    return {
        "id": id,
        "entity_id": id,
        "name": place.name,
        "effect_status": "ENABLED" if ask.shop.state in SELLING else "RESTRICTED",
        "type": "SALES_WAREHOUSE",
        "sub_type": _sub_type(ask, place, country),
        "is_default": place.id == default,
        "address": _address(place),
    }


def _sub_type(ask: Ask[Any, Any], place: Location, country: str) -> str:
    market: Market = rules_of(ask.tx).on(Market, ask.shop.market, ask.tx.now.date()).row({})
    if place.country not in market.countries:
        return "CB_DIRECT_SHIPPING_WAREHOUSE"
    return "DOMESTIC_WAREHOUSE" if country in market.countries else "CB_OVERSEA_WAREHOUSE"


def _address(place: Location) -> Data:
    """What is known of it; the country always is."""
    told = {"region": place.country, "region_code": place.country}
    said = place.address
    if said is None:
        return {**told, "full_address": place.country}
    told |= {
        "state": said.region,
        "city": said.city,
        "postal_code": said.postal_code,
        "address_line1": said.street,
        "address_line2": said.extra,
    }
    parts = (said.street, said.extra, said.city, said.region, said.postal_code, place.country)
    whole = ", ".join(part for part in parts if part)
    return {**{name: line for name, line in told.items() if line}, "full_address": whole}


def _options(tx: Tx, shop: Shop) -> list[DeliveryOption]:
    """The options of whoever ships the shop's parcels."""
    flags: Mode = rules_of(tx).on(Mode, shop.market, tx.now.date()).row({"mode": shop.mode})
    found = parcels.delivery_options(tx, shop.market).values()
    return [option for option in found if option.ships == flags.parcel_shipper]


def _option(option: DeliveryOption, limits: bool) -> Data:
    told: dict[str, Any] = {
        "id": str(option.id),
        "name": option.name,
        "type": KINDS[option.kind],
        "description": option.description,
        "platform": ["TIKTOK_SHOP"],
    }
    if limits and option.max_weight_g is not None:
        told["weight_limit"] = {"min_weight": 1, "max_weight": option.max_weight_g, "unit": "GRAM"}
    if limits and option.max_length_mm is not None:
        told["dimension_limit"] = {
            "max_length": (option.max_length_mm or 0) // 10,
            "max_width": (option.max_width_mm or 0) // 10,
            "max_height": (option.max_height_mm or 0) // 10,
            "unit": "CM",
        }
    return told


def _provider(carrier: Carrier) -> Data:
    return {"id": str(carrier.id), "name": carrier.name}


def _detail(parcel: Parcel, told: Sequence[TrackingEvent], known: dict[str, Carrier]) -> Data:
    carrier = known.get(parcel.carrier or "")
    return {
        "newest_tracking_no": parcel.tracking_number,
        "carrier_name": parcel.carrier if carrier is None else carrier.name,
        "track_list": [_event(parcel, event) for event in reversed(told)],
    }


def _event(parcel: Parcel, event: TrackingEvent) -> Data:
    said = event.text or event.code.replace("_", " ").capitalize()
    return {
        "description": f"{said}, {event.place}" if event.place else said,
        "tracking_no": parcel.tracking_number,
        "update_time_millis": _millis(event.at),
        "action_code": ACTIONS[event.code],
        "action_code_name": event.code.name,
    }


def _millis(at: datetime) -> int:
    return int(at.timestamp()) * 1000 + at.microsecond // 1000
