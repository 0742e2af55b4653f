"""What customs and tax offices want to know of packages."""

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from entrepot.contexts import logistics, orders
from entrepot.contexts.catalog import SkuId
from entrepot.contexts.logistics import CustomsItem, InvoiceState, Parcel
from entrepot.contexts.orders import Line, Order, OrderId
from entrepot.flows.packing_bench import shippable
from entrepot.kernel.problems import Problem, each
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.partner_api.shapes import Body, Nothing, Number

from . import words

operations = Operations()

POP, CROSS_BORDER, LOCAL = 2, 1, 2  # The documentation's numbers.


class Asked(Body):
    order_ids: Annotated[list[Number], Field(min_length=1, max_length=50)]


class Item(Body):
    sku_id: Number
    qty: int
    price_percent: int


class OfLine(Body):
    order_line_id: Number | None = None
    sku_id: Number | None = None
    item_detail: Annotated[tuple[Item, ...], Field(max_length=100)] = ()


class OfOrder(Body):
    order_id: Number
    item_list: Annotated[tuple[OfLine, ...], Field(max_length=200)] = ()


class Clearance(Body):
    order_list: Annotated[list[OfOrder], Field(min_length=1, max_length=100)]


class Invoice(Body):
    package_id: Number
    order_ids: Annotated[list[Number], Field(min_length=1, max_length=100)]
    file_type: Literal["XML"]
    file: str


class Invoices(Body):
    invoices: Annotated[list[Invoice], Field(min_length=1, max_length=500)]


@operations.post(
    "/fulfillment/202607/orders/customs_info/query",
    shop=False,
    scope=Scope.FULFILLMENT_READ,
    body=Asked,
)
def customs_requirements(ask: Ask[Nothing, Asked]) -> Data:
    """Which orders customs wants more of, and what it was told."""
    ids = [OrderId(id) for id in ask.body.order_ids]
    heads = each(orders.by_ids(ask.tx, ids))
    lines = orders.by_order(orders.lines(ask.tx, ids))
    told = logistics.customs(ask.tx, ids)
    terms = orders.terms(ask.tx, {line.terms_id for of in lines.values() for line in of})
    flags = {id: terms[of[0].terms_id].content["flags"] for id, of in lines.items()}
    to = orders.recipients(ask.tx, heads)
    countries = {id: found.address.get("country", "") for id, found in to.items()}
    return {
        "order_clearance_list": [
            {
                **_clearance(order, lines[order.id], flags[order.id], told),
                **({"target_country": there} if (there := countries.get(order.group_id)) else {}),
            }
            for order in heads
        ]
    }


@operations.post(
    "/fulfillment/202607/orders/customs_info/submit",
    shop=False,
    scope=Scope.FULFILLMENT_WRITE,
    body=Clearance,
)
def submit_customs(ask: Ask[Nothing, Clearance]) -> Data:
    """Tell customs what lines consist of."""
    ids = [OrderId(one.order_id) for one in ask.body.order_list]
    each(shippable(ask.tx, ids).values())
    lines = orders.by_order(orders.lines(ask.tx, ids))
    items = [
        item
        for one in ask.body.order_list
        for of in one.item_list
        for item in _told(of, lines[OrderId(one.order_id)])
    ]
    if len({(item.order_id, item.pos, item.sku_id) for item in items}) < len(items):
        raise invalid("item_detail.sku_id", "each SKU of a line once")
    logistics.declare(ask.tx, items)
    return {}


@operations.post("/fulfillment/202502/invoice/upload", scope=Scope.FULFILLMENT_WRITE, body=Invoices)
def upload_invoices(ask: Ask[Nothing, Invoices]) -> Data:
    """Tax invoices of packages, each judged by itself."""
    asked, errors = ask.body.invoices, []
    found = words.packages(ask, [one.package_id for one in asked])
    for one, parcel in zip(asked, found, strict=True):
        problem = parcel if isinstance(parcel, Problem) else _handed_in(ask, parcel, one)
        if problem is not None:
            told = words.error_of(one.package_id, problem)
            ids = [str(int(id)) for id in one.order_ids]
            errors.append({**told, "detail": {**told["detail"], "order_ids": ids}})
    return {"errors": errors}


def _clearance(
    order: Order,
    lines: list[Line],
    flags: Mapping[str, Any],
    told: Mapping[tuple[OrderId, int], list[CustomsItem]],
) -> Data:
    abroad = order.seller_type == "cross_border"
    needed = abroad and flags.get("customs_declarant") == "merchant"
    return {
        "order_id": str(int(order.id)),
        "need_fill_clearance": needed,
        "already_filled_clearance": needed and all((order.id, one.pos) in told for one in lines),
        "biz_type": POP,
        "shipment_type": CROSS_BORDER if abroad else LOCAL,
        "item_list": [
            {
                "order_line_id": str(line.first_unit),
                "product_id": str(int(line.product_id)),
                "sku_id": str(int(line.sku_id)),
                "is_virtual_unboxing": False,
                "is_temporary_listing": False,
                "related_item_detail": [
                    {
                        "sku_id": str(int(item.sku_id)),
                        "qty": item.quantity,
                        "price_percent": item.price_percent,
                    }
                    for item in told.get((order.id, line.pos), ())
                ],
            }
            for line in lines
        ],
    }


def _told(of: OfLine, lines: list[Line]) -> list[CustomsItem]:
    line = _meant(of, lines)
    return [
        CustomsItem(
            order_id=line.order_id,
            pos=line.pos,
            sku_id=SkuId(item.sku_id),
            quantity=item.qty,
            price_percent=item.price_percent,
        )
        for item in of.item_detail
    ]


def _meant(of: OfLine, lines: list[Line]) -> Line:
    """The line of one of its items, or of its SKU."""
    for line in lines:
        if of.order_line_id in orders.unit_ids(line) or (
            of.order_line_id is None and of.sku_id == line.sku_id
        ):
            return line
    raise invalid("order_line_id", "an order line item or SKU of this order")


def _handed_in(ask: Ask[Any, Any], parcel: Parcel, one: Invoice) -> Problem | None:
    if {*one.order_ids} != {int(id) for id in parcel.order_ids}:
        return orders.OrderNotFound(OrderId(one.order_ids[0]))
    each(shippable(ask.tx, parcel.order_ids).values())
    try:
        xml = base64.b64decode(one.file, validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid("file", "the invoice in base64") from error
    found = logistics.hand_in(ask.tx, parcel, xml)
    if found.state is InvoiceState.REJECTED:
        return logistics.InvoiceRejected(parcel.id, found.reason)
    ask.parts.storage.keep(found.sha256, xml)
    return None
