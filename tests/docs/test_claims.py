"""What pages name is there: files, settings, metrics, calls, commands."""

import re
from collections.abc import Iterator
from pathlib import Path

import typer.main
from fastapi.routing import APIRoute
from typer.core import TyperGroup

from entrepot.observability import REGISTRY
from entrepot.settings import FOR_TOOLS
from entrepot.surfaces import cli, intake
from entrepot.surfaces.api import signals
from entrepot.surfaces.api.application import NOUNS
from entrepot.surfaces.api.routing import PREFIX
from entrepot.surfaces.partner_api.application import routes as partner_routes

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if "decisions" not in page.parts and page.name != "CHANGELOG.md"
)
FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|sql|toml|md|txt))`")
SETTING = re.compile(r"ENTREPOT_[A-Z_]*[A-Z]")
CALL = re.compile(r"\b(GET|POST|PUT|DELETE) (/[\w/{}.-]+)")
CURL = re.compile(r"curl -s (?:-X (\w+) )?\"?\$B(/[\w/-]+)")
COMMAND = re.compile(
    r"(?:^ +|`)(?:\S+=\S+ )*(?:\.venv/bin/)?entrepot ([a-z-]+)(?: ([a-z-]+))?", re.MULTILINE
)
ROOTS = (ROOT, ROOT / "src" / "entrepot", ROOT / "src" / "entrepot" / "contexts" / "catalog")
MEASURING = (intake, signals)  # Their metrics are known once they are imported.
OF_A_HOME = {"payouts", "backup"}  # What an installation has, not the repository.


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_files_are_there() -> None:
    named = {(page.name, path) for page in PAGES for path in FILE.findall(text(page))}
    lost = {
        (page, path)
        for page, path in named
        if path.split("/")[0] not in OF_A_HOME and not any((root / path).exists() for root in ROOTS)
    }
    rules = {(page, path) for page, path in lost if path.startswith("rules/")}  # An overlay's.
    assert lost - rules == set()


def test_settings_are_known() -> None:
    known = {*SETTING.findall(text(ROOT / "docs" / "reference" / "settings.md")), *FOR_TOOLS}
    named = {name for page in PAGES for name in SETTING.findall(text(page))}
    assert {name for name in named if not any(one.startswith(name) for one in known)} == set()


def test_every_metric_has_its_line() -> None:
    measured = {
        f"{metric.name}_total" if metric.type == "counter" else metric.name
        for metric in REGISTRY.collect()
    }
    page = text(ROOT / "docs" / "operating" / "signals.md")
    assert set(re.findall(r"^\| `(entrepot_\w+)`", page, re.MULTILINE)) == measured


def test_calls_are_routes() -> None:
    routes = {
        (method, shape(route.path.removeprefix(PREFIX)))
        for noun in NOUNS
        for route in noun.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    routes |= {(one.method, shape(one.path)) for one in partner_routes().operations}
    named = {(page.name, *call) for page in PAGES for call in calls(text(page))}
    assert {call for call in named if call[1:] not in routes} == set()


def calls(page: str) -> Iterator[tuple[str, str]]:
    for method, path in CALL.findall(page):
        yield method, shape(path.removeprefix(PREFIX))
    for found in CURL.finditer(page):
        rest = re.split(r"\n(?:curl|\s*```)", page[found.end() :], maxsplit=1)[0]
        yield found[1] or ("POST" if " -d " in rest else "GET"), shape(found[2])


def shape(path: str) -> str:
    """A route, whatever stands for its ids."""
    return re.sub(r"\{\w+\}|(?<=/)\d{6,}", "{}", path.rstrip("."))


def test_commands_are_there() -> None:
    top = typer.main.get_command(cli.app)
    assert isinstance(top, TyperGroup)
    named = {found for page in PAGES for found in COMMAND.findall(text(page))}
    for name, inner in named:
        command = top.commands[name]
        if isinstance(command, TyperGroup) and inner and not inner.startswith("-"):
            assert inner in command.commands, inner
