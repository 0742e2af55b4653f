"""Facts of the log and their schemas."""

import json
from dataclasses import fields

from entrepot.flows.subscriptions import SUBSCRIBERS, kinds
from entrepot.flows.subscriptions import schemas as all_schemas
from entrepot.kernel.events import Event

from . import rooms
from .text import code, document, table

INTRODUCTION = """\
A fact is written in the transaction of the change that it tells, and read from the log in its
order ([events](../concepts/events.md)). `at` is business time. Payloads hold ids and amounts, never
names or addresses; fields are only added. The JSON Schema of each payload is in
[events.json](events.json)."""


def page() -> str:
    """Every kind of fact: what it says, what it carries, who reads it."""
    return document("Events", INTRODUCTION, *(_entry(kind) for kind in kinds()))


def schemas() -> str:
    """The JSON Schema of every kind, by name."""
    return json.dumps(all_schemas(), indent=2, sort_keys=True) + "\n"


def _entry(kind: type[Event]) -> str:
    said = f"{text}\n\n" if (text := rooms.said(kind)) else ""
    readers = code(to.name for to in SUBSCRIBERS if kind in to.kinds)
    rows = [(f"`{field.name}`", f"`{_type(field.type)}`") for field in fields(kind)]
    return (
        f"## {kind.name}\n\n{said}Version {kind.version}, of `{rooms.room(kind.__module__)}`. "
        f"Read by {readers or 'nobody inside'}.\n\n{table(('field', 'type'), rows)}"
    )


def _type(annotation: object) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)
