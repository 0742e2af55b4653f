"""Whatever a page points to is there: files, and headings within them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^( *)(```|~~~).*?^\1\2 *$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def prose(page: Path) -> str:
    return without_code(page.read_text(encoding="utf-8"))


def without_code(text: str) -> str:
    text = FENCE.sub("", text)
    return re.sub(r"`[^`\n]*`", lambda code: code[0].replace("](", "] ("), text)


def anchors(page: Path) -> set[str]:
    """Headings as GitHub turns them into anchors; a second equal one is numbered."""
    found: set[str] = set()
    seen: Counter[str] = Counter()
    for heading in HEADING.findall(prose(page)):
        kept = "".join(sign for sign in heading.lower() if sign in " -_" or is_word(sign))
        anchor = kept.replace(" ", "-")
        found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return found


def is_word(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LNM"


def broken(page: Path, text: str) -> Iterator[str]:
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue  # Outside: another site, a mail.
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or ROOT not in file.parents:
            yield f"{target}: no such file"
        elif anchor and anchor not in anchors(file):
            yield f"{target}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert [*broken(page, prose(page))] == []


def test_every_page_can_be_reached_from_the_first_one() -> None:
    reached, ahead = set[Path](), [ROOT / "docs" / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        links = (target.partition("#")[0] for target in LINK.findall(prose(page)))
        ahead += [(page.parent / to).resolve() for to in links if to and ":" not in to]
    lost = set((ROOT / "docs").rglob("*.md")) - reached
    assert sorted(str(page.relative_to(ROOT)) for page in lost) == []


def test_a_broken_link_is_found() -> None:
    page = ROOT / "docs" / "README.md"
    text = without_code("[a](no.md) [b](#no-heading) `[c](code.md)` [d](README.md#documentation)")

    assert [*broken(page, text)] == ["no.md: no such file", "#no-heading: no such heading"]
