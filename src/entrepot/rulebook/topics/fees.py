"""What the platform takes of a sale or of a refund."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from entrepot.kernel.money import share
from entrepot.rulebook.components import Component, base_of
from entrepot.rulebook.rows import AtLeast, Below, RuleRow, Selector


class Fee(RuleRow):
    """One fee. Its kind is a word of the operator's: new kinds need no code."""

    topic: ClassVar[str] = "fees"
    selectors: ClassVar[tuple[Selector, ...]] = RuleRow.selecting(
        Selector("kind"),
        Selector("on"),
        Selector("fee_scheme"),
        Selector("campaign"),
        Below("new_shop_days", given="shop_age_days"),
        AtLeast("min_score", given="shop_score"),
    )

    kind: str
    on: Literal["sale", "refund"] = "sale"
    fee_scheme: str | None = None
    campaign: str | None = None
    new_shop_days: int | None = None  # Only while the shop is younger than this.
    min_score: int | None = None  # Only for shops that stand as high this month: 400 is 4.0.
    base: tuple[Component, ...]
    rate_bp: int
    per_order_minor: int = 0  # Once per order on top, allocated over its lines by amount.
    min_minor: int | None = None
    max_minor: int | None = None

    def of(self, components: Mapping[str, int]) -> int:
        """The fee on one line in minor units, without what is taken once per order."""
        fee = share(base_of(self.base, components), self.rate_bp, 10_000)
        fee = fee if self.min_minor is None else max(fee, self.min_minor)
        return fee if self.max_minor is None else min(fee, self.max_minor)
