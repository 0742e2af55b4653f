"""Reads a raw answer as strictly as its model allows, and says what is wrong with it."""

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from inspect import cleandoc
from typing import Any, get_args, get_origin

import attrs
from tiktok_shop_api.generated.types import Unset

from . import sdk

KEYS = {"code", "message", "request_id", "data"}
ATTRIBUTE = re.compile(r"^    (\w+) \((.*)$", re.MULTILINE)
VALUES = re.compile(r"(?:Available|Possible) values?\b")
VALUE = re.compile(r"^ *- *`?([A-Z][A-Z0-9_]*)`? *(?:[:：,]|$)", re.MULTILINE)
BULLET = re.compile(r"^ *- ", re.MULTILINE)
# Told by the model to be one of a few, though its own page elsewhere tells more.
OPEN_ENDED: set[tuple[str, str]] = set()


@dataclass(slots=True)
class Reading:
    """What one answer showed: the fields with a value in them, and what is wrong."""

    problems: list[str] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)  # As data.orders.id.


@dataclass(frozen=True, slots=True)
class Key:
    """One field of a model."""

    name: str  # In the answer.
    required: bool
    kinds: tuple[Any, ...]
    values: frozenset[str]  # Those the page of the field lists; empty: any.


@cache
def keys(model: type) -> dict[str, Key]:
    """The fields of a model by their names in answers."""
    source, told, values = sdk.source(model), sdk.hints(model), _values(model)
    found = {}
    for one in attrs.fields(model):
        if one.name == "additional_properties":
            continue
        popped = re.search(rf'\b_?{one.name} = .*d\.pop\("([^"]+)"', source)
        assert popped is not None, f"{model.__name__}.{one.name}"
        hint = told[one.name]
        kinds = (hint,) if get_origin(hint) is list else get_args(hint) or (hint,)
        found[popped[1]] = Key(
            name=popped[1],
            required=one.default is attrs.NOTHING,
            kinds=tuple(kind for kind in kinds if kind is not Unset),
            values=values.get(one.name, frozenset()),
        )
    return found


@cache
def _values(model: type) -> dict[str, frozenset[str]]:
    """What the page of each field lists as its values, where that is a plain list."""
    parts = ATTRIBUTE.split(cleandoc(model.__doc__ or ""))[1:]
    found = {}
    for name, told, more in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        text = told + more
        begins = VALUES.search(text)
        if begins is None or (model.__name__, name) in OPEN_ENDED:
            continue
        rest = text[begins.end() :]
        listed = VALUE.findall(rest)
        if len(listed) > 1 and len(listed) == len(BULLET.findall(rest)):
            found[name] = frozenset(listed)
    return found


def read(operation: sdk.Operation, status: int, raw: Any) -> Reading:
    """Read an answer: its envelope always, its data where the call succeeded."""
    reading = Reading()
    reading.problems += _envelope(status, raw)
    if not reading.problems and raw["code"] == 0:
        model = sdk.answer(operation)
        if "data" in keys(model) and "data" not in raw:
            reading.problems.append("data: missing")
        _object(reading, model, raw, "")
    return reading


def _envelope(status: int, raw: Any) -> Iterator[str]:
    if not isinstance(raw, dict):
        yield "the answer is not a JSON object"
        return
    for name, kind in (("code", int), ("message", str), ("request_id", str)):
        if type(raw.get(name)) is not kind:
            yield f"{name}: not {kind.__name__}"
    for name in sorted(raw.keys() - KEYS):
        yield f"{name}: not in the envelope"
    if raw.get("request_id") == "":
        yield "request_id: empty"
    if status >= 500:
        yield f"HTTP {status}: {raw.get('message')}"
    if raw.get("code") == 0 and status != 200:
        yield f"code 0 with HTTP {status}"


def _object(reading: Reading, model: type, raw: Any, where: str) -> None:
    known = keys(model)
    for name in raw.keys() - known.keys():
        reading.problems.append(f"{where}{name}: {model.__name__} has no such field")
    for name, key in known.items():
        if name in raw:
            _value(reading, key, raw[name], f"{where}{name}")
        elif key.required:
            reading.problems.append(f"{where}{name}: missing")


def _value(reading: Reading, key: Key, raw: Any, where: str) -> None:
    if raw is not None and raw not in ("", [], {}):
        reading.fields.add(where)
    elif raw is None and type(None) not in key.kinds:
        reading.problems.append(f"{where}: null")
        return
    before = len(reading.problems)
    for kind in key.kinds:  # More than one only in a few request models; the last one speaks.
        del reading.problems[before:]
        _kind(reading, kind, raw, where)
        if len(reading.problems) == before:
            break
    if key.values and isinstance(raw, str) and raw and raw not in key.values:
        reading.problems.append(f"{where}: {raw!r} is none of {', '.join(sorted(key.values))}")


def _kind(reading: Reading, kind: Any, raw: Any, where: str) -> None:
    if get_origin(kind) is list:
        if not isinstance(raw, list):
            reading.problems.append(f"{where}: not a list")
            return
        for one in raw:
            _kind(reading, get_args(kind)[0], one, where)
    elif attrs.has(kind):
        if isinstance(raw, dict):
            _object(reading, kind, raw, f"{where}.")
        else:
            reading.problems.append(f"{where}: not an object")
    elif not _is_a(kind, raw):
        shown = getattr(kind, "__name__", kind)
        reading.problems.append(f"{where}: {raw!r} is not {shown}")


def _is_a(kind: Any, raw: Any) -> bool:
    if kind in (str, int, bool, type(None)):
        return type(raw) is kind
    if kind is float:
        return type(raw) in (int, float)
    if kind in (date, datetime):
        return isinstance(raw, str) and _parses(kind, raw)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return raw in [one.value for one in kind]
    return kind is Any


def _parses(kind: type[date], raw: str) -> bool:
    try:
        kind.fromisoformat(raw)
    except ValueError:
        return False
    return True
