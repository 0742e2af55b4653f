"""Operators decide on applications."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from entrepot.contexts.merchants import access, checks, rules, store
from entrepot.contexts.merchants.access import Permission
from entrepot.contexts.merchants.lifecycle import ApplicationVerb
from entrepot.contexts.merchants.model import (
    CORRECTION_DUE,
    Application,
    ApplicationId,
    Finding,
    NewShop,
    Shop,
)
from entrepot.contexts.merchants.problems import ChecksFailed, DeadlinePassed
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx

from .moving import advanced, save_applications
from .opening import opened

Moves = list[tuple[Application, Application, tuple[str, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack:
    """An application with what has to be put right."""

    application_id: ApplicationId
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    application_id: ApplicationId
    reason: str


def review(tx: Tx, ids: Sequence[ApplicationId]) -> list[Application | Problem]:
    """Take applications into review. What the automatic checks find goes back at once."""
    held = access.applications_to_change(tx, ids, Permission.ONBOARDING_DECIDE)
    moves: Moves = []
    outcomes = [_step(held, moves, id, ApplicationVerb.REVIEW) for id in ids]
    save_applications(tx, moves)
    found = checks.findings(tx, [after for _, after, _ in moves])
    returned = {id: findings for id, findings in found.items() if findings}
    back = iter(_sent_back(tx, held, returned))
    again = {one.id: one for one in back if isinstance(one, Application)}
    return [again.get(one.id, one) if isinstance(one, Application) else one for one in outcomes]


def send_back(tx: Tx, wishes: Sequence[SendBack]) -> list[Application | Problem]:
    """Ask for corrections, by reason, with a deadline."""
    ids = [wish.application_id for wish in wishes]
    held = access.applications_to_change(tx, ids, Permission.ONBOARDING_DECIDE)
    outcomes: list[Application | Problem] = []
    for wish in wishes:
        if wish.findings:
            asked = {wish.application_id: [*wish.findings]}
            outcomes.extend(_sent_back(tx, held, asked))
        else:
            outcomes.append(BadInput("findings", "say what has to be put right"))
    return outcomes


def reject(tx: Tx, wishes: Sequence[Rejection]) -> list[Application | Problem]:
    """Say no, for good."""
    ids = [wish.application_id for wish in wishes]
    held = access.applications_to_change(tx, ids, Permission.ONBOARDING_DECIDE)
    moves: Moves = []
    outcomes = [
        _step(held, moves, wish.application_id, ApplicationVerb.REJECT, (wish.reason,))
        for wish in wishes
    ]
    save_applications(tx, moves)
    return outcomes


def approve(tx: Tx, ids: Sequence[ApplicationId]) -> list[Application | Problem]:
    """Say yes: the shop opens, or waits for the deposit that the market's rule asks for."""
    held = access.applications_to_change(tx, ids, Permission.ONBOARDING_DECIDE)
    reviewed = [one for one in held.values() if isinstance(one, Application)]
    ready = [
        one for one in reviewed if isinstance(advanced(one, ApplicationVerb.OPEN), Application)
    ]
    found = checks.findings(tx, ready)
    return [_approved(tx, held, id, found.get(id, [])) for id in ids]


def confirm_deposits(tx: Tx, ids: Sequence[ApplicationId]) -> list[Application | Problem]:
    """The deposit has come: the shop opens."""
    held = access.applications_to_change(tx, ids, Permission.ONBOARDING_DECIDE)
    outcomes: list[Application | Problem] = []
    for id in ids:
        one = held[id]
        if isinstance(one, Application) and one.due_at is not None and one.due_at <= tx.now:
            outcomes.append(DeadlinePassed(one.due_at))
        elif isinstance(one, Application) and one.due_at is None:
            outcomes.append(advanced(one, ApplicationVerb.EXPIRE))  # None is awaited: refused.
        else:
            outcomes.append(_opened(tx, held, id))
    return outcomes


def _approved(
    tx: Tx,
    held: dict[ApplicationId, Application | Problem],
    id: ApplicationId,
    findings: Sequence[Finding],
) -> Application | Problem:
    one = held[id]
    after = advanced(one, ApplicationVerb.ASK_DEPOSIT)
    if isinstance(one, Problem) or isinstance(after, Problem):
        return after
    if findings:
        return ChecksFailed([finding.reason for finding in findings])
    rule, ref = rules.entry(tx, one, one.mode, rules.day_in(tx, one.market))
    held[id] = replace(one, rule=ref)
    if rule.deposit_minor == 0:
        return _opened(tx, held, id)
    due_at = tx.now + timedelta(days=rule.deposit_days)
    held[id] = after = replace(after, rule=ref, due_at=due_at)
    save_applications(tx, [(one, after, (ref,))])
    return after


def _opened(
    tx: Tx, held: dict[ApplicationId, Application | Problem], id: ApplicationId
) -> Application | Problem:
    before = held[id]
    after = advanced(before, ApplicationVerb.OPEN)
    if isinstance(before, Problem) or isinstance(after, Problem):
        return after
    wish = NewShop(
        merchant_id=before.merchant_id,
        name=before.shop_name,
        market=before.market,
        mode=before.mode,
        seller_type=before.seller_type,
    )
    [shop] = opened(tx, [wish], probation=True)
    if not isinstance(shop, Shop):
        return shop
    store.verify_companies(tx, [before.merchant_id])
    held[id] = after = replace(after, shop_id=shop.id)
    save_applications(tx, [(before, after, (after.rule or "",))])
    return after


def _sent_back(
    tx: Tx,
    held: dict[ApplicationId, Application | Problem],
    asked: dict[ApplicationId, list[Finding]],
) -> list[Application | Problem]:
    due_at = tx.now + CORRECTION_DUE
    moves: Moves = []
    outcomes: list[Application | Problem] = []
    for id, findings in asked.items():
        reasons = tuple(sorted({finding.reason.value for finding in findings}))
        outcome = _step(held, moves, id, ApplicationVerb.CORRECT, reasons)
        if isinstance(outcome, Application):
            before, _, _ = moves.pop()
            held[id] = outcome = replace(outcome, due_at=due_at)
            moves.append((before, outcome, reasons))
            store.add_corrections(tx, [(id, finding, due_at) for finding in findings])
        outcomes.append(outcome)
    save_applications(tx, moves)
    return outcomes


def _step(
    held: dict[ApplicationId, Application | Problem],
    moves: Moves,
    id: ApplicationId,
    verb: ApplicationVerb,
    reasons: tuple[str, ...] = (),
) -> Application | Problem:
    before = held[id]
    after = advanced(before, verb)
    if isinstance(before, Application) and isinstance(after, Application):
        held[id] = after  # A second wish for this application meets it moved.
        moves.append((before, after, reasons))
    return after
