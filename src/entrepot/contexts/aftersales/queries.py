"""Public reads of aftersales."""

from collections.abc import Collection, Sequence
from datetime import datetime

from entrepot.contexts.orders import OrderId
from entrepot.kernel.problems import NotFound, Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .model import Refund, RefundId


def of_orders(tx: Tx, ids: Collection[OrderId]) -> list[Refund]:
    """The refunds of orders, by order and id, for callers that were given the orders."""
    return store.of_orders(tx, ids)


def by_ids(tx: Tx, ids: Sequence[RefundId]) -> list[Refund | Problem]:
    """Refunds as this actor may see them, in the order of the ids."""
    mine = access.visible_to(tx.actor)
    found = {refund.id: refund for refund in store.by_ids(tx, ids, mine)}
    return [found.get(id) or NotFound("refund", id) for id in ids]


def page(
    tx: Tx, *, after: tuple[datetime, RefundId] | None = None, limit: int = 50
) -> list[Refund]:
    """One page of the refunds that this actor may see, newest first; `after` is the last one."""
    return store.page(tx, [access.visible_to(tx.actor)], after, limit)
