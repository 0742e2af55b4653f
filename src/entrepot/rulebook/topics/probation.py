"""How much a new shop may do."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from entrepot.rulebook.rows import RuleRow, Selector


class NextStage(BaseModel):
    """What opens the next stage. What is not asked for is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: str
    quiz_passed: bool = False
    min_live_listings: int = 0
    min_days: int = 0  # Since onboarding.
    min_delivered_orders: int = 0
    min_buyers: int = 0
    max_violations: int | None = None  # Of the last 30 days.
    min_score: int | None = None  # In hundredths.


class Probation(RuleRow):
    """One stage. A cap that is left out does not exist."""

    topic: ClassVar[str] = "probation"
    selectors: ClassVar[tuple[Selector, ...]] = RuleRow.selecting(Selector("stage"))

    stage: str
    is_first: bool = False  # Where a new shop begins.
    orders_per_day: int | None = None
    listings: int | None = None
    official_accounts: int
    channel_accounts: int
    next: NextStage | None = None  # None: this stage is the end of probation.
