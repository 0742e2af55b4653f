"""The statements of settlement: claims, statements of account, payouts, rates."""

from . import claims, payouts, rates, statements

__all__ = ["claims", "payouts", "rates", "statements"]
