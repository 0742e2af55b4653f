"""Overlays over the shipped files, and LOCK over all that was ever shipped."""

from datetime import date
from pathlib import Path

import pytest

from entrepot import rulebook
from entrepot.rulebook import BrokenRules, Fee, MarketNotOpen, ReserveLevel, Rulebook, parse
from entrepot.rulebook.lock import changed, lock_text, read_lock, stale
from tests.rulebook.texts import HEAD, reserve, write

FEE = '[[rows]]\nkind = "platform_commission"\nbase = ["list"]\nrate_bp = {}\n'


def fee_ref(book: Rulebook, day: str) -> str:
    return book.on(Fee, "us", date.fromisoformat(day)).ref


def test_what_is_shipped_is_what_lock_says() -> None:
    assert [version.ref for version in rulebook.load().all()] == sorted(
        version.ref for version in rulebook.shipped()
    )


def test_an_overlay_decides_from_its_own_first_day(tmp_path: Path) -> None:
    write(tmp_path, "fees/us/2024-06-01", HEAD + FEE.format(100))
    book = rulebook.load(tmp_path)

    assert fee_ref(book, "2024-05-31") == "fees/us/2024-04-01@1"
    assert fee_ref(book, "2024-06-01") == "fees/us/2024-06-01@1"
    assert fee_ref(book, "2026-06-01") == "fees/us/2024-06-01@1"
    assert book.on(Fee, "gb", date(2026, 1, 1)).ref == "fees/gb/2024-09-02@1"


def test_what_an_overlay_hides_is_adopted_by_name(tmp_path: Path) -> None:
    write(tmp_path, "fees/us/2024-06-01", HEAD + FEE.format(100))
    (tmp_path / "adopted.toml").write_text('shipped = ["fees/us/2025-05-15@1"]\n')
    book = rulebook.load(tmp_path)

    assert fee_ref(book, "2025-05-14") == "fees/us/2024-06-01@1"
    assert fee_ref(book, "2025-05-15") == "fees/us/2025-05-15@1"


def test_what_is_hidden_is_told(tmp_path: Path) -> None:
    write(tmp_path, "fees/us/2024-04-01", HEAD + FEE.format(100))
    [layer] = rulebook.layers(tmp_path)

    above, hidden = rulebook.laid_over(layer, rulebook.shipped())

    assert [version.ref for version in hidden] == ["fees/us/2025-05-15@1"]
    [replaced] = [version for version in above if version.id == "fees/us/2024-04-01"]
    assert replaced.file == str(tmp_path / "fees/us/2024-04-01.toml")


