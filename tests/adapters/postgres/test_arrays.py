"""Lists arrive as they left: what is fast must be as right as what the driver does."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import DataError

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(st.lists(st.none() | TEXT | st.sampled_from(["null", "NULL", "{}", '"', "\\", "a,b", ""])))
def test_texts(shared_engine: Engine, items: list[str | None]) -> None:
    with shared_engine.connect() as sql:
        found = sql.scalar(text("select cast(:items as text[])"), {"items": items})
    assert found == items


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)))
def test_numbers(shared_engine: Engine, items: list[int | None]) -> None:
    with shared_engine.connect() as sql:
        found = sql.scalar(text("select cast(:items as bigint[])"), {"items": items})
    assert found == items


@given(st.lists(st.none() | st.datetimes(timezones=st.just(UTC))))
def test_instants(shared_engine: Engine, items: list[datetime | None]) -> None:
    with shared_engine.connect() as sql:
        found = sql.scalar(text("select cast(:items as timestamptz[])"), {"items": items})
    assert found == items


@given(st.lists(st.none() | st.binary(max_size=8)))
def test_bytes(shared_engine: Engine, items: list[bytes | None]) -> None:
    with shared_engine.connect() as sql:
        found = sql.scalar(text("select cast(:items as bytea[])"), {"items": items})
    assert found == items


@given(st.lists(st.none() | st.booleans()))
def test_truths(shared_engine: Engine, items: list[bool | None]) -> None:
    with shared_engine.connect() as sql:
        found = sql.scalar(text("select cast(:items as boolean[])"), {"items": items})
    assert found == items


def test_documents(shared_engine: Engine) -> None:
    written = ['{"a": "b\\\\c \\"d\\" é"}', "[]"]
    with shared_engine.connect() as sql:
        found = sql.scalars(
            text("select x ->> 'a' from unnest(cast(:x as jsonb[])) as x"), {"x": written}
        ).all()
    assert found == ['b\\c "d" é', None]


def test_other_kinds_are_left_to_the_driver(shared_engine: Engine) -> None:
    with shared_engine.connect() as sql:
        mixed = sql.scalar(text("select cast(:items as numeric[])"), {"items": [1, Decimal("0.5")]})
        nested = sql.scalar(text("select cast(:items as int[])"), {"items": [[1, 2], [3, 4]]})
    assert (mixed, nested) == ([1, Decimal("0.5")], [[1, 2], [3, 4]])


def test_a_nul_is_refused(shared_engine: Engine) -> None:
    with shared_engine.connect() as sql, pytest.raises(DataError, match="NUL"):
        sql.exec_driver_sql("select cast(%s as text[])", (["a", "b\0"],))
