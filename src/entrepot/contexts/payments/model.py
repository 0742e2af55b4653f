"""What a buyer owes for an order group, and how providers are asked for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from entrepot.kernel.ids import Id
from entrepot.kernel.money import Money

from .lifecycle import AttemptState, IntentState, RefundState


class IntentId(Id):
    """The wish to be paid for one order group."""

    __slots__ = ()


class AttemptId(Id):
    """One call to a provider."""

    __slots__ = ()


class RefundId(Id):
    """Money that goes back to the buyer."""

    __slots__ = ()


class Kind(StrEnum):
    """What a provider can be asked to do."""

    AUTHORISE = "authorise"
    CAPTURE = "capture"
    PAY = "pay"  # Authorise and capture at once.
    REFUND = "refund"
    VOID = "void"


class Result(StrEnum):
    """What a provider says has become of a call."""

    AUTHORISED = "authorised"
    CAPTURED = "captured"
    DECLINED = "declined"
    NOTHING = "nothing"  # The provider knows for sure that it did nothing.
    REFUNDED = "refunded"
    UNKNOWN = "unknown"  # No answer, or none yet.
    VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIntent:
    """What is to be paid for an order group, and how the buyer wants to pay it."""

    group_id: Id
    amount: Money
    provider: str
    method: str  # The provider's word or token for the buyer's means of payment.


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One for each order group; `promised` is what was ever asked to go back."""

    id: IntentId
    group_id: Id
    amount: Money
    provider: str
    method: str
    state: IntentState
    opened_at: datetime
    captured_minor: int = 0
    promised_minor: int = 0
    refunded_minor: int = 0
    provider_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRefund:
    """Money to go back to the buyer of a group, once for each reference."""

    group_id: Id
    amount: Money
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A refund keeps its share of what was captured even if it fails: the buyer is owed it."""

    id: RefundId
    intent_id: IntentId
    group_id: Id
    amount: Money
    reference: str
    state: RefundState
    requested_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """The wish to call the provider of a group's intent; another method after a decline."""

    group_id: Id
    kind: Kind = Kind.PAY
    method: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a provider is asked, under our key; committed before it is asked."""

    attempt_id: AttemptId
    intent_id: IntentId
    group_id: Id
    refund_id: RefundId | None
    kind: Kind
    key: str
    amount: Money
    provider: str
    method: str
    charge_ref: str | None  # The provider's name of the payment that this call is about.
    begun_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A call and what is known of it."""

    call: Call
    state: AttemptState
    provider_ref: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A provider's answer to a call. `reference` is its own name of what it did."""

    result: Result
    reference: str | None = None
    reason: str | None = None  # The provider's code, such as card_declined.
    # With which the buyer's browser lets the card's owner confirm: told to them, kept nowhere.
    client_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEvent:
    """What a provider told us by itself, verified. Without a key of ours it is about no call."""

    provider: str
    event_id: str
    key: str | None
    outcome: Outcome
    payload: bytes
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A provider's message as it came in."""

    payload: bytes
    headers: Mapping[str, str]
