"""Opening a case: by the buyer, by the merchant who gives in at once, or by the operator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from entrepot.contexts import aftersales, orders, settlement
from entrepot.contexts.aftersales import (
    Case,
    CaseLine,
    CaseStep,
    Kind,
    NewCase,
    NotEligible,
    Role,
    Use,
    Verb,
)
from entrepot.contexts.orders import Order, OrderId
from entrepot.kernel.access import PersonId
from entrepot.kernel.money import allocate
from entrepot.kernel.problems import BadInput, Forbidden, Problem, each
from entrepot.kernel.tx import Tx
from entrepot.rulebook import AftersaleReason

from .bearing import bearer, costs
from .carrying import HELD_FOR, advance
from .eligibility import Eligible, Why, clocks, eligible
from .evidence import foreign_files
from .sides import is_on_that_side


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A wish to open a case about units of one order."""

    order_id: OrderId
    kind: Kind
    role: Role
    reason: str
    units: Mapping[int, int] | None = None  # By line; none: all that can be in one.
    which: Mapping[int, Sequence[int]] | None = None  # The units themselves, instead.
    minor: int | None = None  # Less than the units are worth.
    note: str = ""
    files: tuple[int, ...] = ()


def open_cases(tx: Tx, wishes: Sequence[OpenCase]) -> list[Case | Problem]:
    """Open cases, with an outcome for each wish. An order comes once in a batch.

    What the merchant or the operator opens is granted at once: nobody has to be asked.
    """
    ids = [wish.order_id for wish in wishes]
    assert len({*ids}) == len(ids), "an order comes once in a batch"
    seen = {order.id for order in orders.by_ids(tx, ids) if isinstance(order, Order)}
    held = orders.to_move(tx, seen)
    buyers = _buyers(tx, [order for order in held.values() if isinstance(order, Order)])
    outcomes: list[NewCase | Problem] = []
    for wish in wishes:
        order = held.get(wish.order_id) or orders.OrderNotFound(wish.order_id)
        outcomes.append(
            order if isinstance(order, Problem) else _new(tx, wish, order, buyers[order.id])
        )
    made = iter(aftersales.open_cases(tx, [one for one in outcomes if isinstance(one, NewCase)]))
    opened = [one if isinstance(one, Problem) else next(made) for one in outcomes]
    settlement.hold(
        tx,
        [
            settlement.Hold(
                order_id=case.order_id, reason=HELD_FOR, reference=case.id, at=case.opened_at
            )
            for case in opened
            if isinstance(case, Case)
        ],
    )
    return _given_in(tx, opened)


def _given_in(tx: Tx, opened: Sequence[Case | Problem]) -> list[Case | Problem]:
    steps = [
        CaseStep(case_id=case.id, verb=verb, role=case.opened_by)
        for case in opened
        if isinstance(case, Case) and case.opened_by is not Role.BUYER
        for verb in [
            Verb.GRANT_RETURN if case.kind is Kind.RETURN_AND_REFUND else Verb.GRANT,
        ]
    ]
    after = {case.id: case for case in each(advance(tx, steps))}
    return [after.get(one.id, one) if isinstance(one, Case) else one for one in opened]


def _buyers(tx: Tx, found: Sequence[Order]) -> dict[OrderId, PersonId | None]:
    groups = orders.groups(tx, {order.group_id for order in found})
    return {order.id: groups[order.group_id].buyer_id for order in found}


def _new(tx: Tx, wish: OpenCase, order: Order, buyer: PersonId | None) -> NewCase | Problem:
    if not is_on_that_side(tx, wish.role, order, buyer):
        return Forbidden(f"you do not act as {wish.role} here")
    found = aftersales.reasons(tx, order.market, tx.now, Use.REQUEST, wish.kind)
    given = aftersales.for_role(found, wish.role)
    reason = next((row for row in given if row.code == wish.reason), None)
    if reason is None:
        return BadInput("reason", f"one of {', '.join(row.code for row in given)}")
    lines = _lines(eligible(tx, order, wish.role, [wish.kind]), wish)
    if isinstance(lines, Problem):
        return lines
    foreign = foreign_files(tx, wish.role, (order.id, order.merchant_id), wish.files)
    if foreign is not None:
        return foreign
    return _case(tx, (wish, order, buyer), reason, lines)


def _case(
    tx: Tx,
    one: tuple[OpenCase, Order, PersonId | None],
    reason: AftersaleReason,
    lines: tuple[CaseLine, ...],
) -> NewCase:
    wish, order, buyer = one
    return NewCase(
        order_id=order.id,
        group_id=order.group_id,
        buyer_id=buyer,
        shop_id=order.shop_id,
        merchant_id=order.merchant_id,
        market=order.market,
        mode=order.mode,
        seller_type=order.seller_type,
        currency=order.total.currency,
        kind=wish.kind,
        opened_by=wish.role,
        reason=wish.reason,
        refund_as=aftersales.Reason(reason.refund_as),
        seller_fault=reason.seller_fault,
        lines=lines,
        timers=clocks(tx, order).ref,
        costs=costs(tx, order).ref,
        way_back_bearer=bearer(tx, order, seller_fault=reason.seller_fault),
        note=wish.note,
        files=wish.files,
    )


def _lines(found: Sequence[Eligible], wish: OpenCase) -> tuple[CaseLine, ...] | Problem:
    by_pos = {one.line.pos: one for one in found}
    wanted = _wanted(by_pos, wish)
    if not wanted:
        return _refused(next(iter(by_pos.values())))
    lines: list[CaseLine] = []
    for pos, units in sorted(wanted.items()):
        one = by_pos.get(pos)
        if one is None:
            return BadInput("units", f"lines of order {wish.order_id}: {[*by_pos]}")
        if not units or len(units) > one.most or not {*units} <= {*one.units}:
            return _refused(one)
        lines.append(CaseLine(pos=pos, units=units, minor=one.minor(units)))
    return tuple(lines) if wish.minor is None else _less(lines, wish.minor)


def _wanted(found: Mapping[int, Eligible], wish: OpenCase) -> dict[int, tuple[int, ...]]:
    if wish.which is not None:
        return {pos: tuple(sorted({*units})) for pos, units in wish.which.items()}
    if wish.units is None:
        return {pos: one.units[: one.most] for pos, one in found.items() if one.most}
    return {
        pos: _lowest(found[pos], count) if pos in found else () for pos, count in wish.units.items()
    }


def _lowest(one: Eligible, count: int) -> tuple[int, ...]:
    """The lowest units; none if there are not so many."""
    return one.units[:count] if count <= one.most else ()


def _less(lines: Sequence[CaseLine], minor: int) -> tuple[CaseLine, ...] | Problem:
    most = sum(line.minor for line in lines)
    if not 0 < minor <= most:
        return BadInput("minor", f"more than 0 and at most {most}")
    shares = allocate(minor, [line.minor for line in lines])
    return tuple(replace(line, minor=part) for line, part in zip(lines, shares, strict=True))


def _refused(one: Eligible) -> NotEligible:
    why = one.why or Why.NO_UNITS_LEFT
    return NotEligible(
        why,
        f"line {one.line.pos} of order {one.line.order_id} has {one.most} units for this: {why}",
        order_id=str(one.line.order_id),
    )
