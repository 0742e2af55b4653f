"""Who has to agree before money leaves."""

from typing import ClassVar

from entrepot.rulebook.rows import RuleRow


class Payouts(RuleRow):
    """Above the limit a person approves, not the one who changed the account a while ago."""

    topic: ClassVar[str] = "payouts"

    approval_above_minor: int  # In the market's currency.
    account_cooldown_h: int
