"""How lists become PostgreSQL's arrays: set-based statements send little else."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import NoneType
from typing import Any

from psycopg.abc import Buffer
from psycopg.adapt import PyFormat
from psycopg.types.array import ListDumper

NULL = "null"


class Lists(ListDumper):
    """Writes lists of simple values at once, where the driver goes item by item.

    They have the type that the statement casts them to. The driver looks for the narrowest one
    that holds all numbers; the server then had a plan for each mixture of widths it was sent.
    """

    def get_key(self, obj: list[Any], format: PyFormat) -> type:
        return self.cls

    def upgrade(self, obj: list[Any], format: PyFormat) -> "Lists":
        return self

    def dump(self, obj: list[Any]) -> Buffer | None:
        """The array's text. Whatever is not simple is left to the driver."""
        kinds = {*map(type, obj)} - {NoneType} or {NoneType}
        write = WRITERS.get(kinds.pop()) if len(kinds) == 1 else None
        written = None if write is None else write(obj)
        return super().dump(obj) if written is None else f"{{{written}}}".encode()


def _numbers(items: list[Any]) -> str:
    return ",".join([NULL if item is None else str(item) for item in items])


def _texts(items: list[str | None]) -> str | None:
    """Most texts need no escape, which is told for all of them at once."""
    known = [item for item in items if item is not None]
    plain = '","'.join(known)
    if "\0" in plain:
        return None  # Refused by the driver, in its words.
    if len(known) == len(items) and "\\" not in plain and plain.count('"') == 2 * len(items) - 2:
        return f'"{plain}"'
    return ",".join([NULL if item is None else _quoted(item) for item in items])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _bytes(items: list[bytes | None]) -> str:
    return ",".join([NULL if item is None else f'"\\\\x{item.hex()}"' for item in items])


def _instants(items: list[datetime | None]) -> str:
    texts = {item: NULL if item is None else f'"{item}"' for item in {*items}}
    return ",".join([texts[item] for item in items])  # A batch has few instants, and one zone.


WRITERS: Mapping[type, Callable[[list[Any]], str | None]] = {
    bool: _numbers,
    bytes: _bytes,
    datetime: _instants,
    int: _numbers,
    str: _texts,
    NoneType: _numbers,
}
