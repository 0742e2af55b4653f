"""`entrepot replay` and `entrepot demo`: real orders through the real flows."""

import json
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .opening import bring_rules, opened, print_json, settings_in_force

if TYPE_CHECKING:
    from entrepot.adapters.datasets.history import History
    from entrepot.settings import Settings
    from entrepot.surfaces.parts import Parts

app = typer.Typer(no_args_is_help=True, help="Drive real history through the real flows.")
DEMO_WEEKS = 682  # 2010-12-01 becomes 2023-12-27: the same weekday, and rules of our time.
DEMO_DAY = date(2023, 12, 27)
Report = Annotated[Path | None, typer.Option("--report", help="Write the report as JSON here.")]
Json = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]
Weeks = Annotated[int, typer.Option("--shift-weeks", help="Move every date by whole weeks.")]


@app.command()
def olist(
    source: Annotated[Path, typer.Option("--from", help="Folder with the csv files.")],
    *,
    shift_weeks: Weeks = 0,
    report: Report = None,
    as_json: Json = False,
) -> None:
    """Olist's marketplace orders, or any folder in the same format."""
    from entrepot.adapters.datasets.olist import read_olist

    _replayed(read_olist(source, shift_weeks), report, as_json=as_json)


@app.command("online-retail")
def online_retail(
    source: Annotated[
        Path | None, typer.Option("--from", help="A file in this format; without it the extract.")
    ] = None,
    *,
    shift_weeks: Weeks = DEMO_WEEKS,
    report: Report = None,
    as_json: Json = False,
) -> None:
    """UCI Online Retail: the extract that comes along, or a file in the same format."""
    _replayed(_read_online_retail(source, shift_weeks), report, as_json=as_json)


def demo(
    *,
    stop: Annotated[
        bool, typer.Option("--exit", help="Stop when the server has answered once.")
    ] = False,
    source: Annotated[
        Path | None, typer.Option("--from", help="Another file in the format of the extract.")
    ] = None,
) -> None:
    """Replay the extract into this home, show the report, and serve on localhost."""
    from . import demonstrating
    from .listening import listening

    at = listening(settings_in_force())  # Before minutes of work that would end in nothing.
    history = _read_online_retail(source, DEMO_WEEKS)
    settings = bring_rules(settings_in_force(), history.overlays, _last_on(history))
    with opened("worker", settings) as parts:
        made = live(parts, history, quiet=False)
        _write(made, settings.home / "reports" / "online_retail.json")
        _show(made)
        people = demonstrating.enrol(parts, settings.home / "demo.json")
    demonstrating.show_people(people, settings)
    demonstrating.serve(settings, at, stop=stop)


def _read_online_retail(source: Path | None, shift_weeks: int) -> "History":
    from entrepot import rulebook
    from entrepot.adapters.datasets import markets
    from entrepot.adapters.datasets.online_retail import OVERLAYS, read_online_retail

    places = markets.places_on(rulebook.load(OVERLAYS), DEMO_DAY)
    return read_online_retail(source, shift_weeks, places)


def _last_on(history: "History") -> "date | None":
    """The last day on which anything is bought, wherever its market is."""
    placed = [sale.placed_at.date() for sale in history.purchases]
    return max(placed) + timedelta(days=1) if placed else None


def _replayed(history: "History", report: Path | None, *, as_json: bool) -> None:
    settings: Settings = bring_rules(settings_in_force(), history.overlays, _last_on(history))
    with opened("worker", settings) as parts:
        made = live(parts, history, quiet=as_json)
    if report is not None:
        _write(made, report)
    if as_json:
        from entrepot.surfaces.replay import as_json as shown

        print_json(shown(made))
    else:
        _show(made)


def live(parts: "Parts", history: "History", *, quiet: bool) -> Any:
    """Replay what is left of a history behind a progress bar, and read its report."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from entrepot.surfaces import replay

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    with nullcontext() if quiet else bar:
        task = bar.add_task("replaying", total=len(history.purchases))

        def progress(done: int, of: int, at: datetime) -> None:
            bar.update(task, completed=done, total=of, description=f"{at:%Y-%m-%d}")

        diary = replay.run(parts, history, progress)
    return replay.report(parts, diary, history)


def _write(made: Any, file: Path) -> None:
    from entrepot.surfaces.replay import as_json

    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_json(made), indent=2, ensure_ascii=False, default=str)
    file.write_text(text + "\n", encoding="utf-8")


def _show(made: Any) -> None:
    from rich.console import Console

    from .reports import tables

    console = Console()
    for table in tables(made):
        console.print(table)
