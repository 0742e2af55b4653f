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
from .statements import close_day, next_days
from .tiers import decide_tiers, set_reserve_level, set_standings

__all__ = [
    "Hold",
    "approve",
    "claim",
    "close_day",
    "decide_tiers",
    "hold",
    "in_flight",
    "let_go",
    "make_payouts",
    "next_days",
    "record",
    "retry",
    "send",
    "set_accounts",
    "set_reserve_level",
    "set_standings",
    "stop",
    "take_back",
]
