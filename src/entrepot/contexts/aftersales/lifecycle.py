"""How far a case can have come, who may take it further, and what its clocks do."""

from collections.abc import Mapping
from enum import StrEnum

from entrepot.kernel.lifecycle import Lifecycle


class State(StrEnum):
    REQUESTED = "requested"
    OFFERED = "offered"  # Part of the money, before anything is sent back.
    AWAITING_GOODS = "awaiting_goods"
    SENT_BACK = "sent_back"
    OFFERED_ON_RECEIPT = "offered_on_receipt"
    REFUSED = "refused"
    RECEIPT_REFUSED = "receipt_refused"
    IN_ARBITRATION = "in_arbitration"
    GRANTED = "granted"  # Decided for the buyer; the money is on its way.
    COMPLETED = "completed"
    CLOSED = "closed"  # Withdrawn, run out, or decided for the merchant.


class Verb(StrEnum):
    GRANT = "grant"
    GRANT_RETURN = "grant_return"
    REFUSE = "refuse"
    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    SEND_BACK = "send_back"
    RECEIVE = "receive"
    ESCALATE = "escalate"
    DENY = "deny"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    COMPLETE = "complete"


class Role(StrEnum):
    """Who acts on a case."""

    BUYER = "buyer"
    MERCHANT = "merchant"
    OPERATOR = "operator"
    SYSTEM = "system"  # A clock that ran out, or a provider's answer.


CASE = Lifecycle(
    initial=State.REQUESTED,
    moves={
        State.REQUESTED: {
            Verb.GRANT: State.GRANTED,
            Verb.GRANT_RETURN: State.AWAITING_GOODS,
            Verb.REFUSE: State.REFUSED,
            Verb.OFFER: State.OFFERED,
            Verb.WITHDRAW: State.CLOSED,
        },
        State.OFFERED: {
            Verb.ACCEPT: State.GRANTED,
            Verb.DECLINE: State.REQUESTED,
            Verb.WITHDRAW: State.CLOSED,
        },
        State.AWAITING_GOODS: {
            Verb.SEND_BACK: State.SENT_BACK,
            Verb.GRANT: State.GRANTED,
            Verb.WITHDRAW: State.CLOSED,
            Verb.EXPIRE: State.CLOSED,
        },
        State.SENT_BACK: {
            Verb.RECEIVE: State.GRANTED,
            Verb.REFUSE: State.RECEIPT_REFUSED,
            Verb.OFFER: State.OFFERED_ON_RECEIPT,
        },
        State.OFFERED_ON_RECEIPT: {
            Verb.ACCEPT: State.GRANTED,
            Verb.DECLINE: State.SENT_BACK,
        },
        State.REFUSED: {
            Verb.ESCALATE: State.IN_ARBITRATION,
            Verb.WITHDRAW: State.CLOSED,
            Verb.EXPIRE: State.CLOSED,
        },
        State.RECEIPT_REFUSED: {
            Verb.ESCALATE: State.IN_ARBITRATION,
            Verb.WITHDRAW: State.CLOSED,
            Verb.EXPIRE: State.CLOSED,
        },
        State.IN_ARBITRATION: {
            Verb.GRANT: State.GRANTED,
            Verb.GRANT_RETURN: State.AWAITING_GOODS,
            Verb.DENY: State.CLOSED,
            Verb.WITHDRAW: State.CLOSED,
        },
        State.GRANTED: {Verb.COMPLETE: State.COMPLETED},
        State.COMPLETED: {},
        State.CLOSED: {},
    },
)
# What keeps the claims of its order off statements, and its units out of other cases.
OPEN = {state for state in State if state not in {State.GRANTED, State.COMPLETED, State.CLOSED}}
SENT_AND_JUDGED = {State.SENT_BACK, State.OFFERED_ON_RECEIPT, State.RECEIPT_REFUSED}

# Who may do what by themselves. The operator may also do whatever the merchant may.
WHO: Mapping[Verb, set[Role]] = {
    Verb.GRANT: {Role.MERCHANT, Role.SYSTEM},
    Verb.GRANT_RETURN: {Role.MERCHANT, Role.SYSTEM},
    Verb.REFUSE: {Role.MERCHANT},
    Verb.OFFER: {Role.MERCHANT},
    Verb.ACCEPT: {Role.BUYER},
    Verb.DECLINE: {Role.BUYER, Role.SYSTEM},
    Verb.SEND_BACK: {Role.BUYER},
    Verb.RECEIVE: {Role.MERCHANT, Role.SYSTEM},
    Verb.ESCALATE: {Role.BUYER},
    Verb.DENY: {Role.OPERATOR},
    Verb.WITHDRAW: {Role.BUYER},
    Verb.EXPIRE: {Role.SYSTEM},
    Verb.COMPLETE: {Role.SYSTEM},
}
ARBITERS = {Role.OPERATOR}  # The only ones who decide what is in arbitration, and the buyer leaves.


def may(role: Role, verb: Verb, state: State) -> bool:
    """Whether somebody in a role may take a case in a state this way."""
    if state is State.IN_ARBITRATION:
        return role in ({Role.BUYER} if verb is Verb.WITHDRAW else ARBITERS)
    return role in WHO[verb] or (role is Role.OPERATOR and Role.MERCHANT in WHO[verb])
