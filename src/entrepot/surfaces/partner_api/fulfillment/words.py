"""Packages in the dialect's words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from entrepot.contexts import logistics, orders
from entrepot.contexts.logistics import (
    Origin,
    Parcel,
    ParcelId,
    ParcelNotFound,
    Shipper,
    Size,
    Unit,
)
from entrepot.contexts.logistics import State as ParcelState
from entrepot.contexts.orders import Line, OrderId, UnitId
from entrepot.kernel.problems import Problem, each, only
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Carrier
from entrepot.surfaces.partner_api.codes import Refused, invalid, refused
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask
from entrepot.surfaces.partner_api.orders import of_shop
from entrepot.surfaces.partner_api.shapes import Body

STATUS = {
    ParcelState.CREATED: "TO_FULFILL",
    ParcelState.LABELLED: "PROCESSING",
    ParcelState.HANDED_OVER: "FULFILLING",
    ParcelState.IN_TRANSIT: "FULFILLING",
    ParcelState.DELIVERED: "COMPLETED",
    ParcelState.LOST: "CANCELLED",
    ParcelState.RETURNING: "CANCELLED",
    ParcelState.RETURNED: "CANCELLED",
    ParcelState.CANCELLED: "CANCELLED",
}
SUB_STATUS = {
    ParcelState.CREATED: "STOCKING",
    ParcelState.LABELLED: "RTS",
    ParcelState.HANDED_OVER: "TTS",
    ParcelState.IN_TRANSIT: "TTS",
    ParcelState.DELIVERED: "DELIVERED",
    ParcelState.LOST: "SHIP_EXCEPTION",
    ParcelState.RETURNING: "SHIP_EXCEPTION",
    ParcelState.RETURNED: "SHIP_EXCEPTION",
    ParcelState.CANCELLED: "CANCELLED",
}
EXCEPTIONS = {
    ParcelState.LOST: "PACKAGE_LOST",
    ParcelState.RETURNING: "RETURNED_TO_SHIPPER",
    ParcelState.RETURNED: "RETURNED_TO_SHIPPER",
}
TAGS = {Origin.WHOLE: "DEFAULT", Origin.SPLIT: "SPLIT", Origin.COMBINED: "COMBINE"}
SHIPPING_TYPES = {Shipper.PLATFORM: "TIKTOK", Shipper.MERCHANT: "SELLER"}
GRAMS = {"GRAM": Decimal(1), "KILOGRAM": Decimal(1000), "MILLIGRAM": Decimal("0.001")}
GRAMS |= {"POUND": Decimal("453.59237"), "OUNCE": Decimal("28.349523125")}
MILLIMETRES = {"CM": Decimal(10), "CENTIMETER": Decimal(10), "INCH": Decimal("25.4")}
MILLIMETRES |= {"METER": Decimal(1000), "MILLIMETER": Decimal(1), "FOOT": Decimal("304.8")}
MILLIMETRES |= {"MICRON": Decimal("0.001")}
MOST = 10**9


class Weight(Body):
    value: str = "0"
    unit: str = "GRAM"


class Dimension(Body):
    length: str = "0"
    width: str = "0"
    height: str = "0"
    unit: str = "CM"


def size_of(weight: Weight | None, dimension: Dimension | None) -> Size:
    """What a parcel weighs and measures, in grams and millimetres; a zero tells nothing."""
    sides = dimension or Dimension()
    unit = _unit("dimension.unit", MILLIMETRES, sides.unit)
    heavy = weight or Weight()
    return Size(
        weight_g=_measured("weight", heavy.value, _unit("weight.unit", GRAMS, heavy.unit)),
        length_mm=_measured("dimension.length", sides.length, unit),
        width_mm=_measured("dimension.width", sides.width, unit),
        height_mm=_measured("dimension.height", sides.height, unit),
    )


def _unit(field: str, known: Mapping[str, Decimal], unit: str) -> Decimal:
    if unit not in known:
        raise invalid(field, f"one of {', '.join(known)}")
    return known[unit]


def _measured(field: str, said: str, unit: Decimal) -> int | None:
    try:
        found = Decimal(said) * unit
    except InvalidOperation as error:
        raise invalid(field, "a number") from error
    if not found.is_finite() or not 0 <= found <= MOST:
        raise invalid(field, "a number that is not negative")
    return int(found.to_integral_value()) or None


def measures(size: Size) -> Data:
    """What is known of a parcel's size, as the dialect tells it."""
    told: dict[str, Any] = {}
    if size.weight_g is not None:
        told["weight"] = {"value": str(size.weight_g), "unit": "GRAM"}
    sides = {"length": size.length_mm, "width": size.width_mm, "height": size.height_mm}
    if all(side is not None for side in sides.values()):
        shown = {name: f"{Decimal(side or 0) / 10:f}" for name, side in sides.items()}
        told["dimension"] = {**shown, "unit": "CM"}
    return told


def package(ask: Ask[Any, Any], id: ParcelId) -> Parcel:
    """A package of the shop that is asked about; any other one is not found."""
    parcel = only(logistics.by_ids(ask.tx, [id]))
    if parcel.shop_id != ask.shop.id:
        raise ParcelNotFound(id)
    return parcel


def packages(ask: Ask[Any, Any], ids: Sequence[int]) -> list[Parcel | Problem]:
    """Packages of the shop, with an outcome for each id."""
    wanted = [ParcelId(id) for id in ids]
    return [
        ParcelNotFound(id) if not isinstance(one, Parcel) or one.shop_id != ask.shop.id else one
        for id, one in zip(wanted, logistics.by_ids(ask.tx, wanted), strict=True)
    ]


