"""What is asked of payments by flows: no permission is asked, the caller has asked its own."""

from collections.abc import Sequence
from dataclasses import replace

from entrepot.kernel.clock import real
from entrepot.kernel.events import emit
from entrepot.kernel.ids import Id, new_ids
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.money import Money
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx

from . import store
from .lifecycle import CLOSED, INTENT, IntentState, IntentVerb, RefundState
from .model import Call, Intent, NewIntent, NewRefund, Refund, RefundId
from .outcomes import captured, captured_at_once
from .problems import IntentNotFound, MoreThanCaptured, RefundDiffers, VoidFirst


def open(tx: Tx, wishes: Sequence[NewIntent]) -> list[Intent]:
    """One intent for each order group, in one statement. For flows: no permission is asked.

    Where nothing is to be paid, no provider is asked: that payment is in at once.
    """
    if not wishes:
        return []
    states = [_first_state(wish) for wish in wishes]
    opened = store.add(tx, wishes, states)
    emit(tx, [captured(intent, tx.now) for intent in opened if intent.amount.minor == 0])
    return opened


def open_begun(tx: Tx, wishes: Sequence[NewIntent]) -> list[Call | None]:
    """The same, with the first call of each written down for whoever asks the provider.

    It is committed with the order, before the provider hears of it. None where nothing is to pay.
    """
    if not wishes:
        return []
    states = [_first_state(wish) for wish in wishes]
    opened = store.add_begun(tx, wishes, states, real())
    free = [wish for wish in wishes if wish.amount.minor == 0]
    emit(tx, [captured_at_once(wish, opened[wish.group_id][0], tx.now) for wish in free])
    return [opened[wish.group_id][1] for wish in wishes]


def cancel(tx: Tx, group_ids: Sequence[Id]) -> list[Intent | Problem]:
    """The groups are cancelled: nothing is to be paid any more. For flows: no permission is asked.

    A call under way goes on: money that still arrives is told as captured and has to go back.
    """
    return _close(tx, group_ids, IntentVerb.CANCEL)


def expire(tx: Tx, group_ids: Sequence[Id]) -> list[Intent | Problem]:
    """The groups waited too long for their payment. For flows: no permission is asked."""
    return _close(tx, group_ids, IntentVerb.EXPIRE)


def refund(tx: Tx, wishes: Sequence[NewRefund]) -> list[Refund | Problem]:
    """Promise money back, never more than came in. For flows: no permission is asked.

    A reference that is known already gives the refund that it stands for.
    """
    held = store.hold_groups(tx, {wish.group_id for wish in wishes})
    known = store.refunds_by_reference(tx, {wish.reference for wish in wishes})
    ids = iter(new_ids(tx.sql, RefundId, len(wishes)))
    before = dict(held)
    added: list[Refund] = []
    outcomes: list[Refund | Problem] = []
    for wish in wishes:
        outcome = _promised(tx, wish, held, known, next(ids))
        outcomes.append(outcome)
        if isinstance(outcome, Refund) and wish.reference not in known:
            intent = held[wish.group_id]
            promised = intent.promised_minor + wish.amount.minor
            held[wish.group_id] = replace(intent, promised_minor=promised)
            known[wish.reference] = outcome
            added.append(outcome)
    store.save_intents(tx, [(before[group], held[group]) for group in held])
    store.save_refunds(tx, added)
    return outcomes


def _first_state(wish: NewIntent) -> IntentState:
    assert wish.amount.minor >= 0
    return IntentState.CREATED if wish.amount.minor else IntentState.CAPTURED


def _close(tx: Tx, group_ids: Sequence[Id], verb: IntentVerb) -> list[Intent | Problem]:
    held = store.hold_groups(tx, group_ids)
    outcomes = [_closed(held.get(group), group, verb) for group in group_ids]
    closed = {outcome.id: outcome for outcome in outcomes if isinstance(outcome, Intent)}
    store.save_intents(
        tx, [(intent, closed[intent.id]) for intent in held.values() if intent.id in closed]
    )
    return outcomes


def _closed(intent: Intent | None, group_id: Id, verb: IntentVerb) -> Intent | Problem:
    if intent is None:
        return IntentNotFound(group_id)
    if intent.state is IntentState.AUTHORISED:
        return VoidFirst(group_id)
    if intent.state in CLOSED:
        return intent  # Whoever comes second has what it wanted.
    try:
        return replace(intent, state=INTENT.after(intent.state, verb))
    except IllegalMove as refusal:
        return refusal


def _promised(
    tx: Tx, wish: NewRefund, held: dict[Id, Intent], known: dict[str, Refund], id: RefundId
) -> Refund | Problem:
    assert wish.amount.minor > 0
    intent, twin = held.get(wish.group_id), known.get(wish.reference)
    if intent is None:
        return IntentNotFound(wish.group_id)
    if twin is not None:
        same = (twin.group_id, twin.amount) == (wish.group_id, wish.amount)
        return twin if same else RefundDiffers(wish.reference)
    left = intent.captured_minor - intent.promised_minor
    if wish.amount.currency is not intent.amount.currency or wish.amount.minor > left:
        return MoreThanCaptured(wish.reference, Money(left, intent.amount.currency))
    return Refund(
        id=id,
        intent_id=intent.id,
        group_id=intent.group_id,
        amount=wish.amount,
        reference=wish.reference,
        state=RefundState.REQUESTED,
        requested_at=tx.now,
    )
