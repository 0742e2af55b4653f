"""Global products: one product whose listings, in several markets, start from the same."""

from .actions import create_globals, delete_globals, edit_globals
from .events import ListingReplicated, tell_replicas
from .model import (
    GlobalEdit,
    GlobalPrice,
    GlobalProduct,
    GlobalSearch,
    GlobalState,
    NewGlobal,
)
from .queries import find_globals, global_products, listings_everywhere

__all__ = [
    "GlobalEdit",
    "GlobalPrice",
    "GlobalProduct",
    "GlobalSearch",
    "GlobalState",
    "ListingReplicated",
    "NewGlobal",
    "create_globals",
    "delete_globals",
    "edit_globals",
    "find_globals",
    "global_products",
    "listings_everywhere",
    "tell_replicas",
]