def error_of(parcel_id: int, problem: Problem | Refused) -> Data:
    """What went wrong with one package of many."""
    told = problem if isinstance(problem, Refused) else refused(problem)
    detail = {"package_id": str(int(parcel_id))}
    return {"code": told.code, "message": told.message, "detail": detail}


def units_of(ask: Ask[Any, Any], ids: Sequence[int], order_id: OrderId | None = None) -> set[Unit]:
    """The units that order line items mean; each has to be one of the shop's orders."""
    found = orders.at_units(ask.tx, [UnitId(id) for id in ids])
    units = {Unit(*place) for place in found.values()}
    inside = {unit.order_id for unit in units}
    if len(found) < len({*ids}) or (order_id is not None and inside - {order_id}):
        raise invalid("order_line_item_ids", "order line items of this order")
    of_shop(ask, sorted(inside))
    return units


def carrier_of(tx: Tx, market: str, provider_id: str | None) -> Carrier:
    """The carrier that a shipping provider id means."""
    said = provider_id or ""
    found = logistics.carrier_by_id(tx, market, int(said)) if said.isdigit() else None
    if found is None:
        raise invalid("shipping_provider_id", "an id of the shipping providers of this market")
    return found


def item_ids(tx: Tx, parcels: Sequence[Parcel]) -> dict[ParcelId, list[str]]:
    """The order line items in parcels."""
    lines = _lines(tx, parcels)
    return {
        parcel.id: [
            str(lines[packed.order_id, packed.pos].first_unit + n)
            for packed in parcel.lines
            for n in packed.units
        ]
        for parcel in parcels
    }


def _lines(tx: Tx, parcels: Sequence[Parcel]) -> dict[tuple[OrderId, int], Line]:
    ids = {id for parcel in parcels for id in parcel.order_ids}
    return {(line.order_id, line.pos): line for line in orders.lines(tx, ids)}


def seconds(at: datetime) -> int:
    """An instant as the dialect counts it."""
    return int(at.timestamp())


def listed(ask: Ask[Any, Any], parcels: Sequence[Parcel]) -> list[Data]:
    """Packages in a list."""
    known = logistics.carriers(ask.tx, ask.shop.market)
    lines, items = _lines(ask.tx, parcels), item_ids(ask.tx, parcels)
    return [
        {
            "id": str(int(parcel.id)),
            "orders": _orders(parcel, lines),
            "create_time": seconds(parcel.created_at),
            "update_time": seconds(parcel.updated_at),
            "status": STATUS[parcel.state],
            "order_line_item_ids": items[parcel.id],
            **carried(parcel, known),
        }
        for parcel in parcels
    ]


def detail(ask: Ask[Any, Any], parcel: Parcel) -> Data:
    """All that is known of one package."""
    known = logistics.carriers(ask.tx, ask.shop.market)
    lines = _lines(ask.tx, [parcel])
    told: dict[str, Any] = {
        "package_id": str(int(parcel.id)),
        "orders": _orders(parcel, lines),
        "package_status": STATUS[parcel.state],
        "package_sub_status": SUB_STATUS[parcel.state],
        "split_and_combine_tag": TAGS[parcel.origin],
        "has_multi_skus": len({lines[one.order_id, one.pos].sku_id for one in parcel.lines}) > 1,
        "note_tag": "BUYER_UNNOTED",
        "shipping_type": SHIPPING_TYPES[parcel.shipper],
        "create_time": seconds(parcel.created_at),
        "update_time": seconds(parcel.updated_at),
        "order_line_item_ids": item_ids(ask.tx, [parcel])[parcel.id],
        **carried(parcel, known),
        **measures(parcel.size),
    }
    if parcel.state in EXCEPTIONS:
        told["ship_exception_reason"] = EXCEPTIONS[parcel.state]
    if parcel.handover is not None:
        told["handover_method"] = parcel.handover.method.upper()
        if parcel.handover.pickup is not None:
            start, end = parcel.handover.pickup
            told["pickup_slot"] = {"start_time": seconds(start), "end_time": seconds(end)}
    heads = each(orders.by_ids(ask.tx, parcel.order_ids))
    recipient = orders.recipients(ask.tx, heads).get(parcel.group_id)
    if recipient is not None:
        told["recipient_address"] = _address(recipient)
    return told


def carried(parcel: Parcel, known: Mapping[str, Carrier]) -> Data:
    """Who brings a package, if that is known."""
    if parcel.carrier is None:
        return {}
    carrier = known.get(parcel.carrier)
    told = {
        "tracking_number": parcel.tracking_number,
        "shipping_provider_name": parcel.carrier if carrier is None else carrier.name,
    }
    return told if carrier is None else {**told, "shipping_provider_id": str(carrier.id)}


def _orders(parcel: Parcel, lines: Mapping[tuple[OrderId, int], Line]) -> list[Data]:
    return [
        {
            "id": str(int(id)),
            "skus": [
                {
                    "id": str(int(lines[one.order_id, one.pos].sku_id)),
                    "name": lines[one.order_id, one.pos].title,
                    "quantity": one.quantity,
                }
                for one in parcel.lines
                if one.order_id == id
            ],
        }
        for id in parcel.order_ids
    ]


def _address(recipient: orders.Recipient) -> Data:
    lines = recipient.address
    streets = [lines[name] for name in ("street", "line1", "line2", "extra") if lines.get(name)]
    towns = ("city", "region", "postal_code", "country")
    places = [lines[name] for name in towns if lines.get(name)]
    told = {
        "name": recipient.name,
        "phone_number": recipient.phone,
        "full_address": ", ".join([*streets, *places]),
        "address_detail": ", ".join(streets),
        "postal_code": lines.get("postal_code", ""),
        "region_code": lines.get("country", ""),
    }
    return told | {f"address_line{n}": street for n, street in enumerate(streets[:4], 1)}
