"""The statements of settlement: claims, statements of account, payouts, rates."""

from . import claims, holds, payouts, rates, statements, waits

__all__ = ["claims", "holds", "payouts", "rates", "statements", "waits"]
