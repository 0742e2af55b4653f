"""Ids: unique, rising with time, a type each, strings outside."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import BigInteger, Column, MetaData, Table, select, text

from entrepot.kernel.access import OrganisationId, PersonId
from entrepot.kernel.clock import real
from entrepot.kernel.ids import Id, IdType, among, new_ids
from entrepot.kernel.tx import Tx
from tests.conftest import Installation

EPOCH_MS = 1_577_836_800_000  # 2020-01-01


def test_a_batch_is_unique_and_of_its_kind(tx: Tx) -> None:
    ids = new_ids(tx.sql, OrganisationId, 70_000)  # More than one round of the sequence.

    assert len(set(ids)) == 70_000
    assert all(0 < id < 2**63 for id in ids)
    assert {type(id) for id in ids} == {OrganisationId}
    assert new_ids(tx.sql, Id, 0) == []


def test_they_rise_with_real_time(tx: Tx) -> None:
    before = int(real().timestamp() * 1000)
    ids = [new_ids(tx.sql, Id, 1)[0] for _ in range(3)]
    moments = [(id >> 22) + EPOCH_MS for id in ids]
    tx.sql.execute(text("select pg_sleep(0.002)"))
    [later] = new_ids(tx.sql, Id, 1)

    assert all(one <= other for one, other in pairwise(moments))
    assert before - 1_000 <= moments[0] <= int(real().timestamp() * 1000) + 1_000
    assert later > max(ids)
    assert all((id >> 16) & 0b111111 == 0 for id in ids)  # Cell 0.


def test_two_databases_sessions_never_make_the_same(installation: Installation) -> None:
    with installation.engine.connect() as one, installation.engine.connect() as other:
        ids = [id for sql in (one, other, one, other) for id in new_ids(sql, Id, 500)]

    assert len(set(ids)) == 2_000


@given(st.integers(1, 2**63 - 1))
def test_they_travel_as_strings(number: int) -> None:
    travelling = TypeAdapter(PersonId)

    assert PersonId.parse(str(number)) == number
    assert travelling.dump_json(PersonId(number)) == f'"{number}"'.encode()
    assert type(travelling.validate_json(f'"{number}"')) is PersonId


@pytest.mark.parametrize(
    "wrong", ["0", "-1", "+1", "01", "１２", "1e3", "1.0", "", " 1", "1\n", "9" * 19, 5, 5.0, None]
)
def test_anything_else_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="string of 1 to 19 digits"):
        Id.parse(wrong)
    with pytest.raises(ValidationError):
        TypeAdapter(Id).validate_python(wrong)


def test_one_kind_never_passes_for_another() -> None:
    with pytest.raises(ValueError, match="string"):
        PersonId.parse(OrganisationId(5))


def test_columns_give_their_kind(tx: Tx) -> None:
    table = Table("t", MetaData(), Column("id", IdType(PersonId)), Column("n", BigInteger))
    tx.sql.execute(text("create temp table t (id bigint, n bigint) on commit drop"))
    tx.sql.execute(table.insert(), [{"id": PersonId(n), "n": n} for n in (1, 2, 3)])
    tx.sql.execute(table.insert(), [{"id": None, "n": 4}])

    found = tx.sql.scalars(select(table.c.id).where(among(table.c.id, [PersonId(3), PersonId(2)])))

    assert {type(id) for id in found} == {PersonId}
    assert tx.sql.scalar(select(table.c.id).where(table.c.n == 4)) is None
    assert tx.sql.scalars(select(table.c.n).where(among(table.c.id, []))).all() == []
