"""Exchange rates of the European Central Bank, exact and by day.

A rate is a fraction of integers: minor units of one currency × num / den are minor units of the
other, rounded once by `Money.share`. Banking days only have rates; any other day takes the last
one before it. What the Bank does not quote (VND, SAR) is refused with the reason: the operator
keeps a table for it.
"""

from entrepot.adapters.rates.model import CrossRate, NoRate, Rate
from entrepot.adapters.rates.reader import Rates, shipped

__all__ = ["CrossRate", "NoRate", "Rate", "Rates", "shipped"]
