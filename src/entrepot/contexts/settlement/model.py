"""Claims, statements, reserves and payouts as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency, Money

from .lifecycle import State

NO_SHOP = ShopId(0)


class ClaimId(Id):
    __slots__ = ()


class StatementId(Id):
    __slots__ = ()


class PayoutId(Id):
    __slots__ = ()


class HoldId(Id):
    """Of a hold by hand."""

    __slots__ = ()


class PayoutAccountId(Id):
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClaim:
    """Money owed to a payee for one thing, from the instant at which its clock started.

    `follows` makes it a correction of an earlier claim on the same order line: it is eligible
    with that one, or at once if that one is settled.
    """

    payee_id: OrganisationId
    shop_id: ShopId = NO_SHOP  # On whose statement it goes.
    tier_shop: ShopId = NO_SHOP  # Whose tier dates it.
    market: str
    kind: str  # sale, commission, supply, receipt, refund, adjustment …
    source_id: int
    pos: int = 0
    order_id: int | None = None
    amount: Money
    breakdown: Mapping[str, int]
    basis: str  # The settlement basis that chooses its days.
    seller_type: str
    started_at: datetime
    days: int | None = None  # The agreement's own term, where there is one.
    at_least_days: int = 0
    follows: str | None = None  # The kind of the claim that it corrects.
    rule: str | None = None  # What decided the amount, where no part of a line did.


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim as it stands, with the rules that dated it."""

    id: ClaimId
    payee_id: OrganisationId
    shop_id: ShopId
    market: str
    kind: str
    source_id: int
    pos: int
    order_id: int | None
    amount: Money
    breakdown: Mapping[str, int]
    basis: str
    tier: str | None
    rules: tuple[str, ...]
    started_at: datetime
    days: int | None  # None for a correction: it has the date of what it corrects.
    eligible_at: datetime
    reserve_bp: int
    reserve_until: datetime | None
    reserved_minor: int
    statement_id: StatementId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One payee's settled claims of one market day, and what the reserve took and gave."""

    id: StatementId
    payee_id: OrganisationId
    shop_id: ShopId
    market: str
    currency: Currency
    stated_on: date
    due_at: datetime
    claims: int
    minor: int
    reserved_minor: int
    consumed_minor: int
    released_minor: int
    net_minor: int
    payout_id: PayoutId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a shop stood in a month's window. No score is not a score of zero."""

    shop_id: ShopId
    month_on: date
    score: int | None  # Hundredths: 350 is 3.5.
    shipped_orders: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TierDecision:
    """The settlement tier of a shop for one month, with what decided it."""

    shop_id: ShopId
    month_on: date
    tier: str
    score: int | None
    shipped_orders: int
    source: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutAccount:
    """Where a payee is paid."""

    id: PayoutAccountId
    payee_id: OrganisationId
    currency: Currency
    method: str  # sandbox, sepa, csv
    holder: str
    number: str
    bank_code: str
    state: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """An exchange rate: `num / den` units of the payout currency for one of the statement's."""

    num: int
    den: int
    day_on: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRate:
    """Units of a currency for one euro, by the operator: a peg, or the rate of its bank."""

    currency: Currency
    day_on: date
    per_euro: Decimal
    source: str


class Lack(StrEnum):
    """What keeps settled money from being paid out."""

    ACCOUNT = "no-account"
    RATE = "no-exchange-rate"
    MINIMUM = "below-minimum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What a payee's statements in one currency add up to, and why it is not paid out yet."""

    payee_id: OrganisationId
    market: str
    amount: Money
    lacks: Lack
    payout_currency: Currency | None  # Of the account, where there is one.
    since_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """A line of the bank's statement: paid, though no payout of ours says so."""

    payee_id: OrganisationId
    currency: Currency  # Of the statements that it pays.
    paid: Money
    reference: str  # The bank's own.
    paid_at: datetime
    statements: tuple[StatementId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFreeze:
    """A wish to hold an order's claims by hand."""

    order_id: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thaw:
    """A wish to let claims go that are held by hand."""

    id: HoldId
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """A hold that somebody opened: who, why, and whether it is over."""

    id: HoldId
    order_id: Id
    note: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """Money on its way to a payee: the sum of some statements, exchanged if need be."""

    id: PayoutId
    payee_id: OrganisationId
    account_id: PayoutAccountId
    amount: Money
    payout: Money
    rate: Rate | None
    state: State
    attempt: int
    provider_reference: str | None
    reason: str
    due_at: datetime
    approved_by: str | None
    changed_at: datetime
    rule: str

    @property
    def key(self) -> str:
        """Our own key at the provider: one for each attempt, committed before the call."""
        return f"payout-{self.id}-{self.attempt}"
