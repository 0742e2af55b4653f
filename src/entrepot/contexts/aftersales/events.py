"""What is told of refunds."""

from dataclasses import dataclass

from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import Event

from .model import Reason, Refund, RefundId


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRecorded(Event):
    """It was decided that money goes back; `payments` tells when the buyer has it."""

    name = "aftersales.refund_recorded"

    refund_id: RefundId
    order_id: OrderId
    merchant_id: OrganisationId
    reason: Reason
    currency: str
    minor: int

    @property
    def subject(self) -> OrderId:
        return self.order_id

    @staticmethod
    def of(refund: Refund) -> "RefundRecorded":
        """The fact of one refund."""
        return RefundRecorded(
            at=refund.at,
            refund_id=refund.id,
            order_id=refund.order_id,
            merchant_id=refund.merchant_id,
            reason=refund.reason,
            currency=refund.currency.value,
            minor=refund.amount.minor,
        )
