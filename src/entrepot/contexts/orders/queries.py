"""Public reads of orders."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import PersonId
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .finding import Cut, Reference, Search
from .lifecycle import State
from .model import (
    CancellationId,
    Filter,
    Group,
    GroupId,
    Line,
    Order,
    OrderId,
    QuoteId,
    Recipient,
    Terms,
    TermsId,
    UnitId,
)
from .problems import OrderNotFound
from .requests import CancellationFilter, CancellationRequest


@dataclass(frozen=True, slots=True)
class Happening:
    """One row of an order's history."""

    verb: str
    before: State
    after: State
    actor: str
    reason: str
    at: datetime


def by_ids(tx: Tx, ids: Sequence[OrderId]) -> list[Order | Problem]:
    """Orders as this actor may see them, in the order of the ids."""
    found = store.by_ids(tx, ids, access.visible_to(tx.actor))
    return [found.get(id) or OrderNotFound(id) for id in ids]


def page(
    tx: Tx, wanted: Filter, *, after: tuple[datetime, OrderId] | None = None, limit: int = 50
) -> list[Order]:
    """One page of the orders that this actor may see, newest first; `after` is the last one."""
    return store.page(tx, access.visible_to(tx.actor), wanted, (after, limit))


def search(tx: Tx, wanted: Search, cut: Cut) -> list[tuple[datetime, OrderId]]:
    """One page of the orders that this actor may see, each with the instant it is sorted by."""
    return store.search(tx, access.seen_by(tx.actor), wanted, cut)


def count(tx: Tx, wanted: Search, at_most: int) -> int:
    """How many of them there are, counted up to a number: beyond it nobody should wait."""
    return store.count(tx, access.seen_by(tx.actor), wanted, at_most)


def in_shop(tx: Tx, shop_id: ShopId, ids: Collection[OrderId]) -> set[OrderId]:
    """Those of these orders that are a shop's, and that this actor may see."""
    return store.in_shop(tx, access.seen_by(tx.actor), shop_id, ids)


def references(tx: Tx, ids: Collection[OrderId]) -> list[Reference]:
    """What other systems call orders, for callers that were given the orders."""
    return store.references(tx, ids)


def named(tx: Tx, shop_id: ShopId, platform: str, external_id: str) -> list[Reference]:
    """The orders of a shop that another system knows by a name, if this actor may see them."""
    found = store.named(tx, int(shop_id), platform, external_id)
    visible = store.by_ids(tx, [each.order_id for each in found], access.visible_to(tx.actor))
    return [each for each in found if each.order_id in visible]


def lines(tx: Tx, ids: Collection[OrderId]) -> list[Line]:
    """Lines of orders by order and position, for callers that were given the orders."""
    return store.lines(tx, ids)


def at_units(tx: Tx, ids: Collection[UnitId]) -> dict[UnitId, tuple[OrderId, int, int]]:
    """The order, line and number of units; unknown ones are left out. For flows.

    No permission is asked: whoever asks looks at the order next.
    """
    return store.at_units(tx, ids)


def of_groups(tx: Tx, ids: Collection[GroupId]) -> list[Order]:
    """The orders of groups, by group and id. For flows: no permission is asked."""
    return store.of_groups(tx, ids)


def unsettled(tx: Tx, ids: Collection[GroupId]) -> set[GroupId]:
    """Those of these groups that have an order which was never paid. For flows."""
    return store.unsettled(tx, ids)


def groups(tx: Tx, ids: Collection[GroupId]) -> dict[GroupId, Group]:
    """Groups with the ids of their orders. For flows: no permission is asked."""
    return store.groups(tx, ids)


def groups_of_buyers(tx: Tx, people: Collection[PersonId]) -> list[GroupId]:
    """What these people checked out. For flows: no permission is asked."""
    return store.groups_of_buyers(tx, people) if people else []


def placed(tx: Tx, ids: Collection[QuoteId]) -> dict[QuoteId, Group]:
    """What quotes became, where they were placed. For flows: no permission is asked."""
    return store.placed_groups(tx, ids)


def known_buyers(tx: Tx, people: Collection[PersonId]) -> set[PersonId]:
    """Those of these people who have placed an order before. For flows."""
    return store.known_buyers(tx, people)


def recipients(tx: Tx, found: Sequence[Order]) -> Mapping[GroupId, Recipient]:
    """Who receives these orders; absent while an address is hidden from the one who asks."""
    shown = {
        order.group_id
        for order in found
        if not order.hides_address
        or order.group_id in tx.actor.signed
        or tx.actor.may(access.Permission.READ)
    }
    return store.recipients(tx, shown)


def terms(tx: Tx, ids: Collection[TermsId]) -> dict[TermsId, Terms]:
    """Flags and rules as they were when lines were placed."""
    return store.terms(tx, ids)


def history(tx: Tx, order_id: OrderId) -> list[Happening]:
    """What happened to an order, oldest first, for callers that were given the order."""
    return [
        Happening(row.verb, State(row.before), State(row.after), row.actor, row.reason, row.at)
        for row in store.history(tx, order_id)
    ]


def due(tx: Tx, as_of: datetime, *, at_most: int = 500) -> list[OrderId]:
    """Orders whose timer has run out by an instant, the longest overdue first. For sweeps."""
    return store.due(tx, as_of, at_most)


def next_due_at(tx: Tx) -> datetime | None:
    """When the next timer of any order runs out. For the clock and sweeps."""
    return store.next_due_at(tx)


def cancelled_units(tx: Tx, ids: Collection[OrderId]) -> dict[tuple[OrderId, int], tuple[int, ...]]:
    """Which units of orders were cancelled, by line. For callers that were given the orders."""
    return store.cancelled_units(tx, ids)


def cancellations(
    tx: Tx,
    wanted: CancellationFilter,
    *,
    after: tuple[datetime, CancellationId] | None = None,
    limit: int = 50,
) -> list[CancellationRequest]:
    """One page of the cancellations of orders that this actor may see; `after` is the last one."""
    return store.page_of_requests(tx, wanted, access.visible_to(tx.actor), (after, limit))


def count_cancellations(tx: Tx, wanted: CancellationFilter, at_most: int = 10_000) -> int:
    """How many this actor may see; counting stops where it would cost too much."""
    return store.count_requests(tx, wanted, access.visible_to(tx.actor), at_most)


def due_requests(tx: Tx, as_of: datetime, *, at_most: int = 500) -> dict[OrderId, datetime]:
    """Orders whose merchants did not answer a wish to cancel, and until when. For sweeps."""
    return store.due_requests(tx, as_of, at_most)


def next_request_due_at(tx: Tx) -> datetime | None:
    """When the next merchant's time to answer runs out. For the clock and sweeps."""
    return store.next_request_due_at(tx)
