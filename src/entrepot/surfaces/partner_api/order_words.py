"""Orders in the dialect's words: an item is one unit, a package is a parcel.

Written for pages of many orders, on which the same goods at the same prices come again and again:
what is told of a SKU, of a unit's amounts and of a payment is remembered, and never changed.
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
from entrepot.views.sold import Sold, SoldHead, SoldLine, SoldParcel

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
LEVELS = ("L0", "L1", "L2")  # Of an address: country, state, city.
SHIPPING_TYPES = {"platform": "TIKTOK", "merchant": "SELLER"}


class Words:
    """What the orders of one shop's page need to be told beside their rows."""

    def __init__(
        self,
        carriers: Mapping[str, Carrier],
        options: Mapping[str, DeliveryOption],
        sla: Callable[[SoldHead], datetime | None],
    ) -> None:
        self._carriers, self._sla = carriers, sla
        self._options: dict[str, DeliveryOption] = {
            option.ships: option for option in reversed([*options.values()])
        }

    def order(self, sold: Sold) -> Values:
        """One order with its items, packages, payment and address."""
        head, first = sold.head, sold.lines[0]
        told: Values = {
            "id": str(head.id),
            "status": STATUS[head.state],
            "create_time": int(head.placed_at.timestamp()),
            "update_time": int(head.changed_at.timestamp()),
            "fulfillment_type": FULFILLMENT[first.keeper_id == PLATFORM],
            "delivery_type": "HOME_DELIVERY",
            "shipping_type": SHIPPING_TYPES[first.shipper],
            "commerce_platform": "TIKTOK_SHOP",
            "order_type": "NORMAL",
            "is_cod": False,
            "is_on_hold_order": True,  # Each one is, or was, or will be.
            "is_sample_order": False,  # Nobody orders samples here, …
            "has_updated_recipient_address": False,  # … or changes where an order goes.
            "is_replacement_order": head.replaces_id is not None,
            "is_buyer_request_cancel": False,
            "packages": [{"id": str(id)} for id in dict.fromkeys(p.id for p in sold.parcels)],
            "payment": payment(head, sold.lines),
            "recipient_address": address(head),
        }
        self._add_people_and_places(told, head, first)
        self._add_times(told, head)
        self._add_parcels(told, sold.parcels)
        reason = _add_cancellations(told, sold)
        told["line_items"] = [
            item for line in sold.lines for item in self._items(sold, line, reason)
        ]
        return told

    def _add_people_and_places(self, told: Values, head: SoldHead, first: SoldLine) -> None:
        option = self._options.get(first.shipper)
        if option is not None:
            told["delivery_option_id"] = str(option.id)
            told["delivery_option_name"] = option.name
        if head.buyer_id is not None:
            told["user_id"] = str(head.buyer_id)
        if first.location_id is not None:
            told["warehouse_id"] = str(first.location_id)
        if head.method is not None:
            told["payment_method_name"] = head.method
        if head.replaces_id is not None:
            told["replaced_order_id"] = str(head.replaces_id)

    def _add_times(self, told: Values, head: SoldHead) -> None:
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
        head = sold.head
        sku = (line.sku_id, line.product_id, line.code)
        goods = described(sku, line.title, line.options, head.currency)
        within = {
            n: parcel for parcel in sold.parcels if parcel.pos == line.pos for n in parcel.units
        }
        items = []
        for n in range(line.quantity):
            parcel = within.get(n)
            item = {"id": str(line.first_unit + n), **goods, **amounts(line, head.currency, n)}
            status, item["package_status"] = _status(head, line, n, parcel)
            item["display_status"] = status
            if parcel is not None:
                item["package_id"] = str(parcel.id)
                self._add_carrier(item, parcel, "shipping_provider_name")
                if parcel.labelled_at is not None:
                    item["rts_time"] = int(parcel.labelled_at.timestamp())
            if status == "CANCELLED":
                item |= cancelled
            items.append(item)
        return items


@lru_cache(maxsize=1 << 14)
def described(sku: tuple[int, int, str], title: str, options: str, currency: str) -> Data:
    """What is told of a SKU with each of its units: `options` is JSON, such as {"size": "M"}."""
    id, product_id, code = sku
    return {
        "sku_id": str(id),
        "product_id": str(product_id),
        "product_name": title,
        "seller_sku": code,
        "sku_name": ", ".join(orjson.loads(options).values()),
        "sku_type": "NORMAL",
        "currency": currency,
        "is_gift": False,
        "is_dangerous_good": False,
    }


