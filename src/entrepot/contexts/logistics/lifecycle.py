"""How far a parcel can have come."""

from enum import StrEnum

from entrepot.kernel.lifecycle import Lifecycle


class State(StrEnum):
    CREATED = "created"
    LABELLED = "labelled"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    LOST = "lost"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Verb(StrEnum):
    LABEL = "label"
    HAND_OVER = "hand_over"
    SCAN = "scan"
    DELIVER = "deliver"
    LOSE = "lose"
    SEND_BACK = "send_back"
    RETURN = "return"
    CANCEL = "cancel"


# A carrier may miss every scan but the last one.
UNDER_WAY = {
    Verb.DELIVER: State.DELIVERED,
    Verb.LOSE: State.LOST,
    Verb.SEND_BACK: State.RETURNING,
    Verb.RETURN: State.RETURNED,
}
PARCEL = Lifecycle(
    initial=State.CREATED,
    moves={
        State.CREATED: {Verb.LABEL: State.LABELLED, Verb.CANCEL: State.CANCELLED},
        State.LABELLED: {Verb.HAND_OVER: State.HANDED_OVER, Verb.CANCEL: State.CANCELLED},
        State.HANDED_OVER: {Verb.SCAN: State.IN_TRANSIT, **UNDER_WAY},
        State.IN_TRANSIT: UNDER_WAY,
        State.DELIVERED: {},
        State.LOST: {},
        State.RETURNING: {Verb.RETURN: State.RETURNED, Verb.LOSE: State.LOST},
        State.RETURNED: {},
        State.CANCELLED: {},
    },
)
CLOSED = {State.DELIVERED, State.LOST, State.RETURNED, State.CANCELLED}
NOT_HELD = {State.CANCELLED}  # Whose units can be in another parcel.
NOT_SENT = {State.CREATED, State.LABELLED}


class Code(StrEnum):
    """What is told of a parcel on its way."""

    HANDED_OVER = "handed_over"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPT_FAILED = "attempt_failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    DAMAGED = "damaged"
    REFUSED = "refused"
    UNDELIVERABLE = "undeliverable"
    LOST = "lost"
    RETURNED = "returned"


# What moves a parcel. The other codes are only kept.
MOVES = {
    Code.PICKED_UP: Verb.SCAN,
    Code.IN_TRANSIT: Verb.SCAN,
    Code.OUT_FOR_DELIVERY: Verb.SCAN,
    Code.ATTEMPT_FAILED: Verb.SCAN,
    Code.DELIVERED: Verb.DELIVER,
    Code.DAMAGED: Verb.SEND_BACK,
    Code.REFUSED: Verb.SEND_BACK,
    Code.UNDELIVERABLE: Verb.SEND_BACK,
    Code.LOST: Verb.LOSE,
    Code.RETURNED: Verb.RETURN,
}
