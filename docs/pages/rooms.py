"""What the modules of Entrepot hold."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import entrepot

SOURCE = Path(entrepot.__file__).parent


@cache
def modules() -> tuple[ModuleType, ...]:
    """Every module of the package but the migrations, by name."""
    found = pkgutil.walk_packages(entrepot.__path__, "entrepot.")
    names = sorted(each.name for each in found if ".migrations" not in each.name)
    return tuple(importlib.import_module(name) for name in names)


def classes(above: type) -> list[type[Any]]:
    """Every class below one, by the module that defines it and by name."""
    found = {
        each
        for module in modules()
        for each in vars(module).values()
        if inspect.isclass(each) and issubclass(each, above) and _is_ours(each)
    }
    return sorted(found, key=lambda each: (each.__module__, each.__name__))


def room(module: str) -> str:
    """The room of a module: `orders`, `kernel`, `surfaces.api`."""
    _, *path = module.split(".")
    if path[0] == "contexts":
        return path[1]
    return ".".join(path[:2]) if path[0] in {"surfaces", "adapters"} else path[0]


def said(thing: object) -> str:
    """Its own docstring on one line; nothing for one that was inherited or generated."""
    text = inspect.cleandoc(vars(thing).get("__doc__") or "").split("\n\n")[0]
    name = getattr(thing, "__name__", "")
    return "" if text.startswith(f"{name}(") else " ".join(text.split())


@cache
def calls() -> dict[str, frozenset[str]]:
    """By name of what is called: the files that call it, below `src/entrepot`."""
    found: dict[str, set[str]] = {}
    for file in sorted(SOURCE.rglob("*.py")):
        for name in _called(ast.parse(file.read_text(encoding="utf-8"))):
            found.setdefault(name, set()).add(str(file.relative_to(SOURCE)))
    return {name: frozenset(files) for name, files in found.items()}


def _called(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                yield name


def _is_ours(kind: type) -> bool:
    return kind.__module__.startswith("entrepot.")
