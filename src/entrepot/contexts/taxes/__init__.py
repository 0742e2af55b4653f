"""Taxes: what a buyer's country takes of a sale, and who owes it to the authority.

Each tax is a line with jurisdiction, base, rate and rule. Where it comes on top, the buyer pays it
beside the price; where prices include it, it is a part of what was paid. A refund takes back the
same lines in proportion. This room is arithmetic over dated rules and stores nothing: the lines
are frozen on the order by whoever places it.
"""

from .actions import consignment_values, of, on_top, reverse
from .model import Place, Side, Taxable, TaxLine

__all__ = [
    "Place",
    "Side",
    "TaxLine",
    "Taxable",
    "consignment_values",
    "of",
    "on_top",
    "reverse",
]
