"""What is told of refunds and cases."""

from dataclasses import dataclass

from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import Event

from .cases import Case, CaseId, Grade, Kind, Ruling
from .lifecycle import Role, State
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMoved(Event):
    """A case was opened (`before` is none) or went a step further.

    Scores count `seller_fault` when the case is granted; nobody's words stand here.
    """

    name = "aftersales.case_moved"

    case_id: CaseId
    order_id: OrderId
    shop_id: ShopId
    merchant_id: OrganisationId
    kind: Kind
    verb: str
    before: State | None
    after: State
    by: Role
    reason: str
    seller_fault: bool
    ruling: Ruling | None
    grade: Grade | None
    currency: str
    minor: int  # What the buyer gets back if it ends as it stands.

    @property
    def subject(self) -> OrderId:
        return self.order_id

    @staticmethod
    def of(case: Case, verb: str, before: State | None, by: Role) -> "CaseMoved":
        """The fact of one step."""
        return CaseMoved(
            at=case.changed_at,
            case_id=case.id,
            order_id=case.order_id,
            shop_id=case.shop_id,
            merchant_id=case.merchant_id,
            kind=case.kind,
            verb=verb,
            before=before,
            after=case.state,
            by=by,
            reason=case.reason,
            seller_fault=case.seller_fault,
            ruling=case.ruling,
            grade=case.grade,
            currency=case.currency.value,
            minor=case.amount.minor,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceAdded(Event):
    """A side said or showed more, or where the goods can be followed; nothing was decided."""

    name = "aftersales.evidence_added"

    case_id: CaseId
    order_id: OrderId
    shop_id: ShopId
    merchant_id: OrganisationId
    by: Role

    @property
    def subject(self) -> OrderId:
        return self.order_id
