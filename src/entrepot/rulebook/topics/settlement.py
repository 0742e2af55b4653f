"""When what was delivered may be paid."""

from collections.abc import Sequence
from typing import ClassVar

from entrepot.rulebook.rows import RuleRow, Selector

from .modes import SettlementBasis


class SettlementTier(RuleRow):
    """Days from delivery (or accepted receipt) to settlement. Suppliers' rows have no tier."""

    topic: ClassVar[str] = "settlement"
    selectors: ClassVar[tuple[Selector, ...]] = RuleRow.selecting(
        Selector("basis"), Selector("tier")
    )

    basis: SettlementBasis
    tier: str | None = None
    days: int
    min_score: int | None = None  # In hundredths: 350 is a score of 3.5. None: not asked.
    min_shipped_orders: int = 0
    window_days_from: int | None = None  # Days before the evaluation: the window's later end …
    window_days_to: int | None = None  # … and its earlier one.
    is_default: bool = False  # For shops that have no score, which is not a score of zero.


def earned(
    tiers: Sequence[SettlementTier], score: int | None, shipped_orders: int
) -> SettlementTier:
    """The shortest tier whose conditions a month's standing meets; no score: the default tier."""
    if score is None:
        [default] = [tier for tier in tiers if tier.is_default]
        return default
    met = [
        tier
        for tier in tiers
        if tier.min_score is not None
        and tier.min_score <= score
        and tier.min_shipped_orders <= shipped_orders
    ]
    assert met, f"no tier takes a score of {score}: one needs min_score = 0"
    return min(met, key=lambda tier: tier.days)
