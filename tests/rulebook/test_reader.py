"""Whatever is wrong with a file is said with its line and a cure."""

import pytest

from entrepot.rulebook import BrokenRules, Finding, parse
from tests.rulebook.texts import HEAD, reserve

ROW = "[[rows]]\nlevel = 1\nrate_bp = 500\ndays = 15\n"
FEE = '[[rows]]\nkind = "x"\nbase = ["list"]\nrate_bp = 600\n'


def found(content: str, id: str = "reserve/us/2024-04-01") -> list[Finding]:
    with pytest.raises(BrokenRules) as broken:
        parse(content, id, "f.toml")
    for finding in broken.value.findings:
        assert str(finding) in str(broken.value)
    return [*broken.value.findings]


def only(content: str, id: str = "reserve/us/2024-04-01") -> Finding:
    [finding] = found(content, id)
    assert finding.file == "f.toml"
    return finding


def test_a_sound_file() -> None:
    version = parse(reserve(500), "reserve/us/2024-04-01")

    assert version.id == "reserve/us/2024-04-01"
    assert version.ref == "reserve/us/2024-04-01@1"
    assert (version.topic, version.market) == ("reserve", "us")
    assert version.first_day.isoformat() == "2024-04-01"
    assert version.content == reserve(500)
    assert version.row({"level": 1}).rate_bp == 500


def test_a_reference_names_the_version_as_well() -> None:
    assert parse(reserve(500), "reserve/us/2024-04-01@1").id == "reserve/us/2024-04-01"


def test_line_ends_change_nothing() -> None:
    unix = parse(reserve(500), "reserve/us/2024-04-01")
    windows = parse(reserve(500).replace("\n", "\r\n"), "reserve/us/2024-04-01")

    assert windows.sha256 == unix.sha256
    assert windows.content == unix.content


def test_text_that_is_not_toml() -> None:
    finding = only(HEAD + "[[rows]]\nlevel = \n")

    assert finding.line == 6
    assert finding.what == "this is not TOML: Invalid value"
    assert finding.cure.startswith("write `key = value`")


def test_text_that_ends_too_early() -> None:
    assert only(HEAD + 'note = "').line == 5


def test_a_misspelt_key() -> None:
    missing, unknown = found(HEAD + ROW.replace("days", "dais"))

    assert (missing.line, missing.what) == (5, "days is missing")
    assert missing.cure == "add `days = …`"
    assert (unknown.line, unknown.what) == (8, "dais is no key of a row of reserve")
    assert unknown.cure == "write days"


def test_a_key_that_resembles_nothing() -> None:
    finding = only(HEAD + ROW + "zzz = 1\n")

    assert finding.line == 9
    assert "known are seller_type, mode, category, level, rate_bp, days" in finding.cure


def test_an_unknown_key_of_the_head() -> None:
    finding = only('sauce = "x"\n' + HEAD + ROW)

    assert (finding.line, finding.what) == (1, "sauce is no key of a rule file's head")
    assert finding.cure == "write source"


@pytest.mark.parametrize(
    ("value", "said", "cure"),
    [
        ('"500"', "rate_bp = '500': Input should be a valid integer", "without quotes"),
        ("5.5", "rate_bp = 5.5: Input should be a valid integer", "a whole number"),
        ("500.0", "rate_bp = 500.0: Input should be a valid integer", "a whole number"),
        ("true", "rate_bp = True: Input should be a valid integer", "a whole number"),
    ],
)
def test_a_wrong_type(value: str, said: str, cure: str) -> None:
    finding = only(HEAD + ROW.replace("500", value))

    assert (finding.line, finding.what) == (7, said)
    assert cure in finding.cure


def test_a_word_that_is_none_of_the_allowed() -> None:
    finding = only((HEAD + ROW).replace('"placed"', '"shipped"'))

    assert finding.line == 1
    assert "'placed', 'delivered' or 'tax_point'" in finding.what
    assert finding.cure == "write one of the words that are named"


def test_a_base_of_what_no_price_has() -> None:
    finding = only(HEAD + FEE.replace("list", "lust"), "fees/us/2024-04-01")

    assert finding.line == 7
    assert finding.what.startswith("base = 'lust': lust is no component: list, seller_discount")
    assert parse(HEAD + FEE.replace("list", "-fee:x"), "fees/us/2024-04-01").rows


def test_two_rows_that_could_both_decide() -> None:
    one, other = FEE + 'mode = "m"\n', FEE + 'category = "aa"\n'
    finding = only(HEAD + FEE + one + other, "fees/us/2024-04-01")

    assert finding.line == 14
    assert "the row of line 9 (mode = m, kind = x, on = sale) are equally specific" in finding.what


def test_a_file_without_rows() -> None:
    assert only(HEAD).what == "the file has no rows"
    assert "begin each row with [[rows]]" in only(HEAD + "rows = 5\n").cure


@pytest.mark.parametrize(
    ("revision", "what", "cure"),
    [
        ("revision = 0", "revisions count from 1", "write `revision = 1`"),
        ("revision = 2", "revision 2 gives no reason", 'add `replaces = "why revision 1'),
        ('revision = 1\nreplaces = "x"', "a first revision replaces nothing", "`revision = 2`"),
    ],
)
def test_revisions_have_reasons(revision: str, what: str, cure: str) -> None:
    finding = only((HEAD + ROW).replace("revision = 1", revision))

    assert finding.what == what
    assert cure in finding.cure


def test_a_correction() -> None:
    text = reserve(400).replace("revision = 1", 'revision = 2\nreplaces = "it was 4 %"')

    assert parse(text, "reserve/us/2024-04-01").ref == "reserve/us/2024-04-01@2"


def test_names_that_say_nothing() -> None:
    assert only(HEAD + ROW, "reserves/us/2024-04-01").cure == "topics are reserve"
    finding = only(HEAD + ROW, "reserve/us/april")
    assert finding.what == "april is no date"
    assert "2024-04-01.toml" in finding.cure
    assert only(HEAD + ROW, "reserve/us/2023-02-29").what == "2023-02-29 is no date"


def test_everything_that_is_wrong_is_said_at_once() -> None:
    bad = (HEAD + ROW).replace("revision = 1", "revision = 3").replace("500", '"x"')

    assert {finding.line for finding in found(bad)} == {4, 7}


def test_nested_tables_have_lines() -> None:
    stage = '[[rows]]\nstage = "a"\nofficial_accounts = 1\nchannel_accounts = 0\n'
    finding = only(
        HEAD + stage + '\n[rows.next]\nstage = "b"\nmin_dais = 3\n', "probation/us/2024-01-01"
    )

    assert (finding.line, finding.what) == (12, "min_dais is no key of a row of probation")


def test_a_zone_that_is_on_no_map() -> None:
    market = '[[rows]]\nname = "x"\ncurrency = "USD"\nzone = "Mars/Base"\ntax_regime = "vat"\n'
    finding = only(
        HEAD + market + "countries = []\nminimum_payout_minor = 1\n", "markets/x/2024-01-01"
    )

    assert finding.line == 8
    assert finding.what == "zone = 'Mars/Base': Mars/Base is no time zone such as Europe/London"
