"""Rows are written by stores, and by nobody else: a replay goes the way of real work."""

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "entrepot"
WRITES = re.compile(
    r"^\s*(--[^\n]*\n\s*)*(insert\s+into|update\s+[a-z_.]+\s|delete\s+from|truncate\s|copy\s+[a-z_]+)"
    r"|\b(insert\s+into\s+[a-z_]+\.|delete\s+from\s+[a-z_]+\.|update\s+[a-z_]+\.[a-z_]+\s)",
    re.IGNORECASE,
)
BUILDERS = {"insert", "update", "delete"}


def may_write(path: Path) -> bool:
    """Stores, the kernel's own tables (events, keys, the clock) and the rulebook's; migrations."""
    place = path.relative_to(SOURCE).parts
    if place[0] == "contexts":
        return bool({"store.py", "store", "sql"} & {*place[2:]})
    return place[0] in {"kernel", "migrations"} or place[:2] in {
        ("rulebook", "store.py"),
        ("rulebook", "sql"),
    }


FORBIDDEN = [
    path for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.sql")]) if not may_write(path)
]


@pytest.mark.parametrize("path", FORBIDDEN, ids=lambda path: str(path.relative_to(SOURCE)))
def test_nothing_else_writes(path: Path) -> None:
    assert writes(path) == []


@pytest.mark.parametrize(
    "statement",
    [
        "insert into orders.orders values (1)",
        "-- why\n update orders.orders set state = 'x'",
        "with a as (delete from ledger.deltas returning *) select 1",
        "from sqlalchemy import insert",
    ],
)
def test_writes_are_found(statement: str, tmp_path: Path) -> None:
    code = tmp_path / "sweep.py"
    is_code = statement.startswith("from")
    code.write_text(statement if is_code else f"QUERY = {statement!r}\n", encoding="utf-8")

    assert writes(code) != []


def writes(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".sql":
        return [found[0].strip() for found in WRITES.finditer(text)]
    found = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Constant(value=str(said)) if WRITES.search(said):
                found.append(said)
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("sqlalchemy"):
                found += [one.name for one in names if one.name in BUILDERS]
    return found
