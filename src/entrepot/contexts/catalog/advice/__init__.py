"""Advice: what would make a listing easier to find and to trust, from what is known of it alone.

The same content always gets the same advice. It is no audit: nothing is refused for it.
"""

from .diagnosing import diagnose, tier
from .model import Advice, Part, Seen, Tier
from .queries import category_words
from .wording import better_description, better_title, words_of

__all__ = [
    "Advice",
    "Part",
    "Seen",
    "Tier",
    "better_description",
    "better_title",
    "category_words",
    "diagnose",
    "tier",
    "words_of",
]
