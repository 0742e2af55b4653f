"""What can be done to quotes and orders."""

from .cancel import cancel, decide
from .erase import erase_buyers
from .goods import arrive, bounce, return_units, ship
from .move import move
from .place import draft, forget_quotes, keep_quotes, keep_terms, open_quotes, place
from .refunds import take_back

__all__ = [
    "arrive",
    "bounce",
    "cancel",
    "decide",
    "draft",
    "erase_buyers",
    "forget_quotes",
    "keep_quotes",
    "keep_terms",
    "move",
    "open_quotes",
    "place",
    "return_units",
    "ship",
    "take_back",
]
