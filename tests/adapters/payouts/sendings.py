"""Payouts as providers get them."""

from datetime import UTC, datetime

from entrepot.contexts.settlement import (
    Payout,
    PayoutAccount,
    PayoutAccountId,
    PayoutId,
    Sending,
    State,
)
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.money import Currency, Money

AT = datetime(2024, 4, 1, 12, tzinfo=UTC)
IBAN = "DE89370400440532013000"  # The example of the IBAN registry (ISO 13616).
SUM = Money(1_234_56, Currency.EUR)


def sending(
    n: int,
    number: str = IBAN,
    *,
    method: str = "sepa",
    amount: Money = SUM,
    attempt: int = 1,
    bank_code: str = "",
) -> Sending:
    """The nth payout, to an account with a number."""
    payout = Payout(
        id=PayoutId(n),
        payee_id=OrganisationId(7),
        account_id=PayoutAccountId(n),
        amount=amount,
        payout=amount,
        rate=None,
        state=State.SENT,
        attempt=attempt,
        provider_reference=None,
        reason="",
        due_at=AT,
        approved_by=None,
        changed_at=AT,
        rule="payouts/any/2010-01-01@1",
    )
    account = PayoutAccount(
        id=PayoutAccountId(n),
        payee_id=OrganisationId(7),
        currency=amount.currency,
        method=method,
        holder="Müller, Söhne & Co",
        number=number,
        bank_code=bank_code,
        state="active",
        changed_at=AT,
        changed_by="person:1",
    )
    return Sending(payout=payout, account=account)
