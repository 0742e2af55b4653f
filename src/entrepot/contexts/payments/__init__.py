"""Payments: how a buyer's money comes in, once for each order group, and how it goes back.

An intent says what is to be paid; an attempt is one call to a provider, written down under a key
of ours before the provider hears of it; a refund is promised first and sent later, and no more is
ever promised than came in. No provider is called inside a unit of work: `begin`, the call through
the port, `record`. What a timeout leaves unknown only the provider's lookup or its own message
resolves. What is owed and to whom is in the ledger, never here.
"""

from .access import Permission, visible_to
from .actions import cancel, expire, open, open_begun, refund
from .calls import Answer, awaited, begin, begin_refunds, record, to_look_up, to_send, under_way
from .events import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentFailed,
    RefundFailed,
    RefundSucceeded,
)
from .lifecycle import (
    ATTEMPT,
    INTENT,
    REFUND,
    AttemptState,
    AttemptVerb,
    IntentState,
    IntentVerb,
    RefundState,
    RefundVerb,
)
from .model import (
    Attempt,
    AttemptId,
    Beginning,
    Call,
    Intent,
    IntentId,
    Kind,
    NewIntent,
    NewRefund,
    Outcome,
    ProviderEvent,
    Refund,
    RefundId,
    Result,
    Webhook,
)
from .ports import Provider, ask, look_up
from .problems import (
    ForgedWebhook,
    IntentNotFound,
    MoreThanCaptured,
    PaymentUnderWay,
    RefundDiffers,
    RefundNotFound,
    VoidFirst,
)
from .queries import attempts, by_groups, of_groups, refunds
from .webhooks import apply, receive

__all__ = [
    "ATTEMPT",
    "INTENT",
    "REFUND",
    "Answer",
    "Attempt",
    "AttemptId",
    "AttemptState",
    "AttemptVerb",
    "Beginning",
    "Call",
    "ForgedWebhook",
    "Intent",
    "IntentId",
    "IntentNotFound",
    "IntentState",
    "IntentVerb",
    "Kind",
    "MoreThanCaptured",
    "NewIntent",
    "NewRefund",
    "Outcome",
    "PaymentAuthorised",
    "PaymentCaptured",
    "PaymentFailed",
    "PaymentUnderWay",
    "Permission",
    "Provider",
    "ProviderEvent",
    "Refund",
    "RefundDiffers",
    "RefundFailed",
    "RefundId",
    "RefundNotFound",
    "RefundState",
    "RefundSucceeded",
    "RefundVerb",
    "Result",
    "VoidFirst",
    "Webhook",
    "apply",
    "ask",
    "attempts",
    "awaited",
    "begin",
    "begin_refunds",
    "by_groups",
    "cancel",
    "expire",
    "look_up",
    "of_groups",
    "open",
    "open_begun",
    "receive",
    "record",
    "refund",
    "refunds",
    "to_look_up",
    "to_send",
    "under_way",
    "visible_to",
]
