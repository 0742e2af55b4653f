"""Settings and parts for commands: opened when the command begins, closed when it ends."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from entrepot.settings import Settings
    from entrepot.surfaces.parts import Parts, Purpose

TIMERS, ANY = "order_timers", "any"
RULES = "rules"  # In the home folder: the overlay that a replay brought along.


def settings_in_force() -> "Settings":
    """The environment's settings; the rules that a replay left in the home folder hold on."""
    from entrepot import settings

    found = settings.read()
    kept = found.home / RULES
    if found.rules_overlay is None and kept.is_dir():
        return found.model_copy(update={"rules_overlay": kept})
    return found


@contextmanager
def opened(purpose: "Purpose" = "tool", settings: "Settings | None" = None) -> Iterator["Parts"]:
    """The parts of this process, its database up and migrated, its rules kept."""
    from entrepot import observability, rulebook
    from entrepot.surfaces.database import coming_up

    settings = settings or settings_in_force()
    observability.configure("warning" if purpose == "tool" else settings.log_level)
    with coming_up(settings) as database:
        # The composition root stands above the surfaces: the command line starts it by name.
        root = import_module("entrepot.main")
        parts: Parts = root.build(settings, database, purpose=purpose)
    try:
        parts.work.run(
            parts.platform("start"), "rules.keep", lambda tx: rulebook.keep(tx, parts.rules)
        )
        yield parts
    finally:
        parts.close()


def bring_rules(
    settings: "Settings", overlays: tuple[Path, ...], last_on: date | None = None
) -> "Settings":
    """Let a replay's own rules hold in this home from now on, before anything happens in it.

    Its timers, which wait for whatever the history says, hold until its last day; from the next
    one on it is the shipped ones that visitors' orders fall under.
    """
    if not overlays:
        return settings
    kept = settings.home / RULES
    if settings.rules_overlay not in (None, kept):
        raise typer.BadParameter(
            "a replay brings its own rules: unset ENTREPOT_RULES_OVERLAY for this home"
        )
    if not kept.is_dir():
        half = settings.home / f"{RULES}.new"
        shutil.rmtree(half, ignore_errors=True)
        for folder in overlays:
            shutil.copytree(folder, half, dirs_exist_ok=True)
        if last_on is not None:
            _end_timers(half / TIMERS, last_on + timedelta(days=1))
        half.rename(kept)
    return settings.model_copy(update={"rules_overlay": kept})


def _end_timers(brought: Path, first_on: date) -> None:
    from entrepot import rulebook

    shipped = Path(rulebook.__file__).parent / "data" / TIMERS
    for market in sorted(each for each in brought.glob("*") if each.is_dir()):
        own = shipped / market.name
        days = {
            each.stem: each
            for each in sorted((own if own.is_dir() else shipped / ANY).glob("*.toml"))
        }
        begun = [day for day in days if day <= first_on.isoformat()]
        for day in begun[-1:]:
            shutil.copyfile(days[day], market / f"{first_on.isoformat()}.toml")
        for day in days.keys() - {*begun} if begun else ():
            shutil.copyfile(days[day], market / f"{day}.toml")


def print_json(value: Any) -> None:
    """For scripts: one JSON value and nothing else."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))
