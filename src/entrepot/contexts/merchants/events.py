"""What is told of merchants."""

from dataclasses import dataclass
from datetime import date

from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import Event

from .model import AccountId, ApplicationId, DocumentId, ShopId


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationMoved(Event):
    name = "merchants.application_moved"

    application_id: ApplicationId
    merchant_id: OrganisationId
    state: str
    reasons: tuple[str, ...] = ()

    @property
    def subject(self) -> ApplicationId:
        return self.application_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOpened(Event):
    name = "merchants.shop_opened"

    shop_id: ShopId
    merchant_id: OrganisationId
    market: str
    mode: str
    seller_type: str
    stage: str
    opened_on: date

    @property
    def subject(self) -> ShopId:
        return self.shop_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopMoved(Event):
    """Restricted, suspended, back in business, closing, closed, terminated or graduated."""

    name = "merchants.shop_moved"

    shop_id: ShopId
    merchant_id: OrganisationId
    before: str
    after: str
    stage: str
    reason: str = ""

    @property
    def subject(self) -> ShopId:
        return self.shop_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeAgreed(Event):
    name = "merchants.mode_agreed"

    shop_id: ShopId
    merchant_id: OrganisationId
    mode: str
    from_on: date  # The market's day on which it begins.

    @property
    def subject(self) -> ShopId:
        return self.shop_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMoved(Event):
    name = "merchants.account_moved"

    account_id: AccountId
    shop_id: ShopId
    kind: str
    state: str

    @property
    def subject(self) -> ShopId:
        return self.shop_id


@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationMoved(Event):
    name = "merchants.qualification_moved"

    shop_id: ShopId
    category: str
    state: str

    @property
    def subject(self) -> ShopId:
        return self.shop_id


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentExpired(Event):
    name = "merchants.document_expired"

    document_id: DocumentId
    merchant_id: OrganisationId
    kind: str

    @property
    def subject(self) -> OrganisationId:
        return self.merchant_id
