"""Deliveries: notices on their way to apps, at least once each, in order for each resource.

A queue is what waits for one address of one app. Whoever leases it sends for it; its breaker opens
after a few failures in a row, so that an endpoint that is down costs little and delays no other.
What no endpoint took for a day is dead: people see it, and can send it again.
"""

from .model import (
    Answer,
    Attempt,
    Counted,
    Delivery,
    DeliveryId,
    DeliveryState,
    Held,
    Leased,
    Listener,
    NewDelivery,
    NoticeId,
    QueueId,
    Turn,
    Waiting,
    Wanted,
    Work,
    after,
    open_for,
    signer,
)
from .ports import Post, PostOffice
from .queueing import drop, events_heard, listeners, notice_ids, send
from .reading import counted, forget_deliveries, heard, listen, log, replay
from .sending import take_turn

__all__ = [
    "Answer",
    "Attempt",
    "Counted",
    "Delivery",
    "DeliveryId",
    "DeliveryState",
    "Held",
    "Leased",
    "Listener",
    "NewDelivery",
    "NoticeId",
    "Post",
    "PostOffice",
    "QueueId",
    "Turn",
    "Waiting",
    "Wanted",
    "Work",
    "after",
    "counted",
    "drop",
    "events_heard",
    "forget_deliveries",
    "heard",
    "listen",
    "listeners",
    "log",
    "notice_ids",
    "open_for",
    "replay",
    "send",
    "signer",
    "take_turn",
]
