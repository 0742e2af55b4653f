"""SEPA credit transfers: `pain.001` files for payouts in euros."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stdnum import bic, iban

from entrepot.contexts.settlement import Sending
from entrepot.kernel.money import Currency

SCHEMA = "pain.001.001.09"  # What European banks take since November 2023.


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """The operator's own account."""

    name: str
    iban: str
    bic: str = ""

    def __post_init__(self) -> None:
        iban.validate(self.iban)
        if self.bic:
            bic.validate(self.bic)


@dataclass(frozen=True, slots=True)
class Sepa:
    """A layout of `Folder`."""

    payer: Payer

    @property
    def file(self) -> str:
        return "payments.xml"

    def refusal(self, sending: Sending) -> str | None:
        """Euros only, to an account number and a bank that can exist."""
        account, currency = sending.account, sending.payout.payout.currency
        if currency is not Currency.EUR:
            return f"SEPA pays euros, not {currency}"
        if not iban.is_valid(account.number):
            return "the account number is no IBAN"
        if account.bank_code and not bic.is_valid(account.bank_code):
            return "the bank's code is no BIC"
        return None

    def content(self, batch: Sequence[Sending]) -> bytes:
        """One file, checked against its schema; each payment under its own key."""
        from sepaxml import SepaTransfer

        config = {
            "name": self.payer.name,
            "IBAN": iban.compact(self.payer.iban),
            "currency": Currency.EUR.value,
            "batch": True,
        }
        transfer = SepaTransfer(config | _bank("BIC", self.payer.bic), schema=SCHEMA, clean=True)
        for sending in batch:
            transfer.add_payment(_payment(sending))
        content: bytes = transfer.export(validate=True)
        return content


def _payment(sending: Sending) -> dict[str, Any]:
    payout, account = sending.payout, sending.account
    return {
        "name": account.holder,
        "IBAN": iban.compact(account.number),
        "amount": payout.payout.minor,
        "execution_date": payout.changed_at.date(),
        "description": f"Payout {payout.id}",
        "endtoend_id": payout.key,
        **_bank("BIC", account.bank_code),
    }


def _bank(field: str, code: str) -> dict[str, str]:
    return {field: bic.compact(code)} if code else {}
