"""The reference page says what the rules say."""

from pathlib import Path

from entrepot import rulebook
from entrepot.rulebook import reference_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "rules.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == reference_page(rulebook.load()), "run `make docs`"


def test_it_names_topics_keys_and_sources() -> None:
    lines = reference_page(rulebook.load()).splitlines()

    assert [line[3:] for line in lines if line.startswith("## ")] == [
        row.topic for row in rulebook.ALL
    ]
    assert "| `rate_bp` | whole number |  |" in lines
    assert "| `per_order_minor` | whole number | 0 |" in lines
    assert "| `dispatched_by` | `carrier_scan`, `ready_to_ship` |  |" in lines
    assert any(line.startswith("| us | 2024-04-01 | default | 1 | US referral") for line in lines)
