"""Taxonomy: the categories that Entrepot ships with, in English and Simplified Chinese.

An extract of the Shopify Standard Product Taxonomy (MIT, see `data/LICENSE-shopify-taxonomy.txt`):
10,595 categories in a tree of eight levels.
"""

from .attributes import KnownAttribute, KnownValue, attribute, attributes_of, value
from .shopify import categories

__all__ = [
    "KnownAttribute",
    "KnownValue",
    "attribute",
    "attributes_of",
    "categories",
    "value",
]
