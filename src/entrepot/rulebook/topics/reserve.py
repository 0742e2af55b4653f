"""What is held back of a settlement, and for how long."""

from typing import ClassVar

from entrepot.rulebook.rows import RuleRow, Selector


class ReserveLevel(RuleRow):
    """A share of the settled amount, released when the days since delivery have passed."""

    topic: ClassVar[str] = "reserve"
    selectors: ClassVar[tuple[Selector, ...]] = RuleRow.selecting(Selector("level"))

    level: int
    rate_bp: int
    days: int
