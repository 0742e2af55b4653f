"""Packing orders: split, combine, uncombine, create."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from entrepot.contexts import logistics, orders
from entrepot.contexts.logistics import Filter, Parcel, ParcelId, State
from entrepot.contexts.orders import Order, OrderId
from entrepot.flows import packing, packing_bench
from entrepot.flows.packing import Packing, Split, Uncombining
from entrepot.kernel.problems import Problem, each, only
from entrepot.surfaces.partner_api.codes import invalid
from entrepot.surfaces.partner_api.envelope import Data
from entrepot.surfaces.partner_api.operations import Ask, Operations
from entrepot.surfaces.partner_api.orders import of_shop
from entrepot.surfaces.partner_api.paging import Paged, after, page, shown
from entrepot.surfaces.partner_api.scopes import Scope
from entrepot.surfaces.partner_api.shapes import Body, Nothing, Number, Numbers, Query

from . import words
from .services import platform_label, service, service_info
from .words import Dimension, Weight

operations = Operations()

MOST_PLANNED = 500  # As many waiting packages are looked through for some that go together.


class Ids(Query):
    order_ids: Numbers


class Group(Body):
    id: str = ""
    order_line_item_ids: Annotated[tuple[Number, ...], Field(max_length=200)] = ()


class UnitRef(Body):
    order_line_id: Number


class GroupV2(Body):
    id: str = ""
    order_line_list: Annotated[tuple[UnitRef, ...], Field(max_length=200)] = ()


class Division(Body):
    splittable_groups: Annotated[tuple[Group, ...], Field(max_length=100)] = ()
    splittable_groups_v2: Annotated[tuple[GroupV2, ...], Field(max_length=100)] = ()


class Combinable(Body):
    id: Number
    order_ids: Annotated[tuple[Number, ...], Field(max_length=100)] = ()


class Combinables(Body):
    combinable_packages: Annotated[list[Combinable], Field(min_length=1, max_length=50)]


class Leaving(Body):
    order_ids: Annotated[tuple[Number, ...], Field(max_length=100)] = ()


class NewPackage(Body):
    ship_type: Literal["1", "2", "3"] | None = None
    order_id: Number | None = None
    order_line_item: Annotated[tuple[UnitRef, ...], Field(max_length=200)] = ()
    order_line_item_ids: Annotated[tuple[Number, ...], Field(max_length=200)] = ()  # Until 202309.
    order_list_ids: Annotated[tuple[Number, ...], Field(max_length=50)] = ()
    dimension: Dimension | None = None
    weight: Weight | None = None
    shipping_service_id: str | None = None


@operations.get(
    "/fulfillment/202309/orders/split_attributes", scope=Scope.FULFILLMENT_READ, query=Ids
)
def split_attributes(ask: Ask[Ids, Nothing]) -> Data:
    """Whether orders can be divided; none has to be."""
    ids = [OrderId(id) for id in ask.query.order_ids]
    heads = {order.id: order for order in of_shop(ask, ids)}
    lines = orders.by_order(orders.lines(ask.tx, ids))
    fixed = {
        unit
        for parcel in logistics.parcels(ask.tx, ids)
        if parcel.holds and not parcel.planned
        for unit in parcel.units
    }
    told = []
    for id, order in heads.items():
        free = sum(len(orders.free_units(line)) for line in lines[id])
        left = free - len([unit for unit in fixed if unit.order_id == id and _open(order)])
        can = order.state in packing_bench.TO_SHIP and left > 1
        reason = {} if can else {"reason": "fewer than two units wait for shipment"}
        told.append({"order_id": str(int(id)), "can_split": can, "must_split": False, **reason})
    return {"split_attributes": told}


@operations.post(
    "/fulfillment/202309/orders/{order_id}/split", scope=Scope.FULFILLMENT_WRITE, body=Division
)
def split_order(ask: Ask[Nothing, Division]) -> Data:
    """Divide an order into packages."""
    id = ask.id("order_id", OrderId)
    of_shop(ask, [id])
    groups: list[tuple[str, Sequence[int]]] = [
        (one.id, one.order_line_item_ids) for one in ask.body.splittable_groups
    ]
    if not groups:
        groups = [
            (one.id, [ref.order_line_id for ref in one.order_line_list])
            for one in ask.body.splittable_groups_v2
        ]
    wish = Split(order_id=id, groups=[words.units_of(ask, ids, id) for _, ids in groups])
    made = only(packing.split(ask.tx, [wish]))
    return {
        "packages": [
            {"splittable_group_id": name, "id": str(int(parcel.id))}
            for (name, _), parcel in zip(groups, made, strict=True)
        ]
    }


@operations.get(
    "/fulfillment/202309/combinable_packages/search", scope=Scope.FULFILLMENT_READ, query=Paged
)
def search_combinable(ask: Ask[Paged, Nothing]) -> Data:
    """Packages to one address that wait for shipment; the first one stands for each group."""
    groups, key = _together(ask), after(ask)
    rest = [group for group in groups if key is None or int(group[0].id) > int(key[0])]
    told = page(rest, ask, key=lambda group: (int(group[0].id),), total=len(groups))
    return {**told, "combinable_packages": [_group(group) for group in shown(rest, ask)]}


@operations.post(
    "/fulfillment/202309/packages/combine", scope=Scope.FULFILLMENT_WRITE, body=Combinables
)
def combine_packages(ask: Ask[Nothing, Combinables]) -> Data:
    """Put packages that go to one address into one."""
    groups = _together(ask)
    wishes: list[tuple[int, list[ParcelId]]] = []
    seen: set[ParcelId] = set()
    errors = []
    for one in ask.body.combinable_packages:
        ids = _named(one, groups)
        if isinstance(ids, Problem) or seen & {*ids}:
            refusal = ids if isinstance(ids, Problem) else packing.CannotPack("named twice")
            errors.append(words.error_of(one.id, refusal))
        else:
            seen |= {*ids}
            wishes.append((one.id, ids))
    outcomes = packing.combine(ask.tx, [ids for _, ids in wishes])
    made = [one for one in outcomes if isinstance(one, Parcel)]
    for (id, _), outcome in zip(wishes, outcomes, strict=True):
        if isinstance(outcome, Problem):
            errors.append(words.error_of(id, outcome))
    return {"packages": [_package(one) for one in made], "errors": errors}


@operations.post(
    "/fulfillment/202309/packages/{package_id}/uncombine",
    scope=Scope.FULFILLMENT_WRITE,
    body=Leaving,
)
def uncombine_packages(ask: Ask[Nothing, Leaving]) -> Data:
    """Take orders out of a combined package."""
    parcel = words.package(ask, ask.id("package_id", ParcelId))
    wish = Uncombining(parcel_id=parcel.id, order_ids=[OrderId(id) for id in ask.body.order_ids])
    return {"packages": [_package(one) for one in only(packing.uncombine(ask.tx, [wish]))]}


@operations.post(
    "/fulfillment/202512/packages",
    older=("202309",),
    scope=Scope.FULFILLMENT_WRITE,
    body=NewPackage,
)
def create_package(ask: Ask[Nothing, NewPackage]) -> Data:
    """Pack units, and let the platform choose the carrier and make the label."""
    body = ask.body
    ids = [*body.order_list_ids] if body.ship_type == "3" else [body.order_id or 0]
    if not all(ids) or (body.ship_type == "3" and len(ids) < 2):
        raise invalid("order_id", "the order, or two or more in order_list_ids to combine them")
    order_ids = [OrderId(id) for id in ids]
    of_shop(ask, order_ids)
    named = [ref.order_line_id for ref in body.order_line_item] or [*body.order_line_item_ids]
    if body.ship_type == "2" and not named:
        raise invalid("order_line_item", "the order line items of this package")
    option = service(ask, body.shipping_service_id)
    wish = Packing(
        order_ids=order_ids,
        units=words.units_of(ask, named, order_ids[0]) if named and body.ship_type != "1" else (),
        service=option.option,
        size=words.size_of(body.weight, body.dimension),
    )
    parcel = only(packing.pack(ask.tx, [wish]))
    label = replace(platform_label(parcel, option), size=wish.size)
    parcel = only(packing.label(ask.tx, [label]))
    return {
        "package_id": str(int(parcel.id)),
        "create_time": words.seconds(parcel.created_at),
        "shipping_service_info": service_info(ask, option),
        **words.measures(parcel.size),
    }


def _open(order: Order) -> bool:
    return order.state in packing_bench.TO_SHIP


def _together(ask: Ask[Any, Any]) -> list[list[Parcel]]:
    """Waiting packages of the shop by recipient, where there are several, by their first."""
    wanted = Filter(shop_id=ask.shop.id, states=(State.CREATED,))
    waiting = logistics.page(ask.tx, wanted, limit=MOST_PLANNED)
    ids = sorted({id for parcel in waiting for id in parcel.order_ids})
    heads = {order.id: order for order in each(orders.by_ids(ask.tx, ids))}
    to = orders.recipients(ask.tx, [*heads.values()])
    groups: dict[str, list[Parcel]] = {}
    for parcel in sorted(waiting, key=lambda parcel: parcel.id):
        found = to.get(parcel.group_id)
        if found is not None and all(_open(heads[id]) for id in parcel.order_ids):
            where = repr((found.name, found.phone, sorted(found.address.items())))
            groups.setdefault(where, []).append(parcel)
    return sorted((group for group in groups.values() if len(group) > 1), key=lambda g: g[0].id)


def _named(one: Combinable, groups: list[list[Parcel]]) -> list[ParcelId] | Problem:
    """The packages that a wish means: those of its group that hold the orders it names."""
    for group in groups:
        if any(parcel.id == one.id for parcel in group):
            named = {*one.order_ids}
            return [each_.id for each_ in group if not named or named & {*each_.order_ids}]
    return packing.CannotPack("no other package that waits goes to the same address")


def _group(group: list[Parcel]) -> Data:
    ids = sorted({id for parcel in group for id in parcel.order_ids})
    return {"id": str(int(group[0].id)), "order_ids": [str(int(id)) for id in ids]}


def _package(parcel: Parcel) -> Data:
    return {"id": str(int(parcel.id)), "order_ids": [str(int(id)) for id in parcel.order_ids]}
