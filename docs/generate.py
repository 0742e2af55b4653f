"""Writes the reference pages that follow from the code; `--check` fails if they differ."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from pages import (
    chart,
    commands,
    events,
    figures,
    lifecycles,
    partner_api,
    permissions,
    problems,
    settings,
    webhooks,
)

from entrepot import rulebook

REFERENCE = Path(__file__).parent / "reference"
PAGES: Mapping[str, Callable[[], str]] = {
    "bench.md": figures.page,
    "chart.md": chart.page,
    "cli.md": commands.page,
    "database.md": settings.database_page,
    "events.json": events.schemas,
    "events.md": events.page,
    "lifecycles.md": lifecycles.page,
    "partner-api.md": partner_api.page,
    "permissions.md": permissions.page,
    "problems.md": problems.page,
    "rules.md": lambda: rulebook.reference_page(rulebook.load()),
    "settings.md": settings.page,
    "webhooks.md": webhooks.page,
}


def main() -> int:
    """Write the pages, or compare them."""
    made = {name: make() for name, make in PAGES.items()}
    stale = [name for name, text in made.items() if written(REFERENCE / name) != text]
    if "--check" in sys.argv[1:]:
        sys.stderr.writelines(f"docs/reference/{name} is stale: make docs\n" for name in stale)
        return 1 if stale else 0
    for name in stale:
        (REFERENCE / name).write_text(made[name], encoding="utf-8")
    return 0


def written(path: Path) -> str:
    """What a page says now."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
