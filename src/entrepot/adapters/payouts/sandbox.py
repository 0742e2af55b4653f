"""A bank for trying things out: what it does follows from the number of the account alone.

It keeps nothing: every answer is computed from the payout itself, so that it says the same in
every process and after every restart. An account with any other number is paid at once.
"""

from collections.abc import Sequence
from enum import StrEnum

from entrepot.contexts.settlement import Answer, Outcome, Sending


class Number(StrEnum):
    """Account numbers that do something else than to be paid at once."""

    REJECTED = "sandbox-rejected"
    SLOW = "sandbox-slow"  # Accepted; the lookup finds it paid.
    TIMEOUT_THEN_PAID = "sandbox-timeout-then-paid"
    TIMEOUT_THEN_NOTHING = "sandbox-timeout-then-nothing"


Said = tuple[Answer, str]
ANSWERS: dict[str, Said] = {
    Number.REJECTED: (Answer.FAILED, "account closed"),
    Number.SLOW: (Answer.ACCEPTED, ""),
    Number.TIMEOUT_THEN_PAID: (Answer.UNKNOWN, "timeout"),
    Number.TIMEOUT_THEN_NOTHING: (Answer.UNKNOWN, "timeout"),
}
FOUND: dict[str, Said] = {
    Number.REJECTED: (Answer.FAILED, "account closed"),
    Number.TIMEOUT_THEN_NOTHING: (Answer.FAILED, "it never arrived"),
}
PAID = (Answer.PAID, "")


class Sandbox:
    """Implements `settlement.PayoutProvider`."""

    def send(self, batch: Sequence[Sending]) -> list[Outcome]:
        """Answer at once; n payouts cost no more than one."""
        return [_outcome(sending, ANSWERS.get(sending.account.number, PAID)) for sending in batch]

    def look_up(self, batch: Sequence[Sending]) -> list[Outcome]:
        """What the number says has become of the payout."""
        return [_outcome(sending, FOUND.get(sending.account.number, PAID)) for sending in batch]


def _outcome(sending: Sending, answer: Said) -> Outcome:
    said, reason = answer
    reached = said in {Answer.ACCEPTED, Answer.PAID}
    return Outcome(
        payout=sending.payout,
        answer=said,
        reference=f"sandbox-{sending.payout.key}" if reached else None,
        reason=reason,
    )
