"""What can be done in settlement."""

from .banking import book
from .claims import Hold, claim, hold, let_go
from .freezing import freeze, thaw
from .payouts import approve, make_payouts, retry, set_accounts, stop, take_back
from .rates import set_rates
from .sending import in_flight, record, send
from .statements import close_day, next_days, start_of_day
from .tiers import (
    decide_month,
    decide_tiers,
    next_months,
    scores,
    set_reserve_level,
    set_standings,
)
from .waiting import next_try_at

__all__ = [
    "Hold",
    "approve",
    "book",
    "claim",
    "close_day",
    "decide_month",
    "decide_tiers",
    "freeze",
    "hold",
    "in_flight",
    "let_go",
    "make_payouts",
    "next_days",
    "next_months",
    "next_try_at",
    "record",
    "retry",
    "scores",
    "send",
    "set_accounts",
    "set_rates",
    "set_reserve_level",
    "set_standings",
    "start_of_day",
    "stop",
    "take_back",
    "thaw",
]