def test_later_overlays_lie_over_earlier_ones(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write(first, "fees/us/2024-06-01", HEAD + FEE.format(100))
    write(first, "fees/us/2024-08-01", HEAD + FEE.format(200))
    write(second, "fees/us/2024-07-01", HEAD + FEE.format(300))
    book = rulebook.load([first, second])

    days = ["2024-06-30", "2024-07-01", "2024-09-01"]
    refs = ["fees/us/2024-06-01@1", "fees/us/2024-07-01@1", "fees/us/2024-07-01@1"]
    assert [fee_ref(book, day) for day in days] == refs


def test_an_overlay_opens_a_market_earlier(tmp_path: Path) -> None:
    us = next(v for v in rulebook.shipped() if v.id == "markets/us/2023-01-01")
    write(tmp_path, "markets/us/2016-01-01", us.content)
    write(tmp_path, "reserve/any/2016-01-01", reserve(100))
    book = rulebook.load(tmp_path)

    assert book.on(ReserveLevel, "us", date(2016, 1, 1)).row({"level": 1}).rate_bp == 100
    with pytest.raises(MarketNotOpen):
        book.on(ReserveLevel, "us", date(2015, 12, 31))


def test_a_market_without_its_own_file_in_force_follows_the_rule_for_any(tmp_path: Path) -> None:
    write(tmp_path, "reserve/us/2024-01-01", reserve(700))
    book = rulebook.load(tmp_path)

    def ref(market: str, day: date) -> str:
        return book.on(ReserveLevel, market, day).ref

    assert ref("us", date(2024, 1, 1)) == "reserve/us/2024-01-01@1"
    assert ref("us", date(2023, 12, 31)) == "reserve/any/2023-01-01@1"
    assert ref("gb", date(2024, 1, 1)) == "reserve/any/2023-01-01@1"


def findings(folder: Path) -> list[str]:
    with pytest.raises(BrokenRules) as broken:
        rulebook.load(folder)
    return [f"{finding.file}: {finding.what}" for finding in broken.value.findings]


def test_every_broken_file_of_an_overlay_is_named(tmp_path: Path) -> None:
    write(tmp_path, "fees/us/2024-06-01", HEAD)
    write(tmp_path, "reserve/us/2024-06-01", HEAD)
    (tmp_path / "fees" / "us" / "notes.txt").write_text("")
    (tmp_path / "fees" / "stray.toml").write_text("")

    said = "\n".join(findings(tmp_path))

    for name in (
        "fees/us/2024-06-01.toml",
        "reserve/us/2024-06-01.toml",
        "notes.txt",
        "stray.toml",
    ):
        assert name in said


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = write(tmp_path, "fees/us/2024-06-01", "")
    file.write_bytes(b"# one\n# \xff\n")

    with pytest.raises(BrokenRules) as broken:
        rulebook.load(tmp_path)

    assert [(each.line, each.cure) for each in broken.value.findings] == [(2, "save it as UTF-8")]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert findings(tmp_path / "none") == [f"{tmp_path / 'none'}: there is no such overlay"]


@pytest.mark.parametrize(
    ("adopted", "what"),
    [
        ('shipped = ["fees/us/2031-01-01@1"]\n', "nothing shipped is called fees/us/2031-01-01@1"),
        ('shiped = ["x"]\n', "no list `shipped`"),
        ("shipped = [", "not TOML"),
    ],
)
def test_adopting_what_is_not_shipped(tmp_path: Path, adopted: str, what: str) -> None:
    (tmp_path / "adopted.toml").write_text(adopted)

    [said] = findings(tmp_path)

    assert said.startswith(f"{tmp_path / 'adopted.toml'}: {what}")


ID = "reserve/us/2024-01-01"
SECOND = reserve(600).replace("revision = 1", 'revision = 2\nreplaces = "it was 6 %"')


def test_lock_is_kept_by_what_it_says() -> None:
    version = parse(reserve(500), ID)
    locked = read_lock(lock_text([version]))

    assert changed([version], locked) == [] and stale([version], locked) == []
    assert lock_text([version]) == f"{ID}.toml 1 {version.sha256}\n"


def test_a_silent_change_is_found_and_cannot_be_locked() -> None:
    locked = read_lock(lock_text([parse(reserve(500), ID)]))

    [finding] = changed([parse(reserve(600), ID, "f.toml")], locked)

    assert (finding.file, finding.line) == ("f.toml", 4)
    assert "LOCK has another text for revision 1" in finding.what
    assert "`revision = 2`" in finding.cure


def test_going_back_to_an_older_revision_is_a_silent_change() -> None:
    locked = read_lock(lock_text([parse(SECOND, ID)]))

    assert len(changed([parse(reserve(500), ID)], locked)) == 1


def test_an_open_correction_has_to_be_locked() -> None:
    locked = read_lock(lock_text([parse(reserve(500), ID)]))
    version = parse(SECOND, ID, "f.toml")

    assert changed([version], locked) == []
    [finding] = stale([version], locked)
    assert (finding.line, finding.what) == (4, "revision 2 is not in LOCK yet")
    assert "--write-lock" in finding.cure


def test_new_files_and_lost_files_are_found() -> None:
    version = parse(reserve(500), ID, "f.toml")

    [new] = stale([version], {})
    assert new.what == "LOCK does not know this file"
    [gone] = stale([], read_lock(lock_text([version])))
    assert gone.what == f"{ID}.toml was shipped and is gone"


def test_a_lock_that_cannot_be_read() -> None:
    with pytest.raises(BrokenRules, match="LOCK:2: this is not `path revision sha256`"):
        read_lock(f"{ID}.toml 1 aa\n<<<<<<< ours\n")
