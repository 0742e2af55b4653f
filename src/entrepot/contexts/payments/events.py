"""What has happened to payments."""

from dataclasses import dataclass

from entrepot.kernel.events import Event
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency

from .model import IntentId, RefundId


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFact(Event):
    """Facts of one order group are read in their order."""

    group_id: Id
    intent_id: IntentId
    amount_minor: int
    currency: Currency

    @property
    def subject(self) -> Id:
        return self.group_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAuthorised(PaymentFact):
    name = "payments.payment_authorised"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCaptured(PaymentFact):
    """The whole amount is ours to keep, unless the group is gone: then it goes back."""

    name = "payments.payment_captured"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFailed(PaymentFact):
    """The provider declined; the buyer may try another way."""

    name = "payments.payment_failed"

    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFact(PaymentFact):
    refund_id: RefundId
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSucceeded(RefundFact):
    name = "payments.refund_succeeded"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed(RefundFact):
    """The provider refuses this refund; it can be sent again, or goes another way."""

    name = "payments.refund_failed"

    reason: str | None
