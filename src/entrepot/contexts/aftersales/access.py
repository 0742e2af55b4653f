"""The only ways to a refund and to a case."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, true

from entrepot.contexts import orders
from entrepot.kernel.access import Actor
from entrepot.kernel.ids import among
from entrepot.kernel.problems import Forbidden, Problem
from entrepot.kernel.tx import Tx

from . import store
from .cases import Case, CaseId
from .lifecycle import Role
from .problems import CaseNotFound
from .tables import cases, refunds


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`."""

    APPROVE = "refund:approve"
    ARBITRATE = "case:arbitrate"
    READ = "refund:read"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The refunds that this actor may see: bound by every list and every view."""
    return actor.reach(Permission.READ, refunds.c.merchant_id)


def cases_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The cases that this actor may see: a merchant's people its own, a buyer theirs."""
    ways = [actor.reach(Permission.READ, cases.c.merchant_id)]
    if actor.signed:
        ways.append(among(cases.c.group_id, actor.signed))
    if actor.in_person is not None:
        ways.append(cases.c.buyer_id == actor.in_person)
    return or_(*ways)


def to_change(tx: Tx, wanted: Collection[tuple[CaseId, Role]]) -> dict[CaseId, Case | Problem]:
    """Cases whose orders are held until the work ends; for each that is refused, the reason."""
    mine = cases_visible_to(tx.actor)
    ids = {id for id, _ in wanted}
    orders.to_move(tx, {case.order_id for case in store.cases.by_ids(tx, ids, mine)})
    found = store.cases.by_ids(tx, ids, mine)  # As it is now that the orders are held.
    by_id = {case.id: case for case in found}
    held: dict[CaseId, Case | Problem] = {}
    for id, role in wanted:
        case = by_id.get(id)
        if case is None:
            held[id] = CaseNotFound(id)
        elif not acts_as(tx.actor, role, case):
            held[id] = Forbidden(f"you do not act as {role} here")
        else:
            held[id] = case
    return held


def held_for_flows(tx: Tx, ids: Collection[CaseId]) -> list[Case]:
    """Cases whose orders are held, for what nobody has to be asked for."""
    orders.to_move(tx, {case.order_id for case in store.cases.by_ids(tx, ids, true())})
    return store.cases.by_ids(tx, ids, true())


def acts_as(actor: Actor, role: Role, case: Case) -> bool:
    """Whether this actor is on that side of a case."""
    match role:
        case Role.BUYER:
            own = actor.in_person is not None and case.buyer_id == actor.in_person
            return own or case.group_id in actor.signed or actor.almighty
        case Role.MERCHANT:
            return actor.may(Permission.APPROVE, case.merchant_id)
        case Role.OPERATOR:
            return actor.may(Permission.ARBITRATE)
        case Role.SYSTEM:
            return actor.almighty
