"""Payouts: made from statements, agreed to by people, stopped, asked for again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from entrepot.contexts import ledger
from entrepot.contexts.settlement import access, store
from entrepot.contexts.settlement.access import Permission
from entrepot.contexts.settlement.events import PayoutMoved
from entrepot.contexts.settlement.exchange import Exchange
from entrepot.contexts.settlement.lifecycle import PAYOUT, State, Verb
from entrepot.contexts.settlement.model import (
    Lack,
    Payout,
    PayoutAccount,
    PayoutId,
    Rate,
    Wait,
)
from entrepot.contexts.settlement.money import returned
from entrepot.contexts.settlement.ports import Rates
from entrepot.contexts.settlement.problems import NoPayoutAccount, SecondPerson
from entrepot.contexts.settlement.store.payouts import Move, Unpaid
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import emit
from entrepot.kernel.ids import new_ids
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Market, Payouts, Version, version
from entrepot.rulebook import of as rules_of

from . import waiting
from .statements import RUN


def set_accounts(tx: Tx, accounts: Sequence[PayoutAccount]) -> list[PayoutAccount | Problem]:
    """Make these the accounts to which payees are paid from now on; an outcome for each."""
    outcomes: list[PayoutAccount | Problem] = []
    for account in accounts:
        if not tx.actor.may(Permission.EDIT_ACCOUNT, account.payee_id):
            outcomes.append(NotFound("payee", account.payee_id))
        elif account.method not in {"sandbox", "sepa", "csv"}:
            outcomes.append(BadInput("method", "sandbox, sepa or csv"))
        else:
            outcomes.append(account)
    kept = {each.payee_id: each for each in outcomes if isinstance(each, PayoutAccount)}
    if kept:
        tx.sql.execute(RUN)  # A run that misses the account has written down what waits for it.
        store.payouts.replace_accounts(tx, [*kept.values()])
        waiting.accounts_came(tx, kept.keys())
    return outcomes


def make_payouts(tx: Tx, due_at: datetime, rates: Rates) -> list[Payout]:
    """Claim what statements due by an instant add up to, payee by payee. For sweeps.

    Left for the next run: a negative sum, and, with the reason written down, what lacks an active
    account or an exchange rate or is below the market's minimum. What is above the limit waits
    for approval by a person.
    """
    tx.sql.execute(RUN)
    unpaid = store.payouts.unpaid(tx, due_at)
    accounts = store.payouts.accounts(tx, {each.payee_id for each in unpaid})
    payable = [
        each for each in unpaid if each.payee_id in accounts and _above_minimum(tx, each, due_at)
    ]
    ready = [
        (each, accounts[each.payee_id], rate)
        for each, rate in _rated(tx, payable, accounts, (rates, due_at))
        if rate is not None or accounts[each.payee_id].currency is each.amount.currency
    ]
    _keep_waits(tx, unpaid, {(e.payee_id, e.amount.currency) for e, _, _ in ready}, due_at)
    ids = new_ids(tx.sql, PayoutId, len(ready))
    made = [_payout(tx, id, due, due_at) for id, due in zip(ids, ready, strict=True)]
    if not made:
        return []
    claimed = [(payout, each.statements) for payout, (each, _, _) in zip(made, ready, strict=True)]
    store.payouts.add(tx, claimed)
    small = [
        payout
        for payout, (each, _, _) in zip(made, ready, strict=True)
        if payout.amount.minor <= limits(tx, each.market, due_at).row({}).approval_above_minor
    ]
    approved = move(tx, small, Verb.APPROVE, due_at)
    after = {payout.id: payout for payout in approved}
    return [after.get(payout.id, payout) for payout in made]


def approve(tx: Tx, ids: Sequence[PayoutId]) -> list[Payout | Problem]:
    """A person agrees to payouts above the limit: another one than who changed the account."""
    held = _held(tx, ids)
    accounts = store.payouts.accounts_by_id(
        tx, {p.account_id for p in held.values() if isinstance(p, Payout)}
    )
    outcomes: list[Payout | Problem] = []
    for id in ids:
        payout = held[id]
        if isinstance(payout, Payout):
            payout = _agreed(tx, payout, accounts[payout.account_id])
        outcomes.append(payout)
    return _carried_out(tx, outcomes, Verb.APPROVE, tx.now)


def stop(tx: Tx, ids: Sequence[PayoutId], reason: str) -> list[Payout | Problem]:
    """Keep payouts that were not sent yet from being sent: sanctions, enforcement, doubt."""
    held = _held(tx, ids)
    outcomes = [_with_reason(held[id], reason) for id in ids]
    return _carried_out(tx, outcomes, Verb.HOLD, tx.now)


def retry(tx: Tx, ids: Sequence[PayoutId]) -> list[Payout | Problem]:
    """Ask again for payouts that failed, came back or were stopped; approval is asked again.

    They go to the account that their payee has now, if that is in the same currency.
    """
    held = _held(tx, ids)
    payees = {p.payee_id for p in held.values() if isinstance(p, Payout)}
    accounts = store.payouts.accounts(tx, payees)
    outcomes: list[Payout | Problem] = []
    for id in ids:
        payout = held[id]
        if isinstance(payout, Payout):
            payout = _readdressed(payout, accounts.get(payout.payee_id))
        outcomes.append(payout)
    return _carried_out(tx, outcomes, Verb.RETRY, tx.now)


def take_back(tx: Tx, ids: Sequence[PayoutId], reason: str, at: datetime) -> list[Payout | Problem]:
    """The bank returned payouts that were paid: the money is available again."""
    held = _held(tx, ids)
    outcomes = _carried_out(tx, [_with_reason(held[id], reason) for id in ids], Verb.RETURN, at)
    back = [outcome for outcome in outcomes if isinstance(outcome, Payout)]
    ledger.post(tx, [returned(payout, at) for payout in back])
    return outcomes


def _above_minimum(tx: Tx, each: Unpaid, at: datetime) -> bool:
    return each.amount.minor >= _market(tx, each.market, at).minimum_payout_minor


def _rated(
    tx: Tx,
    payable: Sequence[Unpaid],
    accounts: Mapping[OrganisationId, PayoutAccount],
    asked: tuple[Rates, datetime],
) -> list[tuple[Unpaid, Rate | None]]:
    """Each with the last rate before its market's day, where it needs one and there is one."""
    rates, due_at = asked
    exchanges: dict[date, Exchange] = {}
    rated: list[tuple[Unpaid, Rate | None]] = []
    for each in payable:
        source, target = each.amount.currency, accounts[each.payee_id].currency
        day = _market(tx, each.market, due_at).day_of(due_at)
        if source is target:
            rated.append((each, None))
            continue
        if day not in exchanges:
            exchanges[day] = Exchange(rates, store.rates.last_before(tx, day))
        rated.append((each, exchanges[day].before(source, target, day)))
    return rated


