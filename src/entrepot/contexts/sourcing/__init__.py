"""Sourcing: who supplies what, on which basis, at what price from which day on.

An agreement supplies one SKU for one market; one at a time. Its price versions begin on days that
have not begun when they are agreed, so what a day cost never changes. Whether the supplier is paid
on receipt or on sale is the agreement's basis; money itself moves elsewhere.
"""

from .access import Permission, visible_to
from .actions import agree, end, reprice
from .events import SupplyAgreed, SupplyEnded, SupplyPriceAgreed
from .model import (
    Agreement,
    AgreementId,
    Basis,
    End,
    NewAgreement,
    NewSupplyPrice,
    Supply,
    SupplyPrice,
)
from .problems import AgreementEnded, AlreadySupplied, DayHasBegun
from .queries import by_ids, page, prices, supply

__all__ = [
    "Agreement",
    "AgreementEnded",
    "AgreementId",
    "AlreadySupplied",
    "Basis",
    "DayHasBegun",
    "End",
    "NewAgreement",
    "NewSupplyPrice",
    "Permission",
    "Supply",
    "SupplyAgreed",
    "SupplyEnded",
    "SupplyPrice",
    "SupplyPriceAgreed",
    "agree",
    "by_ids",
    "end",
    "page",
    "prices",
    "reprice",
    "supply",
    "visible_to",
]
