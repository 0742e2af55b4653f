"""Orders in the dialect's words: an item is one unit, a package is a parcel.

Written for pages of many orders, on which the same goods at the same prices come again and again:
what is told of a SKU, of a unit's amounts and of a payment is remembered as the JSON that it is,
and what is an order's own is put beside it. Building objects only to write them down at once took a
third longer. Texts that people chose always go through the JSON writer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from orjson import Fragment

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
UNPAID, COMPLETED = str(State.UNPAID), str(State.COMPLETED)
HIDDEN = {UNPAID, str(State.ON_HOLD)}
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
OFF_SHIPPING = str(Layer.SHIPPING_DISCOUNT)
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
        self._ways: dict[tuple[str, bool, str | None, str | None], str] = {}
        self._providers: dict[tuple[str, str], str] = {}

    def order(self, sold: Sold) -> Fragment:
        """One order with its items, packages, payment and address."""
        head, first = sold.head, sold.lines[0]
        withdrawn, reason = _cancellations(sold)
        packages = [f'{{"id":"{id}"}}' for id in dict.fromkeys([each.id for each in sold.parcels])]
        items = [item for line in sold.lines for item in self._items(sold, line, reason)]
        said = [
            f'"id":"{head.id}","status":"{STATUS[head.state]}"',
            f'"create_time":{head.placed_s},"update_time":{head.changed_s}',
            ALWAYS,
            self._way(first, head.method),
            withdrawn,
            f'"packages":[{",".join(packages)}]',
            f'"payment":{payment(head, sold.lines)}',
            f'"recipient_address":{address(head)}',
            f'"line_items":[{",".join(items)}]',
            *_people(head),
            *self._times(head),
            *self._sent(sold.parcels, len(packages)),
        ]
        return Fragment("{" + ",".join(said) + "}")

    def _way(self, first: SoldLine, method: str | None) -> str:
        """How goods are sent and paid, which most orders of a page have in common."""
        key = (first.shipper, first.keeper_id == PLATFORM, first.location_id, method)
        found = self._ways.get(key)
        if found is None:
            found = self._ways[key] = members(self._told_way(*key))
        return found

    def _told_way(
        self, shipper: str, kept: bool, location_id: str | None, method: str | None
    ) -> Values:
        told: Values = {
            "fulfillment_type": FULFILLMENT[kept],
            "shipping_type": SHIPPING_TYPES[shipper],
        }
        option = self._options.get(shipper)
        if option is not None:
            told["delivery_option_id"] = str(option.id)
            told["delivery_option_name"] = option.name
        if location_id is not None:
            told["warehouse_id"] = location_id
        if method is not None:
            told["payment_method_name"] = method
        return told

    def _times(self, head: SoldHead) -> Iterator[str]:
        if head.paid_at is not None:
            yield f'"paid_time":{int(head.paid_at.timestamp())}'
        if head.dispatched_s is not None:
            yield f'"collection_time":{head.dispatched_s}'
        if head.delivered_s is not None:
            yield f'"delivery_time":{head.delivered_s}'
        if head.state in ENDED:
            if head.closed_s is not None:
                yield f'"cancel_time":{head.closed_s}'
        elif head.state in WAITING:
            due = self._sla(head)
            if due is not None:
                due_s = int(due.timestamp())
                yield f'"rts_sla_time":{due_s},"tts_sla_time":{due_s}'
            if head.due_s is not None:
                yield f'"shipping_due_time":{head.due_s},"cancel_order_sla_time":{head.due_s}'
        elif head.state == UNPAID and head.due_s is not None:
            yield f'"cancel_order_sla_time":{head.due_s}'

    def _sent(self, parcels: Sequence[SoldParcel], packages: int) -> Iterator[str]:
        if not parcels:
            return
        first = parcels[0]
        if first.carrier is not None:
            yield self._provider(first.carrier, "shipping_provider")
            yield f'"tracking_number":{written(first.tracking_number)}'
        labelled = [each.labelled_s for each in parcels if each.labelled_s is not None]
        if labelled:
            yield f'"rts_time":{min(labelled)}'
        if first.origin == "combined":
            yield '"split_or_combine_tag":"COMBINED"'
        elif packages > 1:
            yield '"split_or_combine_tag":"SPLIT"'

    def _provider(self, carrier: str, name: str) -> str:
        """Who brings a parcel, under the name that orders or items have for it."""
        found = self._providers.get((carrier, name))
        if found is None:
            known = self._carriers.get(carrier)
            told = {name: carrier if known is None else known.name}
            if known is not None:
                told["shipping_provider_id"] = str(known.id)
            found = self._providers[carrier, name] = members(told)
        return found

    def _items(self, sold: Sold, line: SoldLine, cancelled: str) -> Iterator[str]:
        """The units of a line: what they share, and then each one's own."""
        currency, pos = sold.head.currency, line.pos
        sku = (line.sku_id, line.product_id, line.code)
        goods = described(sku, line.title, line.options, currency)
        within = {n: parcel for parcel in sold.parcels if parcel.pos == pos for n in parcel.units}
        for n in range(line.quantity):
            parcel = within.get(n)
            status, package = _status(sold.head, line, n, parcel)
            yield (
                f'{{"id":"{line.first_unit + n}",{goods},{amounts(line, currency, n)},'
                f'"display_status":"{status}","package_status":"{package}"'
                f"{'' if parcel is None else self._carried(parcel)}"
                f"{cancelled if status == 'CANCELLED' else ''}}}"
            )

    def _carried(self, parcel: SoldParcel) -> str:
        """What an item tells of its parcel, after what it is."""
        said = f',"package_id":"{parcel.id}"'
        if parcel.carrier is not None:
            provider = self._provider(parcel.carrier, "shipping_provider_name")
            said += f',{provider},"tracking_number":{written(parcel.tracking_number)}'
        return said if parcel.labelled_s is None else f'{said},"rts_time":{parcel.labelled_s}'


