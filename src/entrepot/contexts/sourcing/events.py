"""What is told of supply."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from entrepot.contexts.catalog import SkuId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import Event

from .model import Agreement, AgreementId, SupplyPrice


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyAgreed(Event):
    name = "sourcing.supply_agreed"

    agreement_id: AgreementId
    supplier_id: OrganisationId
    sku_id: SkuId
    market: str

    @classmethod
    def of(cls, agreement: Agreement) -> Self:
        return cls(
            at=agreement.made_at,
            agreement_id=agreement.id,
            supplier_id=agreement.supplier_id,
            sku_id=agreement.sku_id,
            market=agreement.market,
        )

    @property
    def subject(self) -> AgreementId:
        return self.agreement_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyPriceAgreed(Event):
    name = "sourcing.supply_price_agreed"

    agreement_id: AgreementId
    price_version: int
    from_on: date

    @classmethod
    def of(cls, price: SupplyPrice, at: datetime) -> Self:
        return cls(
            at=at,
            agreement_id=price.agreement_id,
            price_version=price.version,
            from_on=price.from_on,
        )

    @property
    def subject(self) -> AgreementId:
        return self.agreement_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyEnded(Event):
    name = "sourcing.supply_ended"

    agreement_id: AgreementId
    last_on: date

    @property
    def subject(self) -> AgreementId:
        return self.agreement_id
