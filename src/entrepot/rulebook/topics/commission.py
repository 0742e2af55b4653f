"""What a creator's rate is taken of."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from entrepot.rulebook.components import Component, base_of
from entrepot.rulebook.rows import RuleRow


class Commission(RuleRow):
    """The bounds of creators' commission. The rate itself is the plan's."""

    topic: ClassVar[str] = "commission"

    base: tuple[Component, ...]
    min_rate_bp: int
    max_rate_bp: int
    click_window_days: int
    days: int  # From delivery to settlement, never before the order itself settles.
    refund_after_payout: Literal["recover", "keep"]  # From the next payout, or the seller's loss.

    def base_of(self, components: Mapping[str, int]) -> int:
        """The amount of a line that commission is paid on, in minor units."""
        return base_of(self.base, components)
