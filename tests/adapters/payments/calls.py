"""Calls as payments make them, without a database."""

from entrepot.contexts.payments import AttemptId, Call, IntentId, Kind, RefundId
from entrepot.kernel.clock import real
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency, Money


def call(
    key: str,
    method: str,
    kind: Kind = Kind.PAY,
    charge_ref: str | None = None,
    minor: int = 93_00,
) -> Call:
    return Call(
        attempt_id=AttemptId(1),
        intent_id=IntentId(2),
        group_id=Id(3),
        refund_id=RefundId(4) if kind is Kind.REFUND else None,
        kind=kind,
        key=key,
        amount=Money(minor, Currency.USD),
        provider="any",
        method=method,
        charge_ref=charge_ref,
        begun_at=real(),
    )
