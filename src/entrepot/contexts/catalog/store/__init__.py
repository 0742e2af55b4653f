"""The statements of the catalog."""

from .listings import (
    add_listings,
    decide_shadows,
    listings_by,
    listings_of_shops,
    listings_page,
    live_detail,
    open_shadows,
    replace_contents,
    save_moves,
    supersede,
)
from .prices import (
    add_prices,
    history,
    lock_listing_counts,
    lowest,
    offers,
    priced,
    targets,
)
from .products import (
    add_categories,
    add_products,
    categories_by,
    children,
    known_skus,
    products_by,
    products_page,
    skus_of,
)
from .shelves import cards

__all__ = [
    "add_categories",
    "add_listings",
    "add_prices",
    "add_products",
    "cards",
    "categories_by",
    "children",
    "decide_shadows",
    "history",
    "known_skus",
    "listings_by",
    "listings_of_shops",
    "listings_page",
    "live_detail",
    "lock_listing_counts",
    "lowest",
    "offers",
    "open_shadows",
    "priced",
    "products_by",
    "products_page",
    "replace_contents",
    "save_moves",
    "skus_of",
    "supersede",
    "targets",
]
