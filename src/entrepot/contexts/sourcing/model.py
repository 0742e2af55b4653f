"""Supply agreements as values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from entrepot.contexts.catalog import SkuId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.ids import Id
from entrepot.kernel.money import Currency


class AgreementId(Id):
    __slots__ = ()


class Basis(StrEnum):
    """What the supplier is paid for, and so who holds title until the sale."""

    ON_RECEIPT = "supply_price_on_receipt"  # Direct purchase: title passes when accepted.
    ON_SALE = "supply_price_on_sale"  # Consignment: it stays the supplier's until then.


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAgreement:
    """A wish to agree on the supply of one SKU for one market."""

    supplier_id: OrganisationId
    sku_id: SkuId
    market: str
    basis: Basis
    currency: Currency
    unit_minor: int
    from_on: date
    terms_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    id: AgreementId
    supplier_id: OrganisationId
    sku_id: SkuId
    market: str
    basis: Basis
    currency: Currency
    terms_days: int | None
    opened_on: date
    ended_on: date | None  # The last day in force.
    made_at: datetime

    def covers(self, day: date) -> bool:
        return self.opened_on <= day and (self.ended_on is None or day <= self.ended_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSupplyPrice:
    """A wish for another supply price, from a day on that has not begun."""

    agreement_id: AgreementId
    unit_minor: int
    from_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyPrice:
    agreement_id: AgreementId
    version: int
    unit_minor: int
    from_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """A wish to end an agreement after a day."""

    agreement_id: AgreementId
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What a unit costs on a day, and whom it is owed to."""

    sku_id: SkuId
    supplier_id: OrganisationId
    agreement_id: AgreementId
    version: int
    basis: Basis
    unit_minor: int
    currency: Currency
    terms_days: int | None