def _keep_waits(
    tx: Tx,
    unpaid: Sequence[Unpaid],
    ready: Collection[tuple[OrganisationId, Currency]],
    due_at: datetime,
) -> None:
    left = [each for each in unpaid if (each.payee_id, each.amount.currency) not in ready]
    accounts = store.payouts.accounts(tx, {each.payee_id for each in left}) if left else {}
    waits: list[Wait] = []
    for each in left:
        account = accounts.get(each.payee_id)
        if account is None:
            lacks = Lack.ACCOUNT
        else:
            lacks = Lack.RATE if _above_minimum(tx, each, due_at) else Lack.MINIMUM
        waits.append(
            Wait(
                payee_id=each.payee_id,
                market=each.market,
                amount=each.amount,
                lacks=lacks,
                payout_currency=None if account is None else account.currency,
                since_at=due_at,
            )
        )
    waiting.keep(tx, waits, due_at)


def limits(tx: Tx, market: str, at: datetime) -> Version[Payouts]:
    """What a market's rule says of payouts at an instant."""
    return rules_of(tx).on(Payouts, market, _market(tx, market, at).day_of(at))


def _market(tx: Tx, market: str, at: datetime) -> Market:
    return rules_of(tx).on(Market, market, at.date()).row({})


def _payout(
    tx: Tx, id: PayoutId, due: tuple[Unpaid, PayoutAccount, Rate | None], due_at: datetime
) -> Payout:
    each, account, rate = due
    amount = each.amount
    exchanged = amount.share(rate.num, rate.den).minor if rate else amount.minor
    return Payout(
        id=id,
        payee_id=each.payee_id,
        account_id=account.id,
        amount=amount,
        payout=Money(exchanged, account.currency),
        rate=rate,
        state=State.REQUESTED,
        attempt=0,
        provider_reference=None,
        reason="",
        due_at=due_at,
        approved_by=None,
        changed_at=due_at,
        rule=limits(tx, each.market, due_at).ref,
    )