def _status(head: SoldHead, line: SoldLine, n: int, parcel: SoldParcel | None) -> tuple[str, str]:
    if parcel is not None:
        status, package = IN_PARCEL.get(parcel.state, GONE)
        if head.state == State.COMPLETED and status == "DELIVERED":
            return "COMPLETED", package
        return status, package
    if head.state in ENDED or line.is_taken(n):
        return GONE
    return ("AWAITING_SHIPMENT" if head.state in WAITING else STATUS[head.state]), "TO_FULFILL"


def _add_cancellations(told: Values, sold: Sold) -> Values:
    """Who wants or wanted out; gives what cancelled items tell of it."""
    item: Values = {}
    for wish in sold.cancellations:
        initiator = INITIATORS[wish.asked_by]
        if wish.state == "requested":
            told["is_buyer_request_cancel"] = wish.asked_by == Side.BUYER
            told["request_cancel_time"] = wish.asked_s
            told.setdefault("cancellation_initiator", initiator)
        else:
            reason = wish.reason.replace("_", " ").capitalize()
            item = {"cancel_reason": reason, "cancel_user": initiator}
            if sold.head.state in ENDED:
                told["cancellation_initiator"], told["cancel_reason"] = initiator, reason
    return item


def amounts(line: SoldLine, currency: str, n: int) -> Data:
    """What a unit cost; its taxes are those on top of the price."""
    off = (line.seller_discount_minor, line.platform_discount_minor)
    taxes = line.taxes if line.tax_minor else "[]"
    return _amounts(line.list_minor, off, taxes, currency, (n, line.quantity))


@lru_cache(maxsize=1 << 14)
def _amounts(
    list_minor: int, off: tuple[int, int], taxes: str, currency: str, unit: tuple[int, int]
) -> Data:
    n, count = unit
    full = _share(list_minor, n, count)
    seller, platform = (_share(minor, n, count) for minor in off)
    told: Values = {
        "original_price": text(full, currency),
        "sale_price": text(full - seller - platform, currency),
        "seller_discount": text(seller, currency),
        "platform_discount": text(platform, currency),
    }
    if taxes != "[]":
        told["item_tax"] = [
            {
                "tax_type": "SALES_TAX",
                "tax_amount": text(_share(tax["minor"], n, count), currency),
                "tax_rate": rate(tax["rate_ppm"]),
            }
            for tax in orjson.loads(taxes)
            if not tax["included"]
        ]
    return told


def payment(head: SoldHead, lines: Sequence[SoldLine]) -> Data:
    """What the buyer pays for an order, by what it is for."""
    full = seller = platform = carriage = off = tax = 0
    for line in lines:
        full += line.list_minor
        seller += line.seller_discount_minor
        platform += line.platform_discount_minor
        carriage += line.shipping_minor
        off += _off_shipping(line)
        tax += line.tax_minor
    return _payment(head.currency, (head.total_minor, full, seller, platform, carriage, off, tax))


@lru_cache(maxsize=1 << 14)
def _payment(currency: str, sums: tuple[int, int, int, int, int, int, int]) -> Data:
    total, full, seller, platform, carriage, off, tax = sums
    return {
        "currency": currency,
        "total_amount": text(total, currency),
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


def address(head: SoldHead) -> Data:
    """Where it goes: only the country, as long as the order is on hold."""
    if head.state in HIDDEN:
        return {"region_code": head.country}
    said = orjson.loads(head.address).get
    street, extra, code = said("street", ""), said("extra", ""), said("postal_code", "")
    levels = [("Country", head.country), ("State", said("region", "")), ("City", said("city", ""))]
    city, region = levels[2][1], levels[1][1]
    whole = filter(None, (street, extra, city, region, code, head.country))
    return {
        "name": head.name,
        "first_name": head.name,
        "last_name": "",
        "phone_number": head.phone,
        "region_code": head.country,
        "postal_code": code,
        "full_address": ", ".join(whole),
        "address_detail": street,
        "address_line1": street,
        "address_line2": extra,
        "district_info": [
            {"address_level": LEVELS[n], "address_level_name": level, "address_name": name}
            for n, (level, name) in enumerate(levels)
            if name
        ],
    }


@lru_cache(maxsize=1 << 16)
def text(minor: int, currency: str) -> str:
    """An amount as the dialect writes it; a page asks for the same ones again and again."""
    return money.amount(minor, Currency(currency))


@lru_cache(maxsize=1 << 10)
def rate(ppm: int) -> str:
    """`72500` parts per million are "0.0725"."""
    return f"{ppm // 1_000_000}.{ppm % 1_000_000:06}".rstrip("0").rstrip(".") or "0"


def _share(minor: int, n: int, count: int) -> int:
    return minor if count == 1 else unit_share(minor, n, count)
