"""The statements of settlement: claims, statements of account, payouts."""

from . import claims, payouts, statements

__all__ = ["claims", "payouts", "statements"]
