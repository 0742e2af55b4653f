"""Permissions by room, with the roles that hold them."""

from collections.abc import Iterator
from enum import StrEnum

from entrepot import rulebook
from entrepot.rulebook import ANY, Role

from . import rooms
from .text import code, document, table

INTRODUCTION = """\
A permission is `noun:verb`, held within one organisation or, by members of an operator, on the
whole platform. A role is a row of the rule topic `roles`; this is its newest shipped file."""


def page() -> str:
    """What each room asks for, and what each role gives."""
    roles = _roles()
    blocks, asked = [], set[str]()
    for room, permissions in _by_room().items():
        asked |= {*permissions}
        rows = [
            (f"`{one}`", code(sorted(role for role, held in roles.items() if one in held)))
            for one in sorted(permissions)
        ]
        blocks += [f"## {room}\n", table(("permission", "roles"), rows)]
    rows = [(f"`{role}`", code(sorted(held))) for role, held in sorted(roles.items())]
    blocks += ["## Roles\n", table(("role", "permissions"), rows)]
    if idle := sorted(set[str]().union(*roles.values()) - asked):
        blocks += ["## Given and not asked for yet\n", f"{code(idle)}\n"]
    return document("Permissions", INTRODUCTION, *blocks)


def _roles() -> dict[str, frozenset[str]]:
    newest = rulebook.load().versions[Role.topic, ANY][-1]
    return {row.role: frozenset(row.permissions) for row in newest.rows}


def _by_room() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind in _enums():
        found.setdefault(rooms.room(kind.__module__), []).extend(member.value for member in kind)
    return dict(sorted(found.items()))


def _enums() -> Iterator[type[StrEnum]]:
    return (kind for kind in rooms.classes(StrEnum) if kind.__name__ == "Permission")
