"""What can be done in settlement."""

from .claims import Hold, claim, hold, let_go
from .payouts import (
    approve,
    in_flight,
    make_payouts,
    record,
    retry,
    send,
    set_accounts,
    stop,
    take_back,
)
from .rates import set_rates
from .statements import close_day, next_days, start_of_day
from .tiers import decide_month, decide_tiers, next_months, set_reserve_level, set_standings

__all__ = [
    "Hold",
    "approve",
    "claim",
    "close_day",
    "decide_month",
    "decide_tiers",
    "hold",
    "in_flight",
    "let_go",
    "make_payouts",
    "next_days",
    "next_months",
    "record",
    "retry",
    "send",
    "set_accounts",
    "set_rates",
    "set_reserve_level",
    "set_standings",
    "start_of_day",
    "stop",
    "take_back",
]
