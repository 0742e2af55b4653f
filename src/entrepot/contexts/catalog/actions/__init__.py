"""What can be done to the catalog, by verb."""

from .auditing import audit_due, faults_of
from .brands import create_brands, know_brands, permit_brand
from .create import create, load_categories
from .edit import audit, edit
from .listing import list_products
from .move import activate, move, submit
from .price import set_list_prices, set_prices
from .variants import change_skus

__all__ = [
    "activate",
    "audit",
    "audit_due",
    "change_skus",
    "create",
    "create_brands",
    "edit",
    "faults_of",
    "know_brands",
    "list_products",
    "load_categories",
    "move",
    "permit_brand",
    "set_list_prices",
    "set_prices",
    "submit",
]
