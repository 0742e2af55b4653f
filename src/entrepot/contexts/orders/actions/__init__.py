"""What can be done to quotes and orders."""

from .cancel import cancel, decide
from .erase import erase_buyers
from .goods import arrive, bounce, return_units, ship
from .move import move
from .naming import remember
from .place import draft, forget_quotes, keep_quotes, keep_terms, open_quotes, place
from .refunds import take_back
from .replace import draft_replacements, place_replacements

__all__ = [
    "arrive",
    "bounce",
    "cancel",
    "decide",
    "draft",
    "draft_replacements",
    "erase_buyers",
    "forget_quotes",
    "keep_quotes",
    "keep_terms",
    "move",
    "open_quotes",
    "place",
    "place_replacements",
    "remember",
    "return_units",
    "ship",
    "take_back",
]
