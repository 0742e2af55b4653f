"""Public reads of aftersales."""

from collections.abc import Collection, Sequence
from datetime import datetime

from entrepot.contexts.orders import OrderId
from entrepot.kernel.problems import NotFound, Problem
from entrepot.kernel.tx import Tx

from . import access, store
from .cases import Case, CaseFilter, CaseId, Record
from .model import Refund, RefundId
from .problems import CaseNotFound


def of_orders(tx: Tx, ids: Collection[OrderId]) -> list[Refund]:
    """The refunds of orders, by order and id, for callers that were given the orders."""
    return store.refunds.of_orders(tx, ids)


def by_ids(tx: Tx, ids: Sequence[RefundId]) -> list[Refund | Problem]:
    """Refunds as this actor may see them, in the order of the ids."""
    mine = access.visible_to(tx.actor)
    found = {refund.id: refund for refund in store.refunds.by_ids(tx, ids, mine)}
    return [found.get(id) or NotFound("refund", id) for id in ids]


def page(
    tx: Tx, *, after: tuple[datetime, RefundId] | None = None, limit: int = 50
) -> list[Refund]:
    """One page of the refunds that this actor may see, newest first; `after` is the last one."""
    return store.refunds.page(tx, [access.visible_to(tx.actor)], after, limit)


def cases(tx: Tx, ids: Sequence[CaseId]) -> list[Case | Problem]:
    """Cases as this actor may see them, in the order of the ids."""
    mine = access.cases_visible_to(tx.actor)
    found = {case.id: case for case in store.cases.by_ids(tx, ids, mine)}
    return [found.get(id) or CaseNotFound(id) for id in ids]


def cases_of_orders(tx: Tx, ids: Collection[OrderId]) -> list[Case]:
    """The cases of orders, by order and id, for callers that were given the orders."""
    return store.cases.of_orders(tx, ids)


def case_page(
    tx: Tx,
    wanted: CaseFilter,
    *,
    after: tuple[datetime, CaseId] | None = None,
    limit: int = 50,
) -> list[Case]:
    """One page of the cases that this actor may see, in the filter's order; `after` is the last."""
    return store.cases.page(tx, wanted, access.cases_visible_to(tx.actor), (after, limit))


def count_cases(tx: Tx, wanted: CaseFilter, at_most: int = 10_000) -> int:
    """How many cases this actor may see; counting stops where it would cost too much."""
    return store.cases.count(tx, wanted, access.cases_visible_to(tx.actor), at_most)


def records(tx: Tx, id: CaseId) -> list[Record]:
    """What happened to a case, oldest first, for callers that were given the case."""
    return store.cases.records(tx, id)


def evidence_of(tx: Tx, order_id: OrderId) -> list[int]:
    """The files that the buyer of an order handed in. For flows: no permission is asked."""
    return store.cases.evidence(tx, order_id)


def due_cases(tx: Tx, as_of: datetime, *, at_most: int = 500) -> list[CaseId]:
    """Cases whose clock has run out by an instant, the longest overdue first. For sweeps."""
    return store.cases.due(tx, as_of, at_most)


def next_case_due_at(tx: Tx) -> datetime | None:
    """When the next clock of any case runs out. For the clock and sweeps."""
    return store.cases.next_due_at(tx)


def cases_for_flows(tx: Tx, ids: Collection[CaseId]) -> list[Case]:
    """Cases with their orders held until the work ends. For flows: no permission is asked."""
    return access.held_for_flows(tx, ids)
