"""Cases as values: what somebody asks for after a sale, and how far it has come."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from entrepot.contexts.merchants import ShopId
from entrepot.contexts.orders import GroupId, OrderId
from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency, Money, allocate

from .lifecycle import CASE, OPEN, Role, State, Verb
from .model import Reason


class CaseId(Id):
    __slots__ = ()


class Kind(StrEnum):
    """What a buyer wants."""

    REFUND = "refund"
    RETURN_AND_REFUND = "return_and_refund"
    REPLACEMENT = "replacement"


class Bearer(StrEnum):
    """Who bears what a way back costs."""

    BUYER = "buyer"
    MERCHANT = "merchant"
    PLATFORM = "platform"


class Ruling(StrEnum):
    """How an arbitration ended; it is final."""

    SUPPORT_BUYER = "support_buyer"
    SUPPORT_MERCHANT = "support_merchant"


class Grade(StrEnum):
    """What the inspection of returned goods found."""

    SELLABLE = "sellable"  # Goes on the shelf again.
    DAMAGED = "damaged"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """Units of one order line in a case, and what of their payment is asked back."""

    pos: int
    units: tuple[int, ...]  # Which ones, from 0.
    minor: int
    first_item: int = 0  # The id of its first unit within the case; the others follow.


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case to be opened; its lines were checked against the order."""

    order_id: OrderId
    group_id: GroupId
    buyer_id: PersonId | None
    shop_id: ShopId
    merchant_id: OrganisationId
    market: str
    mode: str
    seller_type: str
    currency: Currency
    kind: Kind
    opened_by: Role
    reason: str
    refund_as: Reason
    seller_fault: bool
    lines: tuple[CaseLine, ...]
    timers: str  # The rule of its clocks.
    costs: str  # The rule of who bears what it costs.
    way_back_bearer: Bearer
    note: str = ""
    files: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case as it stands."""

    id: CaseId
    order_id: OrderId
    group_id: GroupId
    buyer_id: PersonId | None
    shop_id: ShopId
    merchant_id: OrganisationId
    market: str
    mode: str
    seller_type: str
    currency: Currency
    kind: Kind
    state: State
    opened_by: Role
    reason: str
    refund_as: Reason
    seller_fault: bool
    lines: tuple[CaseLine, ...]
    offered_minor: int | None
    declined: bool  # The buyer declined the offer: there is no second one.
    refunds: bool  # Money goes back; a replacement may end so, too.
    ruling: Ruling | None
    evidence_until: datetime | None
    carrier: str
    tracking_number: str
    label_file: int | None  # The label that the merchant gave for the way back.
    way_back_minor: int  # What that way costs; 0 while or if buyers arrange it themselves.
    way_back_bearer: Bearer
    combined_id: CaseId | None  # The first of the cases that come back in one parcel.
    sent_at: datetime | None
    received_at: datetime | None
    grade: Grade | None
    replacement_id: OrderId | None
    timers: str
    costs: str
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None

    @property
    def asked(self) -> Money:
        """What the buyer would get back at most."""
        return Money(sum(line.minor for line in self.lines), self.currency)

    @property
    def amount(self) -> Money:
        """What the buyer gets back if it is granted as it stands."""
        if not self.refunds:
            return Money(0, self.currency)
        if self._took_offer:
            return Money(self.offered_minor or 0, self.currency)
        return Money(self.asked.minor - self.withheld_minor, self.currency)

    @property
    def withheld_minor(self) -> int:
        """What the buyer bears of the way back: it is not refunded.

        What was agreed on or ruled without goods is whole.
        """
        ruled = self.arbitrated and self.received_at is None
        if self.sent_at is None or self.way_back_bearer is not Bearer.BUYER:
            return 0
        return 0 if ruled or self._took_offer else min(self.way_back_minor, self.asked.minor)

    @property
    def came_back(self) -> bool:
        """Whether goods are on their way back or there; an empty parcel brought none."""
        return self.sent_at is not None and self.grade is not Grade.MISSING

    @property
    def shares(self) -> tuple[int, ...]:
        """The amount by line."""
        weights = [line.minor for line in self.lines]
        if not sum(weights):
            return tuple(0 for _ in weights)
        return tuple(allocate(self.amount.minor, weights))

    @property
    def open(self) -> bool:
        """Whether it is still to be decided."""
        return self.state in OPEN

    @property
    def arbitrated(self) -> bool:
        """Whether the operator has ruled: then nobody refuses any more."""
        return self.ruling is not None

    def verbs(self) -> list[Verb]:
        """What can be done with it: its lifecycle's verbs that fit what it is about."""
        return [verb for verb in CASE.moves[self.state] if self._fits(verb)]

    @property
    def _took_offer(self) -> bool:
        return self.offered_minor is not None and not self.declined

    def _fits(self, verb: Verb) -> bool:
        match verb:
            case Verb.GRANT_RETURN:
                return self.kind is Kind.RETURN_AND_REFUND and self.sent_at is None
            case Verb.OFFER:
                first = self.offered_minor is None and not self.arbitrated
                return first and self.kind is not Kind.REPLACEMENT and self.asked.minor > 1
            case Verb.REFUSE:
                return not self.arbitrated
            case _:
                return True

    def moved(self, verb: Verb) -> "Case":
        """This case, one step further; `IllegalMove` if its lifecycle has no such step."""
        return replace(self, state=CASE.after(self.state, verb), due_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """A wish to take a case one step further, with what the verb needs."""

    case_id: CaseId
    verb: Verb
    role: Role
    reason: str = ""
    note: str = ""
    at: datetime | None = None  # When it happened; else it is now.
    minor: int | None = None  # Of an offer.
    instead: bool = False  # Money in place of a replacement.
    carrier: str = ""
    tracking_number: str = ""
    grade: Grade | None = None
    files: tuple[int, ...] = ()
    replacement_id: OrderId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """How the seller of record has goods sent back; the same one for several is one parcel."""

    case_id: CaseId
    carrier: str
    tracking_number: str
    file_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a side says and shows while a case is open."""

    case_id: CaseId
    role: Role
    note: str = ""
    files: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing that happened to a case."""

    case_id: CaseId
    verb: str
    before: State | None
    after: State
    role: Role
    reason: str
    note: str
    files: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a case stands; what is not set does not restrict."""

    state: State | None = None
    kind: Kind | None = None
    refunds: bool | None = None
    sent: bool | None = None
    offered: bool | None = None
    ruling: Ruling | None = None
    unruled: bool | None = None  # It went to the operator, who did not rule or not yet.

    def fits(self, case: Case) -> bool:
        """Whether a case stands like this."""
        pairs = (
            (self.state, case.state),
            (self.kind, case.kind),
            (self.refunds, case.refunds),
            (self.sent, case.sent_at is not None),
            (self.offered, case.offered_minor is not None),
            (self.ruling, case.ruling),
            (self.unruled, case.evidence_until is not None and case.ruling is None),
        )
        return all(wanted is None or wanted == given for wanted, given in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases a list shows, and in which order; what is not set does not restrict."""

    ids: tuple[CaseId, ...] | None = None
    order_ids: tuple[OrderId, ...] | None = None
    buyer_ids: tuple[PersonId, ...] | None = None
    shop_id: ShopId | None = None
    kinds: tuple[Kind, ...] | None = None
    standings: tuple[Standing, ...] | None = None  # Any of them.
    arbitration: tuple[Standing, ...] | None = None  # And any of these.
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    changed_from: datetime | None = None
    changed_before: datetime | None = None
    by_change: bool = False  # By the last change; else by the opening.
    rising: bool = False
