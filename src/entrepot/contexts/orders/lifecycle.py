"""How far an order can have come. The states are those of the TikTok Shop Partner API."""

from enum import StrEnum

from entrepot.kernel.lifecycle import Lifecycle


class State(StrEnum):
    UNPAID = "unpaid"
    ON_HOLD = "on_hold"
    AWAITING_SHIPMENT = "awaiting_shipment"
    PARTIALLY_SHIPPING = "partially_shipping"
    AWAITING_COLLECTION = "awaiting_collection"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    LOST = "lost"
    RETURNED_TO_SENDER = "returned_to_sender"


class Verb(StrEnum):
    PAY = "pay"
    RELEASE = "release"
    CANCEL = "cancel"
    SHIP_PART = "ship_part"
    LABEL = "label"
    COLLECT = "collect"
    DELIVER = "deliver"
    COMPLETE = "complete"
    LOSE = "lose"
    RETURN = "return"


ORDER = Lifecycle(
    initial=State.UNPAID,
    moves={
        State.UNPAID: {Verb.PAY: State.ON_HOLD, Verb.CANCEL: State.CANCELLED},
        State.ON_HOLD: {Verb.RELEASE: State.AWAITING_SHIPMENT, Verb.CANCEL: State.CANCELLED},
        State.AWAITING_SHIPMENT: {
            Verb.SHIP_PART: State.PARTIALLY_SHIPPING,
            Verb.LABEL: State.AWAITING_COLLECTION,
            Verb.CANCEL: State.CANCELLED,
        },
        State.PARTIALLY_SHIPPING: {
            Verb.SHIP_PART: State.PARTIALLY_SHIPPING,
            Verb.LABEL: State.AWAITING_COLLECTION,
            Verb.CANCEL: State.CANCELLED,  # What was sent is lost or on its way back.
        },
        State.AWAITING_COLLECTION: {
            Verb.COLLECT: State.IN_TRANSIT,
            Verb.CANCEL: State.CANCELLED,
        },
        State.IN_TRANSIT: {
            Verb.DELIVER: State.DELIVERED,
            Verb.LOSE: State.LOST,
            Verb.RETURN: State.RETURNED_TO_SENDER,
        },
        State.DELIVERED: {Verb.COMPLETE: State.COMPLETED},
        State.COMPLETED: {},
        State.CANCELLED: {},
        State.LOST: {},
        State.RETURNED_TO_SENDER: {},
    },
)
# The address is hidden, and no label can be made, before the buyer's free hour is over.
HIDES_ADDRESS = {State.UNPAID, State.ON_HOLD}
CLOSED = {State.COMPLETED, State.CANCELLED, State.LOST, State.RETURNED_TO_SENDER}
