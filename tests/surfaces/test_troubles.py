"""What the database's own words mean for who asked."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from entrepot.kernel.tx import Tx
from entrepot.surfaces import troubles
from entrepot.surfaces.troubles import Trouble


@pytest.mark.parametrize(
    ("state", "trouble"),
    [
        ("40P01", Trouble.AGAIN),
        ("57P01", Trouble.AGAIN),
        ("53300", Trouble.AGAIN),
        ("08006", Trouble.AGAIN),
        ("57014", Trouble.WAIT),
        ("53100", Trouble.WAIT),
        ("53200", Trouble.WAIT),
        ("58030", Trouble.WAIT),
        ("22021", Trouble.INPUT),
        ("23505", Trouble.BUG),
    ],
)
def test_what_a_state_means(tx: Tx, state: str, trouble: Trouble) -> None:
    raised = f"do $$ begin raise exception using errcode = '{state}'; end $$"
    with pytest.raises(DBAPIError) as told, tx.sql.begin_nested():
        tx.sql.execute(text(raised))
    assert troubles.of(told.value) is trouble
