"""What is told of settlement."""

from dataclasses import dataclass
from datetime import date

from entrepot.contexts.merchants import ShopId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.events import Event

from .model import PayoutId, StatementId


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementClosed(Event):
    name = "settlement.statement_closed"

    statement_id: StatementId
    payee_id: OrganisationId
    shop_id: ShopId
    stated_on: date
    currency: str
    net_minor: int

    @property
    def subject(self) -> StatementId:
        return self.statement_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutMoved(Event):
    name = "settlement.payout_moved"

    payout_id: PayoutId
    payee_id: OrganisationId
    verb: str
    after: str
    currency: str
    minor: int

    @property
    def subject(self) -> PayoutId:
        return self.payout_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutWaits(Event):
    """Settled money is not paid out, for a reason that somebody can mend."""

    name = "settlement.payout_waits"

    payee_id: OrganisationId
    currency: str
    minor: int
    lacks: str

    @property
    def subject(self) -> OrganisationId:
        return self.payee_id


@dataclass(frozen=True, slots=True, kw_only=True)
class TierDecided(Event):
    name = "settlement.tier_decided"

    shop_id: ShopId
    month_on: date
    tier: str

    @property
    def subject(self) -> ShopId:
        return self.shop_id
