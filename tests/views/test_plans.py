"""What is read for a page or for a single row is planned once, not again for each request."""

import pytest
from sqlalchemy import text

from entrepot.kernel.db import Statement
from entrepot.kernel.tx import Tx
from entrepot.views.listed import LISTED
from entrepot.views.sold import HEADS, LINES, PARCELS

MADE = text(
    "select sum(custom_plans) as one_by_one, sum(generic_plans) as for_all"
    " from pg_prepared_statements where statement like '%' || :mark || '%'"
)
TRIES = 5  # Plans that the server makes before it compares, as many as the driver waits to prepare.


@pytest.mark.parametrize(
    ("statement", "mark"),
    [
        (HEADS, "join orders.recipients"),
        (LINES, "from orders.lines"),
        (PARCELS, "from logistics.parcel_lines"),
        (LISTED, "join catalog.listings"),
    ],
    ids=["heads", "lines", "parcels", "listed"],
)
def test_a_single_row_needs_no_plan_of_its_own(tx: Tx, statement: Statement, mark: str) -> None:
    for n in range(4 * TRIES):
        tx.sql.execute(statement, {"ids": [n + 1], "owner": 1})

    made = tx.sql.execute(MADE, {"mark": mark}).one()
    assert made.one_by_one == TRIES
    assert made.for_all >= TRIES
