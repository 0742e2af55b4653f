"""The only ways to an order."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from entrepot.kernel.access import Actor
from entrepot.kernel.ids import among
from entrepot.kernel.problems import Forbidden, Problem
from entrepot.kernel.tx import EVERY_ROW, Lock, Tx

from . import store
from .model import GroupId, Order, OrderId, Quote, QuoteId
from .problems import OrderNotFound
from .tables import groups, orders

# The ways to see an order; one is enough.
WAYS = {
    "merchants": "o.merchant_id = any(cast(:merchants as bigint[]))",
    "signed": "o.group_id = any(cast(:signed as bigint[]))",
    "person": "o.group_id in (select g.id from orders.groups g where g.buyer_id = :person)",
}


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`, so that a diff shows what is new."""

    ANNOTATE = "order:annotate"
    CANCEL = "order:cancel"
    READ = "order:read"
    SHIP = "order:ship"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The orders that this actor may see: bound by every list and every view.

    A merchant's people see its orders, a shopper those that were placed by or sent to them.
    """
    ways = [actor.reach(Permission.READ, orders.c.merchant_id)]
    if actor.signed:
        ways.append(among(orders.c.group_id, actor.signed))
    if actor.in_person is not None:
        own = select(groups.c.id).where(groups.c.buyer_id == actor.in_person)
        ways.append(orders.c.group_id.in_(own))
    return or_(*ways)


def seen_by(actor: Actor) -> tuple[str, dict[str, Any]]:
    """What `visible_to` says, for statements on `orders.orders o` that are SQL: with its values."""
    if actor.may(Permission.READ):
        return "true", {}
    values: dict[str, Any] = {"merchants": [*map(int, actor.places(Permission.READ))]}
    if actor.signed:
        values["signed"] = [*map(int, actor.signed)]
    if actor.in_person is not None:
        values["person"] = int(actor.in_person)
    return f"({' or '.join(WAYS[name] for name in values)})", values


def to_change(
    tx: Tx, ids: Collection[OrderId], permission: Permission
) -> dict[OrderId, Order | Problem]:
    """Orders held until the work ends; for each that the actor cannot have, the reason."""
    mine = visible_to(tx.actor)
    tx.hold(Lock.ORDERS, orders.c.id, ids, mine)  # What is not visible is not even locked.
    found = store.by_ids(tx, ids, mine)
    bought = _bought(tx, found.values()) if permission is Permission.CANCEL else set()
    held: dict[OrderId, Order | Problem] = {}
    for id in ids:
        order = found.get(id)
        if order is None:  # Absent or another shop's: the answer must not tell which.
            held[id] = OrderNotFound(id)
        elif not (tx.actor.may(permission, order.merchant_id) or order.group_id in bought):
            held[id] = Forbidden(f"{permission} is not granted to you", permission=permission)
        else:
            held[id] = order
    return held


def to_move(tx: Tx, ids: Collection[OrderId]) -> dict[OrderId, Order | Problem]:
    """Orders locked for a flow that acts for the platform: no permission is asked."""
    if not ids:
        return {}
    tx.hold(Lock.ORDERS, orders.c.id, ids)
    found = store.by_ids(tx, ids, EVERY_ROW)
    return {id: found.get(id) or OrderNotFound(id) for id in ids}


def hold_groups(tx: Tx, ids: Collection[GroupId]) -> list[Order]:
    """The orders of groups, locked and read at once: no permission is asked."""
    if not tx.held:
        return store.hold_groups(tx, ids)
    found = to_move(tx, [order.id for order in store.of_groups(tx, ids)])
    return [order for order in found.values() if isinstance(order, Order)]


def hold_quotes(tx: Tx, ids: Collection[QuoteId]) -> dict[QuoteId, Quote]:
    """Two requests that place one quote come one after the other."""
    return store.hold_quotes(tx, ids)


def _bought(tx: Tx, found: Iterable[Order]) -> set[GroupId]:
    """The groups among these that this actor bought: a shopper may cancel, and no more."""
    ids = {order.group_id for order in found}
    signed = {id for id in ids if id in tx.actor.signed}
    if tx.actor.in_person is None:
        return signed
    groups_ = store.groups(tx, ids)
    own = {id for id, group in groups_.items() if group.buyer_id == tx.actor.in_person}
    return signed | own
