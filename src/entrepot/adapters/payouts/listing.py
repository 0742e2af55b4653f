"""CSV files for payouts in any currency: a row each, for a bank's upload form or a person."""

import csv
import io
from collections.abc import Sequence
from decimal import Decimal

from entrepot.contexts.settlement import Sending

HEADER = ["key", "holder", "number", "bank_code", "currency", "amount", "day"]


class Listing:
    """A layout of `Folder`."""

    @property
    def file(self) -> str:
        return "payments.csv"

    def refusal(self, sending: Sending) -> str | None:
        """Only what cannot reach anybody."""
        account = sending.account
        return None if account.number and account.holder else "holder or number is missing"

    def content(self, batch: Sequence[Sending]) -> bytes:
        """UTF-8, comma, point; amounts in the currency's main unit."""
        out = io.StringIO()
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(HEADER)
        rows.writerows(_row(sending) for sending in batch)
        return out.getvalue().encode()


def _row(sending: Sending) -> list[str]:
    payout, account = sending.payout, sending.account
    amount = Decimal(payout.payout.minor).scaleb(-payout.payout.currency.decimals)
    return [
        payout.key,
        account.holder,
        account.number,
        account.bank_code,
        payout.payout.currency.value,
        f"{amount:f}",
        payout.changed_at.date().isoformat(),
    ]
