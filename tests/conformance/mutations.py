"""Spoils answers in every way that the judge has to notice."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import attrs

from . import sdk, strictness

Step = str | int


def unnoticed(operation: sdk.Operation, raw: Any) -> list[str]:
    """The ways to spoil an answer that nobody notices. There should be none."""
    return [
        what
        for what, spoilt in spoilt_ways(operation, raw)
        if not strictness.read(operation, 200, spoilt).problems
    ]


def spoilt_ways(operation: sdk.Operation, raw: Any) -> Iterator[tuple[str, Any]]:
    """Each field as null and of another type, gone where it has to be there, and one too many."""
    for trail, required in _fields(sdk.answer(operation), raw, ()):
        name = ".".join(map(str, trail))
        yield f"{name} null", _changed(raw, trail, None)
        yield f"{name} of another type", _changed(raw, trail, _retyped(_at(raw, trail)))
        if required:
            yield f"{name} dropped", _changed(raw, trail, ...)
    for name in ("code", "message", "request_id"):
        yield f"{name} dropped", _changed(raw, (name,), ...)
    yield "a field too many", {**raw, "extra": 1}


def _fields(
    model: type, raw: Any, trail: tuple[Step, ...]
) -> Iterator[tuple[tuple[Step, ...], bool]]:
    """Where the fields of an answer are; of a list its first element stands for all."""
    for name, key in strictness.keys(model).items():
        if name not in raw:
            continue
        here = (*trail, name)
        yield here, key.required
        for kind in key.kinds:
            inner, value, to = kind, raw[name], here
            if isinstance(value, list) and value:
                inner, value, to = kind.__args__[0], value[0], (*here, 0)
            if attrs.has(inner) and isinstance(value, dict):
                yield from _fields(inner, value, to)


def _retyped(value: Any) -> Any:
    return [[1]] if not isinstance(value, list) else "1"


def _at(raw: Any, trail: tuple[Step, ...]) -> Any:
    for step in trail:
        raw = raw[step]
    return raw


def _changed(raw: Any, trail: tuple[Step, ...], value: Any) -> Any:
    spoilt = deepcopy(raw)
    place = _at(spoilt, trail[:-1])
    if value is ...:
        del place[trail[-1]]
    else:
        place[trail[-1]] = value
    return spoilt
