"""Orders that replace goods: no price, no payment, and no hour of waiting for second thoughts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from entrepot.contexts.orders import access, store
from entrepot.contexts.orders.events import OrderMoved, OrderPlaced
from entrepot.contexts.orders.lifecycle import State, Verb
from entrepot.contexts.orders.model import Order, OrderId
from entrepot.kernel.events import Event, emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.money import Money
from entrepot.kernel.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A wish to send units of an order once more, under an id for which stock is held."""

    id: OrderId
    of: OrderId
    units: Mapping[int, int]  # By line.
    at: datetime


def draft_replacements(tx: Tx, n: int) -> list[OrderId]:
    """Ids of orders to come, so that stock can be held for them. For flows."""
    return new_ids(tx.sql, OrderId, n) if n else []


def place_replacements(tx: Tx, wishes: Sequence[Replacement]) -> list[Order]:
    """Write orders that wait for their shipment. For flows that hold the first order and stock."""
    if not wishes:
        return []
    held = access.to_move(tx, {wish.of for wish in wishes})
    made = [_made(wish, held[wish.of]) for wish in wishes]
    pairs = [(wish.units, order) for wish, order in zip(wishes, made, strict=True)]
    drafts = store.place_replacements(tx, pairs)
    emit(tx, [fact for order in drafts for fact in _facts(order)])
    return drafts


def _made(wish: Replacement, of: object) -> Order:
    assert isinstance(of, Order), "a flow replaces goods of an order that it holds"
    return replace(
        of,
        id=wish.id,
        state=State.ON_HOLD,
        total=Money(0, of.total.currency),
        refunded_minor=0,
        seller_fault=False,
        placed_at=wish.at,
        paid_at=wish.at,
        dispatched_at=None,
        delivered_at=None,
        closed_at=None,
        changed_at=wish.at,
        due_at=wish.at,  # It is released by the next sweep, as every order is.
        replaces_id=of.id,
    )


def _facts(order: Order) -> list[Event]:
    head: dict[str, Any] = {
        "at": order.placed_at,
        "order_id": order.id,
        "group_id": order.group_id,
        "shop_id": order.shop_id,
        "merchant_id": order.merchant_id,
    }
    placed = OrderPlaced(
        **head, market=order.market, currency=order.total.currency.value, total_minor=0
    )
    paid = OrderMoved(**head, verb=Verb.PAY, before=State.UNPAID.value, after=order.state.value)
    return [placed, paid]
