"""The command line."""

from collections.abc import Iterator
from typing import Any

import typer.main
from typer.core import TyperArgument, TyperGroup, TyperOption

from entrepot.surfaces import cli

from .text import code, document, table

INTRODUCTION = """\
Every command answers `--help`. A refusal is one message on standard error and exit code 1; wrong
usage is exit code 2."""


def page() -> str:
    """Every command with its arguments and options."""
    commands = _commands(typer.main.get_command(cli.app), ("entrepot",))
    return document("Command line", INTRODUCTION, *(_entry(*found) for found in commands))


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if not isinstance(command, TyperGroup):
        yield " ".join(path), command
        return
    for name, inner in sorted(command.commands.items()):
        yield from _commands(inner, (*path, name))


def _entry(path: str, command: Any) -> str:
    arguments = [f"<{one.name}>" for one in command.params if isinstance(one, TyperArgument)]
    options = [one for one in command.params if isinstance(one, TyperOption)]
    usage = " ".join([path, *arguments, *(["[options]"] if options else [])])
    text = f"## {path}\n\n{_prose(command.help)}\n\n    {usage}\n"
    rows = [(code([*one.opts, *one.secondary_opts]), _prose(one.help)) for one in options]
    return f"{text}\n{table(('option', 'meaning'), rows)}" if rows else text


def _prose(text: str | None) -> str:
    return " ".join((text or "").split())
