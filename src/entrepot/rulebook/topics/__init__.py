"""The topics of the rulebook: one class of rows each."""

from entrepot.rulebook.rows import RuleRow

from .admission import Admission, Entity
from .aftersales import AftersaleCosts, AftersaleReason, AftersaleTimers
from .commission import Commission
from .delivery import Carrier, DeliveryOption
from .fees import Fee
from .listing_checks import ListingAudit, ListingCheck
from .markets import Market, eligible_at, start_of
from .modes import Mode
from .order_timers import OrderTimers
from .payouts import Payouts
from .probation import NextStage, Probation
from .promotions import Promotions
from .reserve import ReserveLevel
from .roles import Role
from .settlement import SettlementTier, earned
from .tax import Tax

ALL: tuple[type[RuleRow], ...] = (
    Market,
    Mode,
    Fee,
    SettlementTier,
    ReserveLevel,
    OrderTimers,
    Payouts,
    Probation,
    Admission,
    Tax,
    Commission,
    Promotions,
    AftersaleTimers,
    AftersaleReason,
    AftersaleCosts,
    Carrier,
    DeliveryOption,
    ListingCheck,
    ListingAudit,
    Role,
)
BY_NAME = {row.topic: row for row in ALL}

__all__ = [
    "ALL",
    "BY_NAME",
    "Admission",
    "AftersaleCosts",
    "AftersaleReason",
    "AftersaleTimers",
    "Carrier",
    "Commission",
    "DeliveryOption",
    "Entity",
    "Fee",
    "ListingAudit",
    "ListingCheck",
    "Market",
    "Mode",
    "NextStage",
    "OrderTimers",
    "Payouts",
    "Probation",
    "Promotions",
    "ReserveLevel",
    "Role",
    "SettlementTier",
    "Tax",
    "earned",
    "eligible_at",
    "start_of",
]
