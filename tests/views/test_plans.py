"""What is read for a page or for a single row is planned once, not again for each request."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from entrepot.contexts.catalog import ListingId
from entrepot.contexts.orders import OrderId
from entrepot.kernel.access import OrganisationId
from entrepot.kernel.tx import Tx
from entrepot.views.listed import listed
from entrepot.views.sold import Named, sold

MADE = text(
    "select sum(custom_plans) as one_by_one, sum(generic_plans) as for_all"
    " from pg_prepared_statements where statement like '%' || :mark || '%'"
)
TRIES = 5  # Plans that the server makes before it compares, as many as the driver waits to prepare.


@pytest.mark.parametrize(
    ("read", "mark"),
    [
        (lambda tx, n: sold(tx, [OrderId(n)], Named({}, {})), "join orders.recipients"),
        (lambda tx, n: [*listed(tx, OrganisationId(1), [ListingId(n)])], "from catalog.shadows"),
    ],
    ids=["sold", "listed"],
)
def test_a_single_row_needs_no_plan_of_its_own(
    tx: Tx, read: Callable[[Tx, int], object], mark: str
) -> None:
    for n in range(4 * TRIES):
        read(tx, n + 1)

    made = tx.sql.execute(MADE, {"mark": mark}).one()
    assert made.one_by_one == TRIES
    assert made.for_all >= TRIES
