"""Payouts that only the bank knows: after a restore, or paid by hand at the bank."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from entrepot.contexts import ledger
from entrepot.contexts.settlement import store
from entrepot.contexts.settlement.access import Permission
from entrepot.contexts.settlement.lifecycle import State, Verb
from entrepot.contexts.settlement.model import (
    BankLine,
    Payout,
    PayoutAccount,
    PayoutId,
    Rate,
    StatementId,
)
from entrepot.contexts.settlement.money import paid, sent
from entrepot.contexts.settlement.problems import AlreadyBooked, BankLineDiffers, NoPayoutAccount
from entrepot.kernel.ids import new_ids
from entrepot.kernel.money import Money
from entrepot.kernel.problems import BadInput, Forbidden, Problem
from entrepot.kernel.tx import Tx

from .payouts import limits, move
from .statements import RUN


def book(tx: Tx, lines: Sequence[BankLine]) -> list[Payout | Problem]:
    """Book what a bank's statement says was paid, over statements that look unpaid.

    Without statements it is the payee's oldest unpaid ones whose sum is what was paid. In another
    currency they are to be named, and the rate is the one at which the bank paid.
    """
    tx.sql.execute(RUN)
    return [_booked(tx, line) for line in lines]


def _booked(tx: Tx, line: BankLine) -> Payout | Problem:
    account = store.payouts.accounts(tx, [line.payee_id]).get(line.payee_id)
    refusal = _refusal(tx, line, account)
    if refusal is not None or account is None:
        return refusal or NoPayoutAccount(f"payee {line.payee_id} has no account")
    unpaid = store.payouts.unpaid_of(tx, line.payee_id, line.currency)
    chosen = _chosen(line, unpaid)
    total = sum(unpaid[id][0] for id in chosen)
    if (
        not chosen
        or total <= 0
        or (line.currency is line.paid.currency and total != line.paid.minor)
    ):
        return BankLineDiffers(line.paid, total, line.currency)
    market = unpaid[chosen[0]][1]
    [id] = new_ids(tx.sql, PayoutId, 1)
    payout = Payout(
        id=id,
        payee_id=line.payee_id,
        account_id=account.id,
        amount=Money(total, line.currency),
        payout=line.paid,
        rate=_rate(line, total),
        state=State.REQUESTED,
        attempt=0,
        provider_reference=None,
        reason="",
        due_at=line.paid_at,
        approved_by=None,
        changed_at=line.paid_at,
        rule=limits(tx, market, line.paid_at).ref,
    )
    store.payouts.add(tx, [(payout, chosen)])
    return _walked(tx, payout, line)


def _walked(tx: Tx, payout: Payout, line: BankLine) -> Payout:
    """All the way that a payout goes, as of when the bank paid it."""
    at = line.paid_at
    [agreed] = move(tx, [replace(payout, approved_by=tx.actor.answerable)], Verb.APPROVE, at)
    [gone] = move(tx, [replace(agreed, attempt=1)], Verb.SEND, at)
    ledger.post(tx, [sent(gone, at)])
    known = replace(gone, provider_reference=line.reference, reason="booked from the bank")
    [done] = move(tx, [known], Verb.CONFIRM, at)
    ledger.post(tx, [paid(done, at)])
    return done


def _refusal(tx: Tx, line: BankLine, account: PayoutAccount | None) -> Problem | None:
    if not tx.actor.may(Permission.APPROVE_PAYOUT):
        return Forbidden("payout:approve is not granted to you")
    if account is None or account.currency is not line.paid.currency:
        return NoPayoutAccount(
            f"payee {line.payee_id} has no active account in {line.paid.currency}"
        )
    wrong = _wrong(tx, line)
    if wrong is not None:
        return wrong
    if store.payouts.is_booked(tx, line.payee_id, line.reference):
        return AlreadyBooked(line.reference)
    return None


def _wrong(tx: Tx, line: BankLine) -> BadInput | None:
    if line.paid.minor <= 0 or line.paid_at > tx.now:
        return BadInput("paid", "more than nothing, and at an instant that is past")
    if not line.reference.strip():
        return BadInput("reference", "the bank's own: by it the line is known again")
    if line.currency is not line.paid.currency and not line.statements:
        return BadInput("statements", "what was exchanged names its statements")
    return None


def _chosen(line: BankLine, unpaid: dict[StatementId, tuple[int, str]]) -> list[StatementId]:
    """The statements that were named, or the oldest ones that add up; none if they do not."""
    if line.statements:
        named = [*dict.fromkeys(line.statements)]
        return named if all(id in unpaid for id in named) else []
    chosen: list[StatementId] = []
    total = 0
    for id, (minor, _) in unpaid.items():
        chosen.append(id)
        total += minor
        if total == line.paid.minor:
            return chosen
    return []


def _rate(line: BankLine, total: int) -> Rate | None:
    if line.currency is line.paid.currency:
        return None
    rate = Fraction(line.paid.minor, total)
    return Rate(
        num=rate.numerator,
        den=rate.denominator,
        day_on=line.paid_at.date(),
        source=f"bank statement, {line.reference}",
    )
