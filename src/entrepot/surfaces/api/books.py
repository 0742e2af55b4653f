"""The ledger, why things came out as they did, and facts that nobody could digest."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, StringConstraints

from entrepot.contexts import identity, ledger
from entrepot.contexts.identity import AuditId
from entrepot.contexts.orders import OrderId
from entrepot.contexts.settlement import PayoutId, StatementId
from entrepot.flows import explaining
from entrepot.flows.explaining import Explanation
from entrepot.kernel import events
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency
from entrepot.kernel.problems import Forbidden, NotFound
from entrepot.kernel.tx import Tx

from .calls import Call, ThisCall, demand
from .operations import Permission
from .problems import refusals
from .routing import noun
from .views import Asked, Minor, MoneyView, Page, Paging, View, after_id, cursor_id, example, page

router = noun(tag="books")


class BalanceView(View):
    """One purpose in one currency."""

    purpose: str
    currency: Currency
    debit: Minor
    credit: Minor
    balance: Minor


class TrialBalanceView(View):
    """Debits and credits by purpose. `differences` is empty, or the books are broken."""

    at: datetime
    lines: list[BalanceView]
    differences: list[MoneyView]


class RuleView(View):
    ref: str
    first_day: date
    source: str
    mark: str


class StepView(View):
    """One amount or date: what is stored, what the formula gives, and why."""

    what: str
    stored: str
    recomputed: str
    agrees: bool
    formula: str
    rule: RuleView | None


class ExplanationView(View):
    subject: str
    agrees: bool
    steps: list[StepView]


class ParkedView(View):
    """A fact that a subscriber could not digest, or that stands behind one."""

    subscriber: str
    position: int
    name: str
    subject: Id
    reason: str


class AskRetry(Asked):
    model_config = example({"subscriber": "flows.paying.on_captured", "subject": "1"})

    subscriber: Annotated[str, StringConstraints(max_length=200)]
    subject: Id


class RetriedView(View):
    facts: int


class AuditView(View):
    id: AuditId
    at: datetime
    actor: str
    action: str
    outcome: identity.Outcome
    organisation_id: OrganisationId | None


@router.get("/operations/trial-balance", responses=refusals(Forbidden))
def trial_balance(
    call: ThisCall, at: Annotated[AwareDatetime | None, Query()] = None
) -> TrialBalanceView:
    """Debits and credits by purpose and currency, now or at an instant."""

    def show(tx: Tx) -> TrialBalanceView:
        demand(tx, ledger.Permission.READ)
        lines = ledger.trial_balance(tx, at=at)
        sums: dict[Currency, int] = {}
        for line in lines:
            sums[line.currency] = sums.get(line.currency, 0) + line.balance
        return TrialBalanceView(
            at=at or tx.now,
            lines=[BalanceView.model_validate(line) for line in lines],
            differences=[MoneyView.of(minor, name) for name, minor in sums.items() if minor],
        )

    return call.signed_in(show)


@router.get("/orders/{order_id}/explanation", responses=refusals(NotFound))
def explain_order(order_id: OrderId, call: ThisCall) -> ExplanationView:
    """Why an order's amounts are what they are, computed again."""
    return _explained(call, lambda tx: explaining.explain_order(tx, order_id))


@router.get("/statements/{statement_id}/explanation", responses=refusals(NotFound))
def explain_statement(statement_id: StatementId, call: ThisCall) -> ExplanationView:
    """Why a statement came out on that day for that amount."""
    return _explained(call, lambda tx: explaining.explain_statement(tx, statement_id))


@router.get("/payouts/{payout_id}/explanation", responses=refusals(NotFound))
def explain_payout(payout_id: PayoutId, call: ThisCall) -> ExplanationView:
    """Why a payout is what it is."""
    return _explained(call, lambda tx: explaining.explain_payout(tx, payout_id))


@router.get("/operations/events/parked", responses=refusals(Forbidden))
def list_parked(call: ThisCall) -> list[ParkedView]:
    """Facts that wait for somebody to look at them."""

    def show(tx: Tx) -> list[ParkedView]:
        demand(tx, Permission.EVENTS)
        return [
            ParkedView(
                subscriber=fact.subscriber,
                position=fact.position,
                name=fact.name,
                subject=Id(fact.subject),
                reason=fact.reason,
            )
            for fact in events.parked(tx.sql)
        ]

    return call.signed_in(show)


@router.post("/operations/events/retries", status_code=201, responses=refusals(Forbidden, NotFound))
def retry_parked(body: AskRetry, call: ThisCall) -> RetriedView:
    """Hand the parked facts of a subject to their subscriber again."""
    call.signed_in(lambda tx: demand(tx, Permission.EVENTS))
    found = [to for to in call.parts.subscribers if to.name == body.subscriber]
    if not found:
        raise NotFound("subscriber", "of this name")
    who = call.parts.platform("events.retry")
    work = call.parts.work
    facts = work.run(who, "events.retry", lambda tx: events.retry(tx, found[0], body.subject))
    return RetriedView(facts=facts)


@router.get("/operations/audit")
def read_audit(ask: Annotated[Paging, Query()], call: ThisCall) -> Page[AuditView]:
    """Who did or was refused what, the newest first, as far as one may see it."""
    before = after_id(ask.after, AuditId)
    rows = call.signed_in(lambda tx: identity.trail(tx, before, ask.limit))
    return page(rows, ask.limit, _audit, lambda row: cursor_id(row.id))


def _audit(row: identity.AuditRow) -> AuditView:
    return AuditView(
        id=row.id,
        at=row.at,
        actor=row.actor,
        action=row.mark.action,
        outcome=row.mark.outcome,
        organisation_id=row.mark.organisation_id,
    )


def _explained(call: Call, why: "Why") -> ExplanationView:
    found = call.signed_in(why)
    return ExplanationView(
        subject=found.subject,
        agrees=not found.differences,
        steps=[StepView.model_validate(step) for step in found.steps],
    )


Why = Callable[[Tx], Explanation]
