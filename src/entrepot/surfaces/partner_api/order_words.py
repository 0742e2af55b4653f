"""Orders in the dialect's words: an item is one unit, a package is a parcel.

Written for pages of many orders: amounts are remembered as text, and what units of a line share is
made once for the line.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from entrepot.contexts.inventory import PLATFORM
from entrepot.contexts.logistics import State as ParcelState
from entrepot.contexts.orders import Side, State, unit_share
from entrepot.contexts.promotions import Layer
from entrepot.kernel.money import Currency
from entrepot.rulebook import Carrier, DeliveryOption
from entrepot.views.sold import Sold, SoldLine, SoldParcel

from . import money
from .envelope import Data

Values = dict[str, Any]

STATUS = {str(state): state.name for state in State}
STATUS |= {str(State.LOST): "CANCELLED", str(State.RETURNED_TO_SENDER): "CANCELLED"}
HIDDEN = {str(State.UNPAID), str(State.ON_HOLD)}
ENDED = {str(State.CANCELLED), str(State.LOST), str(State.RETURNED_TO_SENDER)}
WAITING = {
    str(State.AWAITING_SHIPMENT),
    str(State.PARTIALLY_SHIPPING),
    str(State.AWAITING_COLLECTION),
}
INITIATORS = {
    str(Side.BUYER): "BUYER",
    str(Side.MERCHANT): "SELLER",
    str(Side.PLATFORM): "SYSTEM",
}
# What a unit in a parcel is, and what its package is.
IN_PARCEL = {
    str(ParcelState.CREATED): ("AWAITING_SHIPMENT", "TO_FULFILL"),
    str(ParcelState.LABELLED): ("AWAITING_COLLECTION", "PROCESSING"),
    str(ParcelState.HANDED_OVER): ("IN_TRANSIT", "FULFILLING"),
    str(ParcelState.IN_TRANSIT): ("IN_TRANSIT", "FULFILLING"),
    str(ParcelState.DELIVERED): ("DELIVERED", "COMPLETED"),
}
GONE = ("CANCELLED", "CANCELLED")
# By whether goods were set aside in the platform's own warehouse, which sends them then.
FULFILLMENT = {True: "FULFILLMENT_BY_TIKTOK", False: "FULFILLMENT_BY_SELLER"}
SHIPPING_TYPES = {"platform": "TIKTOK", "merchant": "SELLER"}


class Words:
    """What the orders of one shop's page need to be told beside their rows."""

    def __init__(
        self,
        carriers: Mapping[str, Carrier],
        options: Mapping[str, DeliveryOption],
        sla: Callable[[SoldLine], datetime | None],
    ) -> None:
        self._carriers, self._sla = carriers, sla
        self._options: dict[str, DeliveryOption] = {
            option.ships: option for option in reversed([*options.values()])
        }

    def order(self, sold: Sold) -> Values:
        """One order with its items, packages, payment and address."""
        head = sold.lines[0]
        told: Values = {
            "id": str(head.id),
            "status": STATUS[head.state],
            "create_time": int(head.placed_at.timestamp()),
            "update_time": int(head.changed_at.timestamp()),
            "fulfillment_type": FULFILLMENT[head.keeper_id == PLATFORM],
            "delivery_type": "HOME_DELIVERY",
            "shipping_type": SHIPPING_TYPES[head.shipper],
            "commerce_platform": "TIKTOK_SHOP",
            "order_type": "NORMAL",
            "is_cod": False,
            "is_on_hold_order": True,
            "is_sample_order": False,
            "is_replacement_order": False,
            "has_updated_recipient_address": False,
            "is_buyer_request_cancel": False,
            "packages": [{"id": str(id)} for id in dict.fromkeys(p.id for p in sold.parcels)],
            "payment": payment(sold.lines),
            "recipient_address": address(head),
        }
        self._add_people_and_places(told, head)
        self._add_times(told, head)
        self._add_parcels(told, sold.parcels)
        reason = _add_cancellations(told, sold, head)
        told["line_items"] = [
            item for line in sold.lines for item in self._items(sold, line, reason)
        ]
        return told

    def _add_people_and_places(self, told: Values, head: SoldLine) -> None:
        option = self._options.get(head.shipper)
        if option is not None:
            told["delivery_option_id"] = str(option.id)
            told["delivery_option_name"] = option.name
        if head.buyer_id is not None:
            told["user_id"] = str(head.buyer_id)
        if head.location_id is not None:
            told["warehouse_id"] = str(head.location_id)
        if head.method is not None:
            told["payment_method_name"] = head.method

    def _add_times(self, told: Values, head: SoldLine) -> None:
        if head.paid_at is not None:
            told["paid_time"] = int(head.paid_at.timestamp())
        if head.dispatched_at is not None:
            told["collection_time"] = int(head.dispatched_at.timestamp())
        if head.delivered_at is not None:
            told["delivery_time"] = int(head.delivered_at.timestamp())
        if head.closed_at is not None and head.state in ENDED:
            told["cancel_time"] = int(head.closed_at.timestamp())
        if head.due_at is not None and (head.state in WAITING or head.state == State.UNPAID):
            told["cancel_order_sla_time"] = int(head.due_at.timestamp())
        if head.state in WAITING:
            due = self._sla(head)
            if due is not None:
                told["rts_sla_time"] = told["tts_sla_time"] = int(due.timestamp())
            if head.due_at is not None:
                told["shipping_due_time"] = told["cancel_order_sla_time"]

    def _add_parcels(self, told: Values, parcels: Sequence[SoldParcel]) -> None:
        if not parcels:
            return
        first = parcels[0]
        self._add_carrier(told, first, "shipping_provider")
        labelled = [each.labelled_at for each in parcels if each.labelled_at is not None]
        if labelled:
            told["rts_time"] = int(min(labelled).timestamp())
        if first.origin == "combined":
            told["split_or_combine_tag"] = "COMBINED"
        elif len(told["packages"]) > 1:
            told["split_or_combine_tag"] = "SPLIT"

    def _add_carrier(self, told: Values, parcel: SoldParcel, name: str) -> None:
        if parcel.carrier is None:
            return
        known = self._carriers.get(parcel.carrier)
        told[name] = parcel.carrier if known is None else known.name
        if known is not None:
            told["shipping_provider_id"] = str(known.id)
        told["tracking_number"] = parcel.tracking_number

    def _items(self, sold: Sold, line: SoldLine, cancelled: Values) -> list[Values]:
        """The units of a line: what they share, and then each one's own."""
        shared: Values = {
            "sku_id": str(line.sku_id),
            "product_id": str(line.product_id),
            "product_name": line.title,
            "seller_sku": line.code,
            "sku_name": named(line.options),
            "sku_type": "NORMAL",
            "currency": line.currency,
            "is_gift": False,
            "is_dangerous_good": False,
        }
        within = {
            n: parcel for parcel in sold.parcels if parcel.pos == line.pos for n in parcel.units
        }
        items = []
        for n in range(line.quantity):
            parcel = within.get(n)
            item = {"id": str(line.first_unit + n), **shared, **amounts(line, n)}
            item["display_status"], item["package_status"] = _status(line, n, parcel)
            if parcel is not None:
                item["package_id"] = str(parcel.id)
                self._add_carrier(item, parcel, "shipping_provider_name")
                if parcel.labelled_at is not None:
                    item["rts_time"] = int(parcel.labelled_at.timestamp())
            if item["display_status"] == "CANCELLED":
                item |= cancelled
            items.append(item)
        return items


