"""Lifecycles, drawn from their tables."""

from collections.abc import Iterator
from enum import StrEnum

from entrepot.kernel.lifecycle import Lifecycle

from . import rooms
from .text import code, document

INTRODUCTION = """\
Each noun that has states has one table of them; what it does not list is refused
([illegal-move](problems.md#illegal-move)). The database checks the same: the states by a
constraint, each move by `where state = before`."""


def page() -> str:
    """A diagram for each table."""
    blocks = [_block(*found) for found in sorted(_tables(), key=lambda found: found[:2])]
    return document("Lifecycles", INTRODUCTION, *blocks)


def _tables() -> Iterator[tuple[str, str, Lifecycle[StrEnum, StrEnum]]]:
    for module in rooms.modules():
        if module.__name__.endswith(".lifecycle"):
            for name, value in vars(module).items():
                if isinstance(value, Lifecycle):
                    yield rooms.room(module.__name__), name.lower(), value


def _block(room: str, name: str, table: Lifecycle[StrEnum, StrEnum]) -> str:
    ends = [state for state, moves in table.moves.items() if not moves]
    last = f"Ends in {code(ends)}." if ends else "Has no end."
    return f"## {room}: {name}\n\n```mermaid\n{table.mermaid()}\n```\n\n{last}\n"
