"""A shop's products as other systems list them: with SKUs, prices and what is free, for a page.

One statement, however many products, planned once as that of `sold` is. Callers were given the
listings by their door, and act for whoever owns the goods, so that what they may see is decided
there.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, cast

from entrepot.contexts.catalog import ListingId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.db import sql_file
from entrepot.kernel.tx import Tx


class ListedSku(NamedTuple):
    """A listing and one of the SKUs of its product, or none."""

    product_id: str
    title: str
    state: str
    category_id: str
    listed_s: int
    updated_s: int
    waits: bool  # Whether a version of it waits for its audit.
    sku_id: str | None
    code: str
    has_code: bool  # Whether the merchant gave the code; else we did.
    price_minor: int | None
    currency: str
    list_minor: int | None
    free: str | None  # JSON: pairs of a location and a number.


LISTED = sql_file(__file__, "listed", ListedSku)


def listed(tx: Tx, owner: OrganisationId, ids: Sequence[ListingId]) -> Iterator[list[ListedSku]]:
    """Each listing's rows, in the order of the ids; what is free is of one owner's goods."""
    if not ids:
        return
    asked = {"ids": [int(id) for id in ids], "owner": int(owner)}
    rows = cast(list[ListedSku], tx.sql.execute(LISTED, asked).all())
    for _, found in groupby(rows, itemgetter(0)):
        yield [*found]