def _status(line: SoldLine, n: int, parcel: SoldParcel | None) -> tuple[str, str]:
    if parcel is not None:
        status, package = IN_PARCEL.get(parcel.state, GONE)
        if line.state == State.COMPLETED and status == "DELIVERED":
            return "COMPLETED", package
        return status, package
    if line.state in ENDED or line.is_taken(n):
        return GONE
    return ("AWAITING_SHIPMENT" if line.state in WAITING else STATUS[line.state]), "TO_FULFILL"


def _add_cancellations(told: Values, sold: Sold, head: SoldLine) -> Values:
    """Who wants or wanted out; gives what cancelled items tell of it."""
    item: Values = {}
    for wish in sold.cancellations:
        initiator = INITIATORS[wish.asked_by]
        if wish.state == "requested":
            told["is_buyer_request_cancel"] = wish.asked_by == Side.BUYER
            told["request_cancel_time"] = int(wish.asked_at.timestamp())
            told.setdefault("cancellation_initiator", initiator)
        else:
            reason = wish.reason.replace("_", " ").capitalize()
            item = {"cancel_reason": reason, "cancel_user": initiator}
            if head.state in ENDED:
                told["cancellation_initiator"], told["cancel_reason"] = initiator, reason
    return item


def amounts(line: SoldLine, n: int) -> Values:
    """What a unit cost; its taxes are those on top of the price."""
    currency, count = line.currency, line.quantity
    full = _share(line.list_minor, n, count)
    seller = _share(line.seller_discount_minor, n, count)
    platform = _share(line.platform_discount_minor, n, count)
    told: Values = {
        "original_price": text(full, currency),
        "sale_price": text(full - seller - platform, currency),
        "seller_discount": text(seller, currency),
        "platform_discount": text(platform, currency),
    }
    if line.tax_minor:
        told["item_tax"] = [
            {
                "tax_type": "SALES_TAX",
                "tax_amount": text(_share(tax["minor"], n, count), currency),
                "tax_rate": rate(tax["rate_ppm"]),
            }
            for tax in orjson.loads(line.taxes)
            if not tax["included"]
        ]
    return told


