"""Where something stands in a rule file: tomllib does not say."""

import re
from collections.abc import Sequence

HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?")
KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[A-Za-z0-9_.-]+)\s*=""")


def line_of(content: str, place: Sequence[str | int]) -> int | None:
    """The line of the deepest part of a place such as `("rows", 2, "rate_bp")` that is written."""
    lines = _places(content)
    for depth in range(len(place), 0, -1):
        found = lines.get(tuple(place[:depth]))
        if found is not None:
            return found
    return None


def _places(content: str) -> dict[tuple[str | int, ...], int]:
    """The first line of every table and key."""
    places: dict[tuple[str | int, ...], int] = {}
    counts: dict[str, int] = {}
    table: tuple[str | int, ...] = ()
    for number, line in enumerate(content.splitlines(), 1):
        if header := HEADER.match(line):
            table = _table(header[1] == "[[", header[2], counts)
            places.setdefault(table, number)
        elif key := KEY.match(line):
            name = key[1].strip("\"'")
            places.setdefault((*table, name), number)
    return places


def _table(is_array: bool, name: str, counts: dict[str, int]) -> tuple[str | int, ...]:
    """`[[rows]]` opens the next row; `[rows.next]` belongs to the row that is open."""
    if is_array:
        counts[name] = counts.get(name, -1) + 1
    place: list[str | int] = []
    parts = name.split(".")
    for depth, part in enumerate(parts, 1):
        place.append(part)
        above = ".".join(parts[:depth])
        if above in counts:
            place.append(counts[above])
    return tuple(place)
