"""Calls to providers of payments and payouts: written down, made outside, and recorded.

Nothing is locked while a provider is asked. Whoever dies in between leaves rows that say so; the
next one looks them up and never pays twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from entrepot.contexts import payments, settlement
from entrepot.contexts.payments import Answer, Call
from entrepot.contexts.settlement import Outcome, PayoutProvider, Sending
from entrepot.flows import paying
from entrepot.kernel.access import Who
from entrepot.kernel.tx import UnitOfWork

AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Cashier:
    """Who asks the providers. Its unit of work decides what time it is when answers are kept."""

    work: UnitOfWork
    who: Who
    payments: Mapping[str, payments.Provider]
    payouts: Mapping[str, PayoutProvider]  # By the method of the payee's account.

    def look_up_payments(self) -> int:
        """Ask what became of calls that nobody knows the end of."""
        calls = self.work.run(
            self.who, "payments.to_look_up", lambda tx: payments.to_look_up(tx, AT_MOST)
        )
        return self.find_out(calls)

    def find_out(self, calls: Sequence[Call]) -> int:
        """Look calls up and let what was captured pay its orders."""
        known = [call for call in calls if call.provider in self.payments]
        if not known:
            return 0
        answers = _answers(known, payments.look_up(self.payments, known))
        self.work.run(self.who, "payments.record", lambda tx: paying.record(tx, answers))
        return len(answers)

    def send_refunds(self) -> int:
        """Send refunds that were promised and not sent yet."""
        ids = self.work.run(self.who, "payments.to_send", lambda tx: payments.to_send(tx, AT_MOST))
        if not ids:
            return 0
        begun = self.work.run(
            self.who, "payments.begin_refunds", lambda tx: payments.begin_refunds(tx, ids)
        )
        calls = [call for call in begun if isinstance(call, Call)]
        answers = _answers(calls, payments.ask(self.payments, calls))
        # Refunds pay no order: their facts move the ledger.
        self.work.run(self.who, "payments.record", lambda tx: payments.record(tx, answers))
        return len(ids)

    def send_payouts(self, as_of: datetime | None = None) -> int:
        """Send what was approved; without a provider nothing is."""
        if not self.payouts:
            return 0
        sent = self.work.run(
            self.who,
            "settlement.send",
            lambda tx: settlement.send(tx, as_of=as_of or tx.now, limit=AT_MOST),
        )
        self._record(self._asked(sent, look_up=False), as_of)
        return len(sent)

    def look_up_payouts(self, as_of: datetime | None = None) -> int:
        """Ask what became of payouts that were sent."""
        if not self.payouts:
            return 0
        unclear = self.work.run(
            self.who,
            "settlement.in_flight",
            lambda tx: settlement.in_flight(tx, as_of=as_of or tx.now, limit=AT_MOST),
        )
        found = self._asked(unclear, look_up=True)
        known = [one for one in found if one.answer is not settlement.Answer.UNKNOWN]
        self._record(known, as_of)
        return len(known)

    def _asked(self, sendings: Sequence[Sending], *, look_up: bool) -> list[Outcome]:
        by_method: dict[str, list[Sending]] = {}
        for sending in sendings:
            by_method.setdefault(sending.account.method, []).append(sending)
        found: list[Outcome] = []
        for method, theirs in by_method.items():
            provider = self.payouts.get(method)
            if provider is not None:
                found += provider.look_up(theirs) if look_up else provider.send(theirs)
            elif not look_up:
                found += [_unserved(sending) for sending in theirs]
        return found

    def _record(self, outcomes: Sequence[Outcome], as_of: datetime | None) -> None:
        if outcomes:
            self.work.run(
                self.who,
                "settlement.record",
                lambda tx: settlement.record(tx, outcomes, as_of or tx.now),
            )


def _unserved(sending: Sending) -> Outcome:
    reason = f"nobody pays by {sending.account.method} here"
    return Outcome(payout=sending.payout, answer=settlement.Answer.FAILED, reason=reason)


def _answers(calls: Sequence[Call], outcomes: Sequence[payments.Outcome]) -> list[Answer]:
    return [
        Answer(call=call, outcome=outcome) for call, outcome in zip(calls, outcomes, strict=True)
    ]
