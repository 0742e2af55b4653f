"""Taxonomy: the categories that Entrepot ships with, in English and Simplified Chinese.

An extract of the Shopify Standard Product Taxonomy (MIT, see `data/LICENSE-shopify-taxonomy.txt`):
10,595 categories in a tree of eight levels.
"""

from .shopify import categories

__all__ = ["categories"]