def written(value: Any) -> str:
    """A value as JSON."""
    return orjson.dumps(value).decode()


def members(told: Data) -> str:
    """What stands between the braces of an object."""
    return written(told)[1:-1]


ALWAYS = members(
    {
        "delivery_type": "HOME_DELIVERY",
        "commerce_platform": "TIKTOK_SHOP",
        "order_type": "NORMAL",
        "is_cod": False,
        "is_on_hold_order": True,  # Each one is, or was, or will be.
        "is_sample_order": False,  # Nobody orders samples here, …
        "has_updated_recipient_address": False,  # … or changes where an order goes.
    }
)


@lru_cache(maxsize=1 << 14)
def described(sku: tuple[str, str, str], title: str, options: str, currency: str) -> str:
    """What is told of a SKU with each of its units: `options` is JSON, such as {"size": "M"}."""
    id, product_id, code = sku
    return members(
        {
            "sku_id": id,
            "product_id": product_id,
            "product_name": title,
            "seller_sku": code,
            "sku_name": ", ".join(orjson.loads(options).values()),
            "sku_type": "NORMAL",
            "currency": currency,
            "is_gift": False,
            "is_dangerous_good": False,
        }
    )


def _people(head: SoldHead) -> Iterator[str]:
    """Whose order it is, and which one it replaces."""
    if head.buyer_id is not None:
        yield f'"user_id":"{head.buyer_id}"'
    if head.replaces_id is None:
        yield '"is_replacement_order":false'
    else:
        yield f'"is_replacement_order":true,"replaced_order_id":"{head.replaces_id}"'


def _status(head: SoldHead, line: SoldLine, n: int, parcel: SoldParcel | None) -> tuple[str, str]:
    if parcel is not None:
        status, package = IN_PARCEL.get(parcel.state, GONE)
        if status == "DELIVERED" and head.state == COMPLETED:
            return "COMPLETED", package
        return status, package
    if head.state in ENDED or line.is_taken(n):
        return GONE
    return ("AWAITING_SHIPMENT" if head.state in WAITING else STATUS[head.state]), "TO_FULFILL"


def _cancellations(sold: Sold) -> tuple[str, str]:
    """Who wants or wanted out; and what cancelled items tell of it, after what they are."""
    if not sold.cancellations:
        return '"is_buyer_request_cancel":false', ""
    told: Values = {"is_buyer_request_cancel": False}
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
    return members(told), f",{members(item)}" if item else ""


def amounts(line: SoldLine, currency: str, n: int) -> str:
    """What a unit cost; its taxes are those on top of the price."""
    off = (line.seller_discount_minor, line.platform_discount_minor)
    return _amounts(line.list_minor, off, line.taxes, currency, (n, line.quantity))


@lru_cache(maxsize=1 << 14)
def _amounts(
    list_minor: int, off: tuple[int, int], taxes: str, currency: str, unit: tuple[int, int]
) -> str:
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
    return members(told)


def payment(head: SoldHead, lines: Sequence[SoldLine]) -> str:
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
def _payment(currency: str, sums: tuple[int, int, int, int, int, int, int]) -> str:
    total, full, seller, platform, carriage, off, tax = sums
    told = {
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
    return written(told)


def _off_shipping(line: SoldLine) -> int:
    """What the seller took off a line's shipping; most lines are not even looked into."""
    if line.promotions is None or OFF_SHIPPING not in line.promotions:
        return 0
    applied = orjson.loads(line.promotions)
    return sum(one["minor"] for one in applied if one["layer"] == OFF_SHIPPING)


def address(head: SoldHead) -> str:
    """Where it goes: only the country, as long as the order is on hold."""
    if head.state in HIDDEN:
        return written({"region_code": head.country})
    said = orjson.loads(head.address).get
    street, extra, code = said("street", ""), said("extra", ""), said("postal_code", "")
    country, region, city = head.country, said("region", ""), said("city", "")
    whole = (street, extra, city, region, code, country)
    levels = [_level(0, "Country", country)] if country else []
    if region:
        levels.append(_level(1, "State", region))
    if city:
        levels.append(_level(2, "City", city))
    told = {
        "name": head.name,
        "first_name": head.name,
        "last_name": "",
        "phone_number": head.phone,
        "region_code": country,
        "postal_code": code,
        "full_address": ", ".join([part for part in whole if part]),
        "address_detail": street,
        "address_line1": street,
        "address_line2": extra,
        "district_info": levels,
    }
    return written(told)


def _level(n: int, level: str, name: str) -> Data:
    return {"address_level": LEVELS[n], "address_level_name": level, "address_name": name}


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
