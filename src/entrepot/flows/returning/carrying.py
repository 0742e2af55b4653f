"""Taking cases further, and what follows: money back, goods back, other goods, claims let go."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from entrepot.contexts import aftersales, inventory, orders, payments, settlement
from entrepot.contexts.aftersales import (
    Case,
    CaseId,
    CaseStep,
    Grade,
    Label,
    RefundId,
    Role,
    State,
    Verb,
)
from entrepot.contexts.orders import Line, OrderId, Side
from entrepot.flows import refunding
from entrepot.flows.refunding import RefundWish
from entrepot.kernel.problems import Problem, each
from entrepot.kernel.tx import Tx

from .bearing import answered_for, charge_ways_back, compensate
from .evidence import sifted
from .replacing import replace_goods

HELD_FOR = "aftersales"  # Why claims are held; the reference is the case's id.
SIDES = {Role.BUYER: Side.BUYER, Role.MERCHANT: Side.MERCHANT}
Moved = tuple[Case, Case]  # As it was and as it is.


def step(tx: Tx, steps: Sequence[CaseStep]) -> list[Case | Problem]:
    """Take cases further, each by the side that it names. A case comes once in a batch."""
    return _followed(tx, steps, sifted(tx, steps, lambda good: aftersales.step(tx, good)))


def advance(tx: Tx, steps: Sequence[CaseStep]) -> list[Case | Problem]:
    """The same for flows: no permission is asked."""
    return _followed(tx, steps, aftersales.advance(tx, steps))


def give_labels(tx: Tx, labels: Sequence[Label]) -> list[Case | Problem]:
    """Give buyers the way back."""
    return aftersales.give_labels(tx, labels)


def run_timers(tx: Tx, as_of: datetime, at_most: int = 500) -> int:
    """Let clocks of cases run out that are due by an instant, each as of its own. For sweeps."""
    found = aftersales.cases_for_flows(tx, aftersales.due_cases(tx, as_of, at_most=at_most))
    due = [case for case in found if case.due_at is not None and case.due_at <= as_of]
    steps = [
        CaseStep(case_id=case.id, verb=aftersales.by_itself(case), role=Role.SYSTEM, at=case.due_at)
        for case in due
    ]
    each(advance(tx, steps))
    return len(due)


def on_refunded(tx: Tx, facts: Sequence[payments.RefundSucceeded]) -> None:
    """Buyers have their money: the cases that it was decided in are over."""
    prefix = "refund:"
    paid = {
        RefundId(int(fact.reference.removeprefix(prefix))): fact.at
        for fact in facts
        if fact.reference.startswith(prefix)
    }
    _complete(tx, aftersales.pay_refunds(tx, paid), {})


def _followed(
    tx: Tx, steps: Sequence[CaseStep], outcomes: Sequence[Moved | Problem]
) -> list[Case | Problem]:
    moved = [outcome for outcome in outcomes if not isinstance(outcome, Problem)]
    by_case = {step.case_id: step for step in steps}
    granted = [pair for pair in moved if pair[1].state is State.GRANTED]
    _hold_stock(tx, [after for _, after in granted])
    over = [after for _, after in moved if after.state in {State.GRANTED, State.CLOSED}]
    sent = replace_goods(tx, [after for _, after in granted if not after.refunds])
    instead = {case.id: case for case in aftersales.pay_instead(tx, sent.sold_out)}
    paying = [instead.get(after.id, after) for _, after in granted if after.id not in sent.orders]
    chosen = {case.id for case in paying if answered_for(tx, by_case[case.id], case)}
    waiting = _paid_back(tx, paying, chosen)
    settlement.let_go(
        tx,
        [
            settlement.Hold(
                order_id=case.order_id, reason=HELD_FOR, reference=case.id, at=case.changed_at
            )
            for case in over
        ],
    )
    done = {case.id: case.changed_at for _, case in granted if case.id not in waiting}
    after = {case.id: case for case in _complete(tx, done, sent.orders)}
    return [
        outcome
        if isinstance(outcome, Problem)
        else after.get(outcome[1].id, instead.get(outcome[1].id, outcome[1]))
        for outcome in outcomes
    ]


def _hold_stock(tx: Tx, granted: Sequence[Case]) -> None:
    """All goods that more than one case moves, at once: stock is not locked bit by bit."""
    moving = [case for case in granted if not case.refunds or case.grade is Grade.SELLABLE]
    if len(moving) > 1:
        lines = orders.lines(tx, {case.order_id for case in moving})
        inventory.hold_goods(tx, {line.sku_id for line in lines})


def _complete(tx: Tx, done: dict[CaseId, datetime], sent: dict[CaseId, OrderId]) -> list[Case]:
    steps = [
        CaseStep(
            case_id=id,
            verb=Verb.COMPLETE,
            role=Role.SYSTEM,
            at=at,
            replacement_id=sent.get(id),
        )
        for id, at in done.items()
    ]
    return [after for _, after in each(aftersales.advance(tx, steps))]


def _paid_back(tx: Tx, granted: Sequence[Case], chosen: Collection[CaseId]) -> set[CaseId]:
    """Refund what was granted; gives the cases whose buyers wait for money.

    What was the platform's choice is made up for.
    """
    waiting: set[CaseId] = set()
    for batch in _once_each(granted):
        lines = {
            (line.order_id, line.pos): line
            for line in orders.lines(tx, {case.order_id for case in batch})
        }
        wishes = [(case, wish) for case in batch for wish in _wishes(case, lines)]
        refunds = each(refunding.carry_out(tx, [wish for _, wish in wishes]))
        pairs = [(refund, case) for (case, _), refund in zip(wishes, refunds, strict=True)]
        waited = [(refund.id, case.id) for refund, case in pairs if refund.amount.minor]
        aftersales.link_refunds(tx, waited)
        waiting |= {id for _, id in waited}
        compensate(tx, [(refund, case) for refund, case in pairs if case.id in chosen])
        charge_ways_back(tx, batch, lines)
    return waiting


def _once_each(granted: Sequence[Case]) -> Iterator[list[Case]]:
    """Batches in which no order comes twice: a line is refunded on what went back before."""
    left = [*granted]
    while left:
        first: dict[OrderId, Case] = {}
        for case in left:
            first.setdefault(case.order_id, case)
        yield [*first.values()]
        left = [case for case in left if first[case.order_id] is not case]


def _wishes(case: Case, lines: dict[tuple[OrderId, int], Line]) -> Iterator[RefundWish]:
    """What each line gets; never more than is left of it, whatever else was refunded meanwhile."""
    for part, share in zip(case.lines, case.shares, strict=True):
        line = lines[case.order_id, part.pos]
        minor = min(share, line.payment_minor - line.refunded_minor)
        came = case.received_at is not None
        units = min(len(part.units), line.delivered - line.returned) if came else 0
        if minor or units:
            yield RefundWish(
                order_id=case.order_id,
                pos=part.pos,
                minor=minor,
                units=units,
                reason=case.refund_as,
                by=SIDES.get(case.opened_by, Side.PLATFORM),
                restock=case.grade is Grade.SELLABLE,
                at=case.changed_at,
            )
