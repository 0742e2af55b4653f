"""Payouts on their way: sent once, and found out about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from entrepot.contexts import ledger
from entrepot.contexts.settlement import access, store
from entrepot.contexts.settlement.lifecycle import PAYOUT, State, Verb
from entrepot.contexts.settlement.model import Payout, PayoutId
from entrepot.contexts.settlement.money import paid, sent, undone
from entrepot.contexts.settlement.ports import Answer, Outcome, Sending
from entrepot.kernel.tx import Tx

from .payouts import move

GIVEN_UP = "the account is not active any more"
MEANS = ((Answer.PAID, Verb.CONFIRM), (Answer.FAILED, Verb.FAIL), (Answer.UNKNOWN, Verb.LOSE_TRACK))


def send(tx: Tx, *, as_of: datetime, limit: int = 500) -> list[Sending]:
    """Mark approved payouts as sent and post them; the caller calls the provider after commit.

    What would go to an account that is not active any more is put on hold, for a person to ask
    again for.
    """
    found = store.payouts.in_state(tx, State.APPROVED, as_of, limit)
    tx.hold(*access.accounts_lock(found))
    held = store.payouts.by_ids(tx, [payout.id for payout in found]).values()
    each = _sendings(tx, [payout for payout in held if payout.state is State.APPROVED])
    given_up = [one.payout for one in each if one.account.state != "active"]
    move(tx, [replace(payout, reason=GIVEN_UP) for payout in given_up], Verb.HOLD, as_of)
    going = [one.payout for one in each if one.account.state == "active"]
    attempts = [replace(payout, attempt=payout.attempt + 1) for payout in going]
    moved = move(tx, attempts, Verb.SEND, as_of)
    ledger.post(tx, [sent(payout, as_of) for payout in moved])
    return _sendings(tx, moved)


def in_flight(tx: Tx, *, as_of: datetime, limit: int = 500) -> list[Sending]:
    """Payouts whose outcome is not known yet: to be looked up, never to be sent again."""
    unclear = [
        payout
        for state in (State.SENT, State.UNKNOWN)
        for payout in store.payouts.in_state(tx, state, as_of, limit)
    ]
    return _sendings(tx, unclear)


def record(tx: Tx, outcomes: Sequence[Outcome], at: datetime) -> list[Payout]:
    """Write down what a provider answered.

    An answer that is known already changes nothing, nor does one to an earlier attempt. Of several
    to one attempt, paid counts before failed, and both before unknown.
    """
    tx.hold(*access.accounts_lock([outcome.payout for outcome in outcomes]))
    known = store.payouts.by_ids(tx, [outcome.payout.id for outcome in outcomes])
    moved: list[Payout] = []
    for answer, verb in MEANS:
        ready: dict[PayoutId, Payout] = {}
        for outcome in outcomes:
            payout = known[outcome.payout.id]
            if outcome.answer is answer and _awaits(payout, outcome, verb):
                ready[payout.id] = _answered(payout, outcome)
        after = move(tx, [*ready.values()], verb, at)
        known |= {payout.id: payout for payout in after}
        if verb is Verb.CONFIRM:
            ledger.post(tx, [paid(payout, at) for payout in after])
        elif verb is Verb.FAIL:
            ledger.post(tx, [undone(payout, at) for payout in after])
        moved += after
    return moved


def _awaits(payout: Payout, outcome: Outcome, verb: Verb) -> bool:
    return outcome.payout.attempt == payout.attempt and verb in PAYOUT.moves[payout.state]


def _answered(payout: Payout, outcome: Outcome) -> Payout:
    reference = outcome.reference or payout.provider_reference
    return replace(payout, provider_reference=reference, reason=outcome.reason)


def _sendings(tx: Tx, payouts: Sequence[Payout]) -> list[Sending]:
    accounts = store.payouts.accounts_by_id(tx, {payout.account_id for payout in payouts})
    return [Sending(payout=payout, account=accounts[payout.account_id]) for payout in payouts]
