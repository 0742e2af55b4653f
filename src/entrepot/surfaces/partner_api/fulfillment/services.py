"""Shipping services: the delivery options whose carrier the platform chooses."""

from collections.abc import Sequence
from typing import Any

from entrepot.contexts import logistics
from entrepot.contexts.logistics import Handover, Labelling, Parcel, Shipper
from entrepot.rulebook import DeliveryOption
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask


def services(ask: Ask[Any, Any]) -> Sequence[DeliveryOption]:
    """By whom the platform's parcels can go in this market, the usual one first."""
    found = logistics.delivery_options(ask.tx, ask.shop.market).values()
    return [option for option in found if option.ships == "platform"]


def correctable_h(ask: Ask[Any, Any]) -> int:
    """For how long the number of a package can be put right that its merchant sends."""
    found = logistics.delivery_options(ask.tx, ask.shop.market).values()
    return max((one.correctable_h for one in found if one.ships == "merchant"), default=0)


def service(ask: Ask[Any, Any], id: str | None) -> DeliveryOption:
    """The service of an id, or the usual one."""
    found = [one for one in services(ask) if not id or str(one.id) == id]
    if not found:
        raise invalid("shipping_service_id", "an id of the eligible shipping services")
    return found[0]


def service_info(ask: Ask[Any, Any], option: DeliveryOption) -> Data:
    """A service, and the carrier that it uses first."""
    told = {"id": str(option.id), "name": option.name}
    carrier = logistics.carriers(ask.tx, ask.shop.market).get(option.carriers[0])
    if carrier is None:
        return told
    provider = {"shipping_provider_id": str(carrier.id), "shipping_provider_name": carrier.name}
    return {**told, **provider}


def platform_label(
    parcel: Parcel, option: DeliveryOption, handover: Handover | None = None
) -> Labelling:
    """A label of the platform's own: its number is made of the parcel's id."""
    return Labelling(
        parcel_id=parcel.id,
        carrier=option.carriers[0],
        tracking_number=f"EN{int(parcel.id)}",
        service=option.option,
        shipper=Shipper.PLATFORM,
        handover=handover,
    )