def payment(lines: Sequence[SoldLine]) -> Data:
    """What the buyer pays for an order, by what it is for."""
    currency = lines[0].currency
    full = seller = platform = carriage = off = tax = 0
    for line in lines:
        full += line.list_minor
        seller += line.seller_discount_minor
        platform += line.platform_discount_minor
        carriage += line.shipping_minor
        off += _off_shipping(line)
        tax += line.tax_minor
    return {
        "currency": currency,
        "total_amount": text(lines[0].total_minor, currency),
        "sub_total": text(full - seller - platform, currency),
        "original_total_product_price": text(full, currency),
        "seller_discount": text(seller, currency),
        "platform_discount": text(platform, currency),
        "original_shipping_fee": text(carriage + off, currency),
        "shipping_fee": text(carriage, currency),
        "shipping_fee_seller_discount": text(off, currency),
        "shipping_fee_platform_discount": text(0, currency),
        "tax": text(tax, currency),
    }


def _off_shipping(line: SoldLine) -> int:
    """What the seller took off a line's shipping; most lines are not even looked into."""
    if line.promotions is None or Layer.SHIPPING_DISCOUNT not in line.promotions:
        return 0
    applied = orjson.loads(line.promotions)
    return sum(one["minor"] for one in applied if one["layer"] == Layer.SHIPPING_DISCOUNT)


def address(head: SoldLine) -> Data:
    """Where it goes: only the country, as long as the order is on hold."""
    if head.state in HIDDEN:
        return {"region_code": head.country}
    lines = orjson.loads(head.address)
    street, city, region = (lines.get(key, "") for key in ("street", "city", "region"))
    parts = [street, lines.get("extra", ""), city, region, lines.get("postal_code", "")]
    levels = [("Country", head.country), ("State", region), ("City", city)]
    return {
        "name": head.name,
        "first_name": head.name,
        "last_name": "",
        "phone_number": head.phone,
        "region_code": head.country,
        "postal_code": lines.get("postal_code", ""),
        "full_address": ", ".join(part for part in [*parts, head.country] if part),
        "address_detail": street,
        "address_line1": street,
        "address_line2": lines.get("extra", ""),
        "district_info": [
            {"address_level": f"L{n}", "address_level_name": level, "address_name": name}
            for n, (level, name) in enumerate(levels)
            if name
        ],
    }


@lru_cache(maxsize=1 << 16)
def text(minor: int, currency: str) -> str:
    """An amount as the dialect writes it; a page asks for the same ones again and again."""
    return money.amount(minor, Currency(currency))


@lru_cache(maxsize=1 << 12)
def named(options: str) -> str:
    """What a SKU is called among those of its product: "Black, 26"."""
    return ", ".join(orjson.loads(options).values())


@lru_cache(maxsize=1 << 10)
def rate(ppm: int) -> str:
    """`72500` parts per million are "0.0725"."""
    return f"{ppm // 1_000_000}.{ppm % 1_000_000:06}".rstrip("0").rstrip(".") or "0"


def _share(minor: int, n: int, count: int) -> int:
    return minor if count == 1 else unit_share(minor, n, count)
