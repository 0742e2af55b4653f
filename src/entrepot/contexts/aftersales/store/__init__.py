"""The statements of aftersales."""

from . import cases, refunds

__all__ = ["cases", "refunds"]
