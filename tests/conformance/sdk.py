"""What the client library knows: its operations, and the model of each answer.

Everything is read from the installed package, so that a newer one brings its own gaps to light.
"""

import datetime as dt
import importlib
import inspect
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_type_hints

from tiktok_shop_api.generated import api, models
from tiktok_shop_api.generated._meta import OPERATIONS
from tiktok_shop_api.generated.types import Unset

# Issue 3 serves these; the other tags come with the domains they show.
TAGS = (
    "Authorization",
    "Seller",
    "Products",
    "Orders",
    "Fulfillment",
    "Logistics",
    "Supply chain",
    "Tools",
    "Return and refund",
    "Promotion",
    "Finance",
    "Event",
)
HOLE = re.compile(r"\{\w+\}")
WORD = re.compile(r"(?<=[a-z0-9])([A-Z])|(?<=[A-Z])([A-Z])(?=[a-z])")


@dataclass(frozen=True, slots=True)
class Operation:
    """One entry of the library's list."""

    id: str
    tag: str
    group: str  # The attribute of the client.
    method: str
    path: str
    by_shop: bool

    @property
    def is_read(self) -> bool:
        """Whether asking twice changes nothing."""
        return self.method == "GET" or self.path.endswith("/search")

    @property
    def pattern(self) -> re.Pattern[str]:
        """What a request's path looks like."""
        return re.compile("[^/]+".join(map(re.escape, HOLE.split(self.path))))


def _listed(row: Mapping[str, Any]) -> Operation:
    return Operation(
        id=row["operationId"],
        tag=row["tag"],
        group=_snake(row["group"]),
        method=row["method"].upper(),
        path=row["path"],
        by_shop=row["requiresShopCipher"],
    )


def _snake(name: str) -> str:
    return WORD.sub(lambda found: f"_{found[0]}", name).lower()


ALL = tuple(map(_listed, OPERATIONS))
BY_ID = {one.id: one for one in ALL}


@cache
def find(method: str, path: str) -> Operation | None:
    """The operation that a request asks for; a path without holes goes first."""
    fits = [one for one in ALL if one.method == method and one.pattern.fullmatch(path)]
    return min(fits, key=lambda one: one.path.count("{"), default=None)


@cache
def _modules() -> dict[tuple[str, str], str]:
    """Where each operation lives. A module is known by its request; only the used ones load."""
    found = {}
    [root] = map(Path, api.__path__)
    for file in sorted(root.glob("*/[a-z]*.py")):
        source = file.read_text(encoding="utf-8")
        method = re.search(r'"method": "(\w+)"', source)
        path = re.search(r'"url": "([^"]+)"', source)
        assert method is not None
        assert path is not None
        found[method[1].upper(), path[1]] = f"{api.__name__}.{file.parent.name}.{file.stem}"
    return found


def module(of: Operation) -> ModuleType:
    """The library's module of an operation."""
    return importlib.import_module(_modules()[of.method, of.path])


@cache
def answer(of: Operation) -> type:
    """The library's model of an operation's answer."""
    parse = module(of)._parse_response
    told = inspect.signature(parse, eval_str=True).return_annotation
    [model] = [one for one in get_args(told) or (told,) if one is not type(None)]
    assert isinstance(model, type)
    return model


@cache
def asked_by(group: str, name: str) -> Operation:
    """The operation behind a method of the client."""
    [found] = [
        one
        for one in ALL
        if one.group == group and _modules()[one.method, one.path].rpartition(".")[2] == name
    ]
    return found


@cache
def source(model: type) -> str:
    """The text of a model's module; there is one for each."""
    file = sys.modules[model.__module__].__file__
    assert file is not None
    return Path(file).read_text(encoding="utf-8")


@cache
def hints(model: type) -> dict[str, Any]:
    """A model's annotations, with the models that they name."""
    return get_type_hints(model, globalns=_names())


@cache
def _names() -> dict[str, Any]:
    return {**vars(models), "Unset": Unset, "Any": Any, "Literal": Literal, "datetime": dt}
