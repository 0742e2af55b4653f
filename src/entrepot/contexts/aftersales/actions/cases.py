"""Opening cases and taking them further."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from entrepot.contexts.aftersales import access, store
from entrepot.contexts.aftersales.cases import (
    Case,
    CaseId,
    CaseStep,
    Grade,
    Kind,
    NewCase,
    Record,
    Ruling,
)
from entrepot.contexts.aftersales.events import CaseMoved
from entrepot.contexts.aftersales.lifecycle import CASE, State, Verb, may
from entrepot.contexts.aftersales.problems import CaseNotFound, NotYourTurn
from entrepot.contexts.aftersales.reasons import Use, known
from entrepot.contexts.aftersales.timers import due_at, timers
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx

OPEN = "open"


def open_cases(tx: Tx, new: Sequence[NewCase]) -> list[Case]:
    """Write cases that may be opened. For flows, which hold the orders and checked the units."""
    if not new:
        return []
    ids = new_ids(tx.sql, CaseId, len(new))
    made = store.cases.add(tx, [_opened(tx, wish, id) for wish, id in zip(new, ids, strict=True)])
    store.cases.record(
        tx,
        [
            Record(
                case_id=case.id,
                verb=OPEN,
                before=None,
                after=case.state,
                role=wish.opened_by,
                reason=wish.reason,
                note=wish.note,
                files=wish.files,
                at=tx.now,
            )
            for case, wish in zip(made, new, strict=True)
        ],
    )
    emit(tx, [CaseMoved.of(case, OPEN, None, case.opened_by) for case in made])
    return made


def step(tx: Tx, steps: Sequence[CaseStep]) -> list[tuple[Case, Case] | Problem]:
    """Take cases further: each as it was and as it is, or why not. A case comes once in a batch.

    Asked is that the actor is on the side that the step names and that the step is that side's.
    Money, goods and claims follow in flows.
    """
    return _step(tx, steps, access.to_change(tx, [(one.case_id, one.role) for one in steps]))


def advance(tx: Tx, steps: Sequence[CaseStep]) -> list[tuple[Case, Case] | Problem]:
    """The same for flows, which act by themselves: no permission is asked."""
    ids = [one.case_id for one in steps]
    found = {case.id: case for case in access.held_for_flows(tx, ids)}
    return _step(tx, steps, {id: found.get(id) or CaseNotFound(id) for id in ids})


def pay_instead(tx: Tx, ids: Collection[CaseId]) -> list[Case]:
    """Granted replacements for which there are no goods end in money. For flows."""
    found = access.held_for_flows(tx, ids)
    pairs = [(case, replace(case, refunds=True)) for case in found]
    store.cases.save(tx, pairs)
    return [after for _, after in pairs]


def _step(
    tx: Tx, steps: Sequence[CaseStep], held: Mapping[CaseId, Case | Problem]
) -> list[tuple[Case, Case] | Problem]:
    assert len({one.case_id for one in steps}) == len(steps), "a case comes once in a batch"
    outcomes: list[tuple[Case, Case] | Problem] = []
    for one in steps:
        case = held[one.case_id]
        after = case if isinstance(case, Problem) else _stepped(tx, case, one)
        if isinstance(case, Case) and isinstance(after, Case):
            outcomes.append((case, after))
        elif isinstance(after, Problem):
            outcomes.append(after)
    done = [
        (one, *outcome)
        for one, outcome in zip(steps, outcomes, strict=True)
        if not isinstance(outcome, Problem)
    ]
    store.cases.save(tx, [(before, after) for _, before, after in done])
    store.cases.record(tx, [_recorded(one, before, after) for one, before, after in done])
    emit(tx, [CaseMoved.of(after, one.verb, before.state, one.role) for one, before, after in done])
    return outcomes


def _opened(tx: Tx, wish: NewCase, id: CaseId) -> Case:
    case = Case(
        id=id,
        **{name: getattr(wish, name) for name in SAME},
        state=CASE.initial,
        offered_minor=None,
        declined=False,
        refunds=wish.kind is not Kind.REPLACEMENT,
        ruling=None,
        evidence_until=None,
        carrier="",
        tracking_number="",
        label_file=None,
        way_back_minor=0,
        combined_id=None,
        sent_at=None,
        received_at=None,
        grade=None,
        replacement_id=None,
        opened_at=tx.now,
        changed_at=tx.now,
        due_at=None,
    )
    return replace(case, due_at=due_at(tx, case, tx.now))


SAME = (
    *("order_id", "group_id", "buyer_id", "shop_id", "merchant_id", "market", "mode"),
    *("seller_type", "currency", "kind", "opened_by", "reason", "refund_as", "seller_fault"),
    *("lines", "timers", "costs", "way_back_bearer"),
)


def _stepped(tx: Tx, case: Case, one: CaseStep) -> Case | Problem:
    refusal = _refusal(tx, case, one)
    if refusal is not None:
        return refusal
    at = one.at or tx.now
    after = replace(case.moved(one.verb), changed_at=at)
    after = _told(_ruled(tx, after, case.state, one.verb), one, at)
    return replace(after, due_at=due_at(tx, after, at))


def _refusal(tx: Tx, case: Case, one: CaseStep) -> Problem | None:
    if one.verb not in case.verbs() or not may(one.role, one.verb, case.state):
        return NotYourTurn(
            f"the {one.role} cannot {one.verb} case {case.id}, which is {case.state}",
            case_id=str(case.id),
            state=case.state,
            can=[verb for verb in case.verbs() if may(one.role, verb, case.state)],
        )
    match one.verb:
        case Verb.OFFER if one.minor is None or not 0 < one.minor < case.asked.minor:
            return BadInput("minor", f"more than 0 and less than {case.asked.minor}")
        case Verb.SEND_BACK if not (one.tracking_number or case.tracking_number):
            return BadInput("tracking_number", "the number by which the parcel can be followed")
        case Verb.OFFER if not one.reason:
            return None  # Less money needs no reason; a reason that is given must be one.
        case Verb.REFUSE | Verb.OFFER:
            use = Use.REFUSE_RECEIPT if case.state is State.SENT_BACK else Use.REFUSE
            return known(tx, case, use, one.reason)
        case _:
            return None


def _ruled(tx: Tx, after: Case, before: State, verb: Verb) -> Case:
    if after.state is State.IN_ARBITRATION:
        days = timers(tx, after).evidence_days
        return replace(after, evidence_until=after.changed_at + timedelta(days=days))
    return replace(after, ruling=RULINGS.get(verb)) if before is State.IN_ARBITRATION else after


RULINGS = {
    Verb.GRANT: Ruling.SUPPORT_BUYER,
    Verb.GRANT_RETURN: Ruling.SUPPORT_BUYER,
    Verb.DENY: Ruling.SUPPORT_MERCHANT,
}


def _told(after: Case, one: CaseStep, at: datetime) -> Case:
    match one.verb:
        case Verb.OFFER:
            new = replace(after, offered_minor=one.minor)
        case Verb.DECLINE:
            new = replace(after, declined=True)
        case Verb.GRANT:
            new = replace(after, refunds=after.refunds or one.instead)
        case Verb.SEND_BACK:
            new = replace(_sent(after, one), sent_at=at)
        case Verb.RECEIVE:
            missing = one.grade is Grade.MISSING
            new = replace(after, grade=one.grade, received_at=None if missing else at)
        case Verb.COMPLETE:
            new = replace(after, replacement_id=one.replacement_id)
        case _:
            new = after
    return new


def _sent(case: Case, one: CaseStep) -> Case:
    """On the way that the seller gave, or on another one of the buyer's own."""
    sent = replace(case, carrier=one.carrier or case.carrier)
    if one.tracking_number in {"", case.tracking_number}:
        return sent
    number = one.tracking_number
    own = replace(sent, tracking_number=number, label_file=None)
    return replace(own, way_back_minor=0, combined_id=None)


def _recorded(one: CaseStep, before: Case, after: Case) -> Record:
    return Record(
        case_id=after.id,
        verb=one.verb,
        before=before.state,
        after=after.state,
        role=one.role,
        reason=one.reason,
        note=one.note,
        files=one.files,
        at=after.changed_at,
    )
