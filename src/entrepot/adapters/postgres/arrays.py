"""How lists become PostgreSQL's arrays: set-based statements send little else."""

from datetime import datetime
from types import NoneType
from typing import Any

from psycopg.abc import Buffer
from psycopg.adapt import PyFormat
from psycopg.types.array import ListDumper

NULL = "null"


class Lists(ListDumper):
    """Writes lists of numbers, texts and instants at once, where the driver goes item by item.

    They have the type that the statement casts them to. The driver looks for the narrowest one
    that holds all numbers; the server then had a plan for each mixture of widths it was sent.
    """

    def get_key(self, obj: list[Any], format: PyFormat) -> type:
        return self.cls

    def upgrade(self, obj: list[Any], format: PyFormat) -> "Lists":
        return self

    def dump(self, obj: list[Any]) -> Buffer | None:
        """The array's text. Whatever is not simple is left to the driver."""
        kinds = {*map(type, obj)} - {NoneType}
        if kinds == {int}:
            items = [NULL if item is None else str(item) for item in obj]
        elif kinds == {str}:
            items = [NULL if item is None else _quoted(item) for item in obj]
            if any("\0" in item for item in items):
                return super().dump(obj)  # Refused there, in the driver's words.
        elif kinds == {datetime}:
            texts = {item: NULL if item is None else f'"{item}"' for item in {*obj}}
            items = [texts[item] for item in obj]  # A batch has few instants, and one zone.
        else:
            return super().dump(obj)
        return f"{{{','.join(items)}}}".encode()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
