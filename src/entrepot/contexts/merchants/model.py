"""What merchants are about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import JsonValue

from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.ids import Id

from .lifecycle import AccountState, ApplicationState, ContractState, QualificationState, ShopState

CORRECTION_DUE = timedelta(days=14)
EXPIRING = timedelta(days=30)


class ShopId(Id):
    __slots__ = ()


class ApplicationId(Id):
    __slots__ = ()


class DocumentId(Id):
    __slots__ = ()


class CorrectionId(Id):
    __slots__ = ()


class ContractId(Id):
    __slots__ = ()


class AccountId(Id):
    __slots__ = ()


class HistoryId(Id):
    __slots__ = ()


class AgreementId(Id):
    __slots__ = ()


class SellerType(StrEnum):
    CROSS_BORDER = "cross_border"
    LOCAL = "local"


class NumberKind(StrEnum):
    """Which register a company's number is from, and so which check it has to pass."""

    BR_CNPJ = "br_cnpj"
    CN_USCC = "cn_uscc"
    DE_REGISTER = "de_register"  # Handelsregister: court, kind and number.
    DE_VAT = "de_vat"
    GB_COMPANY = "gb_company"
    GB_VAT = "gb_vat"
    TH_MOA = "th_moa"
    US_EIN = "us_ein"
    OTHER = "other"  # Of a country whose numbers nobody here can check.


class DocumentKind(StrEnum):
    AUTHORISATION = "authorisation"
    BRAND = "brand"
    LICENCE = "licence"  # The business licence, or the certificate of incorporation.
    REPRESENTATIVE_ID = "representative_id"
    TAX = "tax"


NEEDED = (DocumentKind.LICENCE, DocumentKind.REPRESENTATIVE_ID)


class DocumentState(StrEnum):
    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"


class Reason(StrEnum):
    """Why an application goes back to the merchant."""

    COMPANY_NUMBER_INVALID = "company-number-invalid"
    DOCUMENT_EXPIRED = "document-expired"
    DOCUMENT_UNREADABLE = "document-unreadable"
    DUPLICATE_LEGAL_PERSON = "duplicate-legal-person"
    ENTRY_RULE = "entry-rule"
    OTHER = "other"
    OWNER_MISMATCH = "owner-mismatch"
    TRADER_DATA = "trader-data"


class AccountKind(StrEnum):
    OFFICIAL = "official"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """The legal person behind a merchant, with what a trader has to declare (DSA, article 30)."""

    merchant_id: OrganisationId
    legal_name: str
    country: str  # Where it is licensed.
    number_kind: NumberKind
    number: str
    register_number: str | None = None
    holdings_bp: Mapping[str, int] = field(default_factory=dict)  # Shares by holders' country.
    representative_id: PersonId | None = None
    contact_id: PersonId | None = None  # Whose address, phone and e-mail are the trader's.
    payment_account: str | None = None
    self_certified_at: datetime | None = None
    verified_at: datetime | None = None

    def undeclared(self) -> list[str]:
        """The trader's declarations that are still missing."""
        declared = {
            "representative_id": self.representative_id,
            "contact_id": self.contact_id,
            "payment_account": self.payment_account,
            "register_number": self.register_number,
            "self_certified_at": self.self_certified_at,
        }
        return [name for name, value in declared.items() if value is None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    merchant_id: OrganisationId
    kind: DocumentKind
    number: str
    country: str  # That issued it.
    file: str
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    id: DocumentId
    merchant_id: OrganisationId
    kind: DocumentKind
    number: str
    country: str
    file: str
    expires_on: date | None

    def state_on(self, day: date) -> DocumentState:
        """Valid through its last day; expiring in its last thirty."""
        if self.expires_on is None or day + EXPIRING < self.expires_on:
            return DocumentState.VALID
        return DocumentState.EXPIRED if self.expires_on < day else DocumentState.EXPIRING


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApplication:
    merchant_id: OrganisationId
    shop_name: str
    market: str
    mode: str
    seller_type: SellerType
    invited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A merchant's wish for a shop, and how far it has come."""

    id: ApplicationId
    merchant_id: OrganisationId
    shop_name: str
    market: str
    mode: str
    seller_type: SellerType
    invited: bool
    state: ApplicationState
    due_at: datetime | None = None
    rule: str | None = None
    shop_id: ShopId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a merchant has to put right."""

    reason: Reason
    field: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    id: CorrectionId
    application_id: ApplicationId
    finding: Finding
    due_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShop:
    """A shop that comes without an application: from history, or as the operator's own."""

    merchant_id: OrganisationId
    name: str
    market: str
    mode: str
    seller_type: SellerType
    stage: str | None = None  # None: past probation.


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    id: ShopId
    merchant_id: OrganisationId
    name: str
    market: str
    mode: str  # In force at the instant that was asked for.
    seller_type: SellerType
    state: ShopState
    stage: str
    opened_on: date
    order_cap: int | None = None  # Of a restriction; the stage has its own.
    listing_cap: int | None = None

    @property
    def sells(self) -> bool:
        """Whether new orders may come in."""
        return self.state in {ShopState.PROBATION, ShopState.ACTIVE, ShopState.RESTRICTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a shop has achieved, as of a day. Handed in: merchants do not know orders."""

    shop_id: ShopId
    quiz_passed: bool = False
    live_listings: int = 0
    delivered_orders: int = 0
    buyers: int = 0
    violations: int = 0
    score: int | None = None  # In hundredths; none is not zero.


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    shop_id: ShopId
    reason: str
    order_cap: int | None = None
    listing_cap: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    id: ContractId
    shop_id: ShopId
    mode: str
    from_at: datetime
    state: ContractState


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account in the content world that wants to sell for a shop."""

    shop_id: ShopId
    kind: AccountKind
    handle: str
    owner_country: str
    owner_number: str  # The company number of its legal owner.


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    id: AccountId
    shop_id: ShopId
    kind: AccountKind
    handle: str
    owner_country: str
    owner_number: str
    state: AccountState


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """A shop's permission for a category."""

    shop_id: ShopId
    category: str
    state: QualificationState
    proofs: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAgreement:
    """What was agreed with one shop on a topic of the rulebook, from a day on."""

    shop_id: ShopId
    topic: str
    from_on: date
    content: Mapping[str, JsonValue]
    reference: str  # The document in which it stands.


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    id: AgreementId
    shop_id: ShopId
    topic: str
    from_on: date
    content: Mapping[str, JsonValue]
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One row of history, to be written."""

    noun: str
    subject: Id
    before: str | None
    after: str
    at: datetime
    reason: str = ""
