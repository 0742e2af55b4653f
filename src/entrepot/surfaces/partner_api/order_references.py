"""What an integrator's own systems call orders."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from entrepot.contexts import orders
from entrepot.contexts.orders import OrderId, OrderNotFound, Reference, UnitId
from entrepot.kernel.problems import Problem

from . import codes
from .envelope import Data
from .operations import Ask, Operations
from .orders import of_shop
from .scopes import Scope
from .shapes import Body, Nothing, Number, Query, Text

operations = Operations()

Platform = Literal[
    "SHOPIFY",
    "WOOCOMMERCE",
    "BIGCOMMERCE",
    "MAGENTO",
    "SALESFORCE_COMMERCE_CLOUD",
    "CHANNEL_ADVISOR",
    "AMAZON",
    "ORDER_MANAGEMENT_SYSTEM",
    "WAREHOUSE_MANAGEMENT_SYSTEM",
    "ERP_SYSTEM",
]


class Item(Body):
    id: Text
    origin_id: Number


class External(Body):
    id: Text
    platform: Platform
    line_items: Annotated[list[Item], Field(max_length=100)]


class Referred(Body):
    id: Number
    external_order: External

    def reference(self) -> Reference:
        """The wish as the domain has it."""
        return Reference(
            order_id=OrderId(self.id),
            platform=self.external_order.platform,
            external_id=self.external_order.id,
            items={UnitId(item.origin_id): item.id for item in self.external_order.line_items},
        )


class References(Body):
    orders: Annotated[list[Referred], Field(min_length=1, max_length=100)]


class OfPlatform(Query):
    platform: Platform


class Named(OfPlatform):
    external_order_id: Text


@operations.post("/order/202406/orders/external_orders", scope=Scope.ORDER_WRITE, body=References)
def add_references(ask: Ask[Nothing, References]) -> Data:
    """Keep references; an order that cannot have one is told of, the others keep theirs."""
    wishes = [each.reference() for each in ask.body.orders]
    visible = orders.by_ids(ask.tx, [wish.order_id for wish in wishes])
    here = {
        order.id
        for order in visible
        if not isinstance(order, Problem) and order.shop_id == ask.shop.id
    }
    kept = iter(orders.remember(ask.tx, [wish for wish in wishes if wish.order_id in here]))
    outcomes = [
        next(kept) if wish.order_id in here else OrderNotFound(wish.order_id) for wish in wishes
    ]
    errors = [
        _error(wish, outcome)
        for wish, outcome in zip(wishes, outcomes, strict=True)
        if isinstance(outcome, Problem)
    ]
    return {"errors": errors} if errors else {}


@operations.get(
    "/order/202406/orders/{order_id}/external_orders", scope=Scope.ORDER_READ, query=OfPlatform
)
def read_references(ask: Ask[OfPlatform, Nothing]) -> Data:
    """What one of the integrator's systems calls an order."""
    id = ask.id("order_id", OrderId)
    of_shop(ask, [id])
    found = orders.references(ask.tx, [id])
    return {"external_orders": [_shown(one) for one in found if one.platform == ask.query.platform]}


@operations.post("/order/202406/orders/external_order_search", scope=Scope.ORDER_READ, query=Named)
def search_references(ask: Ask[Named, Nothing]) -> Data:
    """The orders that one of the integrator's systems knows by a name."""
    query = ask.query
    found = orders.named(ask.tx, ask.shop.id, query.platform, query.external_order_id)
    return {
        "orders": [{"id": str(int(one.order_id)), "external_order": _shown(one)} for one in found]
    }


def _shown(reference: Reference) -> Mapping[str, Any]:
    return {
        "id": reference.external_id,
        "platform": reference.platform,
        "line_items": [
            {"id": name, "origin_id": str(int(unit))} for unit, name in reference.items.items()
        ],
    }


def _error(wish: Reference, problem: Problem) -> Data:
    refusal = codes.refused(problem)
    return {
        "code": str(refusal.code),
        "message": refusal.message,
        "detail": {
            "order_id": str(int(wish.order_id)),
            "external_order": {"id": wish.external_id, "platform": wish.platform},
        },
    }
