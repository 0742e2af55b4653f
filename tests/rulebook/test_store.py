"""What outcomes were decided by is kept word for word."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from entrepot import rulebook
from entrepot.kernel.tx import Tx
from entrepot.rulebook import (
    BrokenRules,
    ReserveLevel,
    Rulebook,
    UnknownRule,
    keep,
    load,
    parse,
    stored,
)
from tests.rulebook.texts import reserve

ID = "reserve/us/2024-01-01"


def book(*contents: str) -> Rulebook:
    return Rulebook.of_versions([parse(content, ID, "f.toml") for content in contents])


def count(tx: Tx) -> int:
    return len(tx.sql.execute(text("select 1 from rulebook.versions")).all())


def test_the_shipped_book_is_kept_once(tx: Tx) -> None:
    keep(tx, load())
    keep(tx.sql, load())

    assert count(tx) == len(load().all())


def test_a_version_is_built_again_from_what_was_kept(tx: Tx) -> None:
    keep(tx, load())
    before = load().on(ReserveLevel, "us", date(2024, 1, 1))

    content = stored(tx.sql, [before.ref])[before.ref]

    assert parse(content, before.ref) == parse(before.content, before.id)
    assert parse(content, before.ref).row({"level": 3}).rate_bp == 2000


def test_a_used_rule_that_changed_without_a_revision_stops_the_start(tx: Tx) -> None:
    keep(tx, book(reserve(500)))

    with pytest.raises(BrokenRules) as broken:
        keep(tx, book(reserve(600)))

    [finding] = broken.value.findings
    assert (finding.file, finding.line) == ("f.toml", 4)
    assert finding.what == f"this installation has used another text of {ID}@1"
    assert "`revision = 2`" in finding.cure
    assert stored(tx.sql, [f"{ID}@1"]) == {f"{ID}@1": reserve(500)}


def test_a_correction_stands_beside_what_it_corrects(tx: Tx) -> None:
    second = reserve(600).replace("revision = 1", 'revision = 2\nreplaces = "it was 6 %"')
    keep(tx, book(reserve(500)))
    keep(tx, book(second))

    kept = stored(tx.sql, [f"{ID}@1", f"{ID}@2"])

    assert kept == {f"{ID}@1": reserve(500), f"{ID}@2": second}


def test_what_was_never_used_is_not_found(tx: Tx) -> None:
    with pytest.raises(UnknownRule, match=f"no rule {ID}@7 was ever used here"):
        stored(tx.sql, [f"{ID}@7"])


def test_the_database_refuses_text_that_is_not_what_its_hash_says(tx: Tx) -> None:
    insert = (
        "insert into rulebook.versions (id, revision, sha256, content) values (:id, 1, 'x', 'y')"
    )

    with pytest.raises(IntegrityError, match="versions_sha256_check"):
        tx.sql.execute(text(insert), {"id": ID})


@pytest.mark.parametrize(
    "change", ["update rulebook.versions set content = ''", "delete from rulebook.versions"]
)
def test_what_was_used_is_never_changed(tx: Tx, change: str) -> None:
    keep(tx, book(reserve(500)))

    with pytest.raises(DBAPIError):
        tx.sql.execute(text(change))


def test_a_unit_of_work_carries_the_rules(tx: Tx) -> None:
    assert rulebook.of(tx).by_ref("fees/us/2024-04-01").ref == "fees/us/2024-04-01@1"
    assert rulebook.of(tx).by_ref("fees/us/2024-04-01@1").revision == 1
    with pytest.raises(UnknownRule):
        rulebook.of(tx).by_ref("fees/us/2024-04-01@2")


def test_a_unit_of_work_without_rules_is_a_bug() -> None:
    class Bare:
        rules: object = None

    with pytest.raises(AssertionError, match="without a rulebook"):
        rulebook.of(Bare())
    assert Path(rulebook.__file__).with_name("LOCK").exists()
