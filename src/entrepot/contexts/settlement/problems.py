"""What settlement refuses."""

from entrepot.kernel.money import Currency, Money
from entrepot.kernel.problems import Problem


class SecondPerson(Problem):
    status, slug, title = 403, "second-person", "Somebody else has to approve this"


class NoPayoutAccount(Problem):
    slug, title = "no-payout-account", "The payee has no account to be paid to"


class BankLineDiffers(Problem):
    """What the bank paid is not what the statements add up to."""

    slug, title = "bank-line-differs", "The unpaid statements do not add up to this"

    def __init__(self, paid: Money, total: int, currency: Currency) -> None:
        super().__init__(
            f"the bank paid {paid}; the statements that are named, or the oldest unpaid ones, "
            f"add up to {Money(total, currency)}",
            statements_minor=str(total),
        )


class AlreadyBooked(Problem):
    slug, title = "already-booked", "This line of the bank is booked"

    def __init__(self, reference: str) -> None:
        super().__init__(f"{reference} is the reference of a payout to this payee already")
