"""How far a payout can have come."""

from enum import StrEnum

from entrepot.kernel.lifecycle import Lifecycle


class State(StrEnum):
    REQUESTED = "requested"
    ON_HOLD = "on_hold"
    APPROVED = "approved"
    SENT = "sent"
    UNKNOWN = "unknown"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"


class Verb(StrEnum):
    HOLD = "hold"
    APPROVE = "approve"
    SEND = "send"
    LOSE_TRACK = "lose_track"
    CONFIRM = "confirm"
    FAIL = "fail"
    RETURN = "return"
    RETRY = "retry"


PAYOUT = Lifecycle(
    initial=State.REQUESTED,
    moves={
        State.REQUESTED: {Verb.APPROVE: State.APPROVED, Verb.HOLD: State.ON_HOLD},
        State.ON_HOLD: {Verb.RETRY: State.REQUESTED},
        State.APPROVED: {Verb.SEND: State.SENT, Verb.HOLD: State.ON_HOLD},
        State.SENT: {
            Verb.CONFIRM: State.PAID,
            Verb.FAIL: State.FAILED,
            Verb.LOSE_TRACK: State.UNKNOWN,
        },
        State.UNKNOWN: {Verb.CONFIRM: State.PAID, Verb.FAIL: State.FAILED},
        State.PAID: {Verb.RETURN: State.RETURNED},
        State.FAILED: {Verb.RETRY: State.REQUESTED},
        State.RETURNED: {Verb.RETRY: State.REQUESTED},
    },
)