def _agreed(tx: Tx, payout: Payout, account: PayoutAccount) -> Payout | Problem:
    rule: Payouts = version(tx, payout.rule).row({})
    fresh = tx.now - account.changed_at < timedelta(hours=rule.account_cooldown_h)
    if fresh and account.changed_by == tx.actor.answerable:
        return SecondPerson(
            f"you changed the payee's account less than {rule.account_cooldown_h} hours ago",
            payout_id=str(payout.id),
        )
    return replace(payout, approved_by=tx.actor.answerable)


def _readdressed(payout: Payout, account: PayoutAccount | None) -> Payout | Problem:
    if account is None or account.currency is not payout.payout.currency:
        return NoPayoutAccount(
            f"payee {payout.payee_id} has no active account in {payout.payout.currency}",
            payout_id=str(payout.id),
        )
    return replace(payout, account_id=account.id, approved_by=None, reason="")


def _with_reason(payout: Payout | Problem, reason: str) -> Payout | Problem:
    return replace(payout, reason=reason) if isinstance(payout, Payout) else payout


def _held(tx: Tx, ids: Collection[PayoutId]) -> dict[PayoutId, Payout | Problem]:
    """Payouts for people of the platform's finance."""
    may = tx.actor.may(Permission.APPROVE_PAYOUT)
    found = store.payouts.by_ids(tx, ids)
    if may:
        tx.hold(*access.accounts_lock([*found.values()]))
        found = store.payouts.by_ids(tx, ids)
    held: dict[PayoutId, Payout | Problem] = {}
    for id in ids:
        payout = found.get(id)
        if payout is None or not (may or tx.actor.may(Permission.READ_PAYOUT, payout.payee_id)):
            held[id] = NotFound("payout", id)
        elif not may:
            held[id] = Forbidden("payout:approve is not granted to you")
        else:
            held[id] = payout
    return held


def _carried_out(
    tx: Tx, outcomes: Sequence[Payout | Problem], verb: Verb, at: datetime
) -> list[Payout | Problem]:
    decided: list[Payout | Problem] = []
    ready: dict[PayoutId, Payout] = {}
    for outcome in outcomes:
        if not isinstance(outcome, Payout):
            decided.append(outcome)
            continue
        # A second wish for this payout meets it moved.
        state = PAYOUT.after(outcome.state, verb) if outcome.id in ready else outcome.state
        if verb in PAYOUT.moves[state]:
            ready[outcome.id] = outcome
            decided.append(outcome)
        else:
            allowed = PAYOUT.moves[state]
            refusal = IllegalMove(f"cannot {verb} what is {state}", allowed=[*map(str, allowed)])
            decided.append(refusal)
    after = {payout.id: payout for payout in move(tx, [*ready.values()], verb, at)}
    return [after[each.id] if isinstance(each, Payout) else each for each in decided]


def move(tx: Tx, payouts: Sequence[Payout], verb: Verb, at: datetime) -> list[Payout]:
    """Let payouts take a step, and tell of it."""
    after = [
        replace(payout, state=PAYOUT.after(payout.state, verb), changed_at=at) for payout in payouts
    ]
    moves = [
        Move(before=before, after=now, verb=verb, at=at)
        for before, now in zip(payouts, after, strict=True)
    ]
    store.payouts.save(tx, moves)
    emit(
        tx,
        [
            PayoutMoved(
                at=at,
                payout_id=now.id,
                payee_id=now.payee_id,
                verb=verb.value,
                after=now.state.value,
                currency=now.payout.currency.value,
                minor=now.payout.minor,
            )
            for now in after
        ],
    )
    return after
