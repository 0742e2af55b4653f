"""Calls to providers, in two units of work: `begin`, then the call itself, then `record`.

Between the two nothing is locked. Whoever dies in between leaves an attempt that is begun; it is
found by `to_look_up`, and the provider's lookup is recorded like any other outcome.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import true

from entrepot.kernel.clock import real
from entrepot.kernel.ids import Id, new_ids
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import store
from .book import Book
from .lifecycle import (
    ATTEMPT,
    INTENT,
    OPEN,
    REFUND,
    AttemptState,
    AttemptVerb,
    IntentState,
    IntentVerb,
    RefundVerb,
)
from .model import (
    Attempt,
    AttemptId,
    Beginning,
    Call,
    Intent,
    Kind,
    Outcome,
    Refund,
    RefundId,
)
from .problems import IntentNotFound, PaymentUnderWay, RefundNotFound

PATIENCE = timedelta(seconds=60)  # Longer than any adapter waits for an answer.
STARTS = {Kind.PAY, Kind.AUTHORISE}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider said to a call, by itself or when looked up."""

    call: Call
    outcome: Outcome


def begin(tx: Tx, wishes: Sequence[Beginning]) -> list[Call | Problem]:
    """Write attempts down before the providers hear of them. For flows: no permission is asked.

    A group's payment has one call under way at a time. What a provider never got is begun again
    under the same key, so that the lost call, should it still arrive, does nothing twice.
    """
    before = store.hold_groups(tx, {wish.group_id for wish in wishes})
    held = dict(before)
    made = store.attempts_of(tx, {intent.id for intent in held.values()})
    fresh = iter(new_ids(tx.sql, AttemptId, len(wishes)))
    outcomes: list[Call | Problem] = []
    begun: list[Attempt] = []
    for wish in wishes:
        id, intent = next(fresh), held.get(wish.group_id)
        if intent is None:
            outcomes.append(IntentNotFound(wish.group_id))
            continue
        ready = _ready(intent, made[intent.id], wish)
        if isinstance(ready, Problem):
            outcomes.append(ready)
            continue
        held[wish.group_id] = ready
        attempt = _attempt(ready, made[intent.id], id, wish.kind)
        begun.append(attempt)
        outcomes.append(attempt.call)
    store.save_intents(tx, [(before[group], held[group]) for group in held])
    store.begin_attempts(tx, begun)
    return outcomes


def under_way(tx: Tx, group_ids: Sequence[Id]) -> list[Call]:
    """Calls of payments that were begun and not answered: whoever was to make them may be gone.

    Making one again does nothing twice: providers know it by its key. For flows.
    """
    intents = store.intents_of(tx, group_ids, true())
    made = store.attempts_of(tx, {intent.id for intent in intents.values()})
    return [
        attempt.call
        for attempts in made.values()
        for attempt in attempts
        if attempt.state is AttemptState.BEGUN and attempt.call.kind in STARTS
    ]


def awaited(tx: Tx, group_ids: Sequence[Id]) -> list[Call]:
    """Calls that the provider has and that wait for somebody, such as the owner of a card.

    Looking them up tells what they wait for, or what became of them. For flows.
    """
    intents = store.intents_of(tx, group_ids, true())
    made = store.attempts_of(tx, {intent.id for intent in intents.values()})
    return [
        _about(attempt)
        for attempts in made.values()
        for attempt in attempts
        if attempt.state is AttemptState.UNKNOWN
        and attempt.call.kind in STARTS
        and attempt.provider_ref is not None
    ]


