"""What can be done to the catalog, by verb."""

from .create import create, load_categories
from .edit import audit, edit
from .listing import list_products
from .move import activate, move, submit
from .price import set_prices

__all__ = [
    "activate",
    "audit",
    "create",
    "edit",
    "list_products",
    "load_categories",
    "move",
    "set_prices",
    "submit",
]
