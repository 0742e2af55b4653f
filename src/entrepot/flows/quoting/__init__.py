"""What a basket costs, for n baskets at once: every amount of every line, fixed for a while.

All that decides a price is read set by set: offers, shops, promotions, commission, supply. The
arithmetic is pure, and what it was done with is kept on the line, so that it can be done again.
"""

from .baskets import quote
from .model import QuoteWish

__all__ = ["QuoteWish", "quote"]