def begin_refunds(tx: Tx, ids: Sequence[RefundId]) -> list[Call | Problem]:
    """Write down that refunds are sent. For flows: no permission is asked."""
    known = store.refunds_by_id(tx, ids)
    intents = store.hold_intents(tx, {refund.intent_id for refund in known.values()})
    held = store.refunds_by_id(tx, ids)  # Again: the first reading did not wait for anybody.
    made = store.attempts_of(tx, intents.keys())
    fresh = iter(new_ids(tx.sql, AttemptId, len(ids)))
    outcomes: list[Call | Problem] = []
    sent: list[Refund] = []
    begun: list[Attempt] = []
    for id in ids:
        attempt_id, refund = next(fresh), _sent(id, held.get(id))
        if isinstance(refund, Problem):
            outcomes.append(refund)
            continue
        held[id] = refund
        sent.append(refund)
        intent = intents[refund.intent_id]
        attempt = _attempt(intent, made[intent.id], attempt_id, Kind.REFUND, refund)
        begun.append(attempt)
        outcomes.append(attempt.call)
    store.save_refunds(tx, sent)
    store.begin_attempts(tx, begun)
    return outcomes


def record(tx: Tx, answers: Sequence[Answer]) -> list[Intent | Problem]:
    """Write down what providers said. For flows: no permission is asked.

    An answer that says nothing new changes nothing and is no refusal.
    """
    book = Book.of(tx, {answer.call.key for answer in answers})
    outcomes = [book.enter(answer.call.key, answer.outcome, tx.now) for answer in answers]
    book.save(tx)
    return outcomes


def to_look_up(tx: Tx, at_most: int = 100) -> list[Call]:
    """Calls that nobody knows the end of, for the sweep: ask the provider, then `record`."""
    found = store.open_attempts(tx, real() - PATIENCE, at_most)
    return [_about(attempt) for attempt in found]


def to_send(tx: Tx, at_most: int = 100) -> list[RefundId]:
    """Refunds that were promised and not sent yet, for the sweep: `begin_refunds`."""
    return store.refunds_to_send(tx, at_most)


def _about(attempt: Attempt) -> Call:
    """The call with the provider's own name of what it made, where it told one."""
    call = attempt.call
    if call.kind not in STARTS:
        return call
    return replace(call, charge_ref=attempt.provider_ref or call.charge_ref)


def _ready(intent: Intent, made: Sequence[Attempt], wish: Beginning) -> Intent | Problem:
    """The intent as it enters the call."""
    if any(attempt.state in OPEN for attempt in made if attempt.call.kind is not Kind.REFUND):
        return PaymentUnderWay(intent.group_id)
    starting = wish.kind in STARTS
    if starting and intent.state is IntentState.DECLINED:
        again = replace(intent, state=INTENT.after(intent.state, IntentVerb.RETRY))
        return replace(again, method=wish.method or intent.method)
    needed = IntentState.CREATED if starting else IntentState.AUTHORISED
    if intent.state is not needed:
        return IllegalMove(f"cannot {wish.kind} what is {intent.state}", allowed=[needed])
    return replace(intent, method=wish.method or intent.method)


def _sent(id: RefundId, refund: Refund | None) -> Refund | Problem:
    if refund is None:
        return RefundNotFound(id)
    try:
        return replace(refund, state=REFUND.after(refund.state, RefundVerb.SEND))
    except IllegalMove as refusal:
        return refusal


def _attempt(
    intent: Intent, made: list[Attempt], id: AttemptId, kind: Kind, refund: Refund | None = None
) -> Attempt:
    """A new attempt, or the one again that never reached the provider."""
    for n, old in enumerate(made):
        if old.state is AttemptState.NOTHING and _same(old.call, intent, kind, refund):
            state = ATTEMPT.after(old.state, AttemptVerb.BEGIN_AGAIN)
            made[n] = replace(old, state=state, call=replace(old.call, begun_at=real()))
            return made[n]
    call = Call(
        attempt_id=id,
        intent_id=intent.id,
        group_id=intent.group_id,
        refund_id=None if refund is None else refund.id,
        kind=kind,
        key=f"{intent.id}-{len(made) + 1}",
        amount=intent.amount if refund is None else refund.amount,
        provider=intent.provider,
        method=intent.method,
        charge_ref=intent.provider_ref,
        begun_at=real(),
    )
    made.append(Attempt(call=call, state=ATTEMPT.initial))
    return made[-1]


def _same(call: Call, intent: Intent, kind: Kind, refund: Refund | None) -> bool:
    about = None if refund is None else refund.id
    return (call.kind, call.method, call.refund_id) == (kind, intent.method, about)
