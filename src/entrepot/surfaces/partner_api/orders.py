"""Orders: search, detail, price detail, and what other systems call them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from entrepot.contexts import orders
from entrepot.contexts.inventory import LocationId
from entrepot.contexts.orders import Cut, Order, OrderId, OrderNotFound, Search, State
from entrepot.kernel.access import PersonId
from entrepot.kernel.problems import only

from .envelope import Data
from .operations import Ask, Operations
from .order_words import rendered
from .paging import Key, Paged, after, instant, mark, page, shown
from .price_words import price_detail
from .scopes import Scope
from .shapes import Body, Nothing, Number, Numbers, Query, Seconds, SortOrder

operations = Operations()

MOST_COUNTED = 10_000  # Beyond it nobody should wait for a total.
Status = Literal[
    "UNPAID",
    "ON_HOLD",
    "AWAITING_SHIPMENT",
    "PARTIALLY_SHIPPING",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
    "CANCELLED",
]
SAME = {"CANCELLED": (State.CANCELLED, State.LOST, State.RETURNED_TO_SENDER)}
SHIPPERS = {"TIKTOK": "platform", "SELLER": "merchant"}


class SearchPage(Paged):
    sort_field: Literal["create_time", "update_time"] = "create_time"


class Wanted(Body):
    order_status: Status | None = None
    create_time_ge: Seconds | None = None
    create_time_lt: Seconds | None = None
    update_time_ge: Seconds | None = None
    update_time_lt: Seconds | None = None
    shipping_type: Literal["TIKTOK", "SELLER", "TIKTOK_DIGITAL"] | None = None
    buyer_user_id: Number | None = None
    is_buyer_request_cancel: bool | None = None
    warehouse_ids: Annotated[tuple[Number, ...], Field(max_length=100)] = ()


class Ids(Query):
    ids: Annotated[Numbers, Field(min_length=1, max_length=50)]


@operations.post(
    "/order/202309/orders/search", scope=Scope.ORDER_READ, query=SearchPage, body=Wanted
)
def search_orders(ask: Ask[SearchPage, Wanted]) -> Data:
    """A page of the shop's orders with all that belongs to them."""
    wanted, last = _search(ask), after(ask)
    cut = Cut(
        by_change=ask.query.sort_field == "update_time",
        rising=ask.query.sort_order is SortOrder.ASC,
        after=None if last is None else (instant(last[0]), OrderId(last[1])),
        limit=ask.query.page_size + 1,
    )
    if wanted is None:
        return {"orders": [], "next_page_token": "", "total_count": 0}
    rows = orders.search(ask.tx, wanted, cut)
    # Counted once, for the first page; the token carries the total on.
    total = orders.count(ask.tx, wanted, MOST_COUNTED) if last is None else int(last[2])
    found = [id for _, id in shown(rows, ask)]

    def key(row: tuple[datetime, OrderId]) -> Key:
        return (mark(row[0]), int(row[1]), total)

    return {
        "orders": rendered(ask.tx, ask.shop.market, found),
        **page(rows, ask, key=key, total=total),
    }


@operations.get("/order/202507/orders", older=("202309",), scope=Scope.ORDER_READ, query=Ids)
def order_detail(ask: Ask[Ids, Nothing]) -> Data:
    """Orders by id, in the order of the ids; one that is not this shop's refuses all."""
    ids = [OrderId(id) for id in dict.fromkeys(ask.query.ids)]
    found = orders.in_shop(ask.tx, ask.shop.id, ids)
    for id in ids:
        if id not in found:
            raise OrderNotFound(id)
    return {"orders": rendered(ask.tx, ask.shop.market, ids)}


@operations.get("/order/202407/orders/{order_id}/price_detail", scope=Scope.ORDER_READ)
def order_price_detail(ask: Ask[Nothing, Nothing]) -> Data:
    """What an order and each of its units cost, and why."""
    id = ask.id("order_id", OrderId)
    [order] = of_shop(ask, [id])
    return price_detail(order, orders.lines(ask.tx, [id]))


def of_shop(ask: Ask[Any, Any], ids: Sequence[OrderId]) -> list[Order]:
    """Orders of the shop that is asked about; any other one is not found."""
    found = [only([outcome]) for outcome in orders.by_ids(ask.tx, ids)]
    for order in found:
        if order.shop_id != ask.shop.id:
            raise OrderNotFound(order.id)
    return found


def _search(ask: Ask[SearchPage, Wanted]) -> Search | None:
    """What is asked for; none if nothing can be: digital goods are not sold here."""
    body = ask.body
    if body.shipping_type == "TIKTOK_DIGITAL":
        return None
    status = body.order_status
    states = () if status is None else SAME.get(status) or (State[status],)
    return Search(
        shop_id=ask.shop.id,
        states=states,
        placed=(_from(body.create_time_ge), _from(body.create_time_lt)),
        changed=(_from(body.update_time_ge), _from(body.update_time_lt)),
        buyer_id=None if body.buyer_user_id is None else PersonId(body.buyer_user_id),
        shipper=None if body.shipping_type is None else SHIPPERS[body.shipping_type],
        locations=tuple(LocationId(id) for id in body.warehouse_ids),
        asked_to_cancel=body.is_buyer_request_cancel,
    )


def _from(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
