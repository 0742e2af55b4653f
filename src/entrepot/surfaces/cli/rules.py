"""`entrepot rules`: read the rules that are in force, check them, compare an overlay."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, time
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from entrepot.rulebook import Finding, Layer, RuleRow, Version

app = typer.Typer(no_args_is_help=True, help="Dated rules: list, show, check, compare.")

Overlays = Annotated[
    list[Path] | None,
    typer.Option(
        "--overlay",
        envvar="ENTREPOT_RULES_OVERLAY",
        help="Folder with the operator's own rules; may be given several times.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


@app.command("list")
def list_rules(
    overlay: Overlays = None,
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    market: Annotated[str | None, typer.Option(help="Only this market.")] = None,
    as_json: Json = False,
) -> None:
    """List every version: topic, market, first day, mark, revision."""
    from entrepot import rulebook

    with _findings_shown(as_json=as_json):
        versions = [
            version
            for version in rulebook.load(overlay).all()
            if topic in (None, version.topic) and market in (None, version.market)
        ]
        if as_json:
            _print_json([_summary(version) for version in versions])
            return
        header = ("topic", "market", "first day", "mark", "revision", "rows", "file")
        _print_table([header, *(tuple(map(str, _line(version))) for version in versions)])


@app.command("show")
def show_rule(
    ref: Annotated[str, typer.Argument(help="Such as fees/us/2024-04-01 or …@1.")],
    overlay: Overlays = None,
    as_json: Json = False,
) -> None:
    """Show one version with all its rows."""
    from entrepot import rulebook

    with _findings_shown(as_json=as_json):
        version = rulebook.load(overlay).by_ref(ref)
        if as_json:
            rows = [row.model_dump(mode="json", exclude_none=True) for row in version.rows]
            _print_json({**_summary(version), **version.head.model_dump(), "rows": rows})
            return
        typer.echo(f"{version.ref}  in force from {version.first_day}, by the day {_day(version)}")
        typer.echo(f"source    {version.head.source}")
        typer.echo(f"mark      {version.head.mark}")
        if version.head.replaces:
            typer.echo(f"replaces  {version.head.replaces}")
        typer.echo(f"sha256    {version.sha256}")
        for number, row in enumerate(version.rows, 1):
            typer.echo(f"\n{number}. {row.selected()}")
            for key, value in _settings(row):
                typer.echo(f"   {key:<26}{value}")


@app.command("check")
def check_rules(
    overlay: Overlays = None,
    write_lock: Annotated[
        bool, typer.Option("--write-lock", help="Write LOCK anew, for a release.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check all files as the start does. Exit code 1 if anything is wrong."""
    from entrepot import rulebook

    with _findings_shown(as_json=as_json):
        if write_lock:
            rulebook.write_lock()
        versions = rulebook.load(overlay).all()
        hidden = [version for _, _, below in _laid(overlay) for version in below]
        if as_json:
            _print_json({"versions": len(versions), "findings": [], "hidden": _refs(hidden)})
            return
        markets = {version.market for version in versions} - {rulebook.ANY}
        topics = {version.topic for version in versions}
        typer.echo(
            f"{len(versions)} versions of {len(topics)} topics in {len(markets)} markets are sound"
        )
        for version in hidden:
            typer.echo(f"note: {version.ref} is shipped, but hidden by an overlay")
        if hidden:
            typer.echo("      `entrepot rules diff` shows how to adopt them")


@app.command("diff")
def diff_rules(overlay: Overlays = None, as_json: Json = False) -> None:
    """Compare the overlays with what is shipped, file by file."""
    with _findings_shown(as_json=as_json):
        laid = list(_laid(overlay))
        if as_json:
            _print_json([_comparison(layer, under, hidden) for layer, under, hidden in laid])
            return
        if not laid:
            typer.echo("there is no overlay: the shipped rules are in force")
        for layer, under, hidden in laid:
            _print_diff(layer, under, hidden)


Laid = tuple["Layer", Sequence["Version[Any]"], Sequence["Version[Any]"]]


def _laid(overlay: list[Path] | None) -> Iterator[Laid]:
    """Each overlay, what lies under it, and what it hides of that."""
    from entrepot import rulebook

    under = rulebook.shipped()
    for layer in rulebook.layers(overlay):
        above, hidden = rulebook.laid_over(layer, under)
        yield layer, under, hidden
        under = above


def _print_diff(
    layer: "Layer", under: Sequence["Version[Any]"], hidden: Sequence["Version[Any]"]
) -> None:
    from entrepot.rulebook import ADOPTED

    below = {version.id: version for version in under}
    typer.echo(f"overlay {layer.folder}")
    for version in layer.versions:
        replaced = below.get(version.id)
        if replaced is None:
            typer.echo(f"  adds      {version.ref}")
        elif replaced.content == version.content:
            typer.echo(f"  repeats   {version.ref}")
        else:
            typer.echo(f"  replaces  {replaced.ref} by revision {version.revision}")
            for line in _changes(replaced, version):
                typer.echo(f"      {line}")
    for version in hidden:
        typer.echo(f"  hides     {version.ref}")
    for name in sorted(layer.adopted):
        typer.echo(f"  adopts    {name}")
    if hidden:
        names = ", ".join(f'"{ref}"' for ref in _refs(hidden))
        typer.echo(f"  to adopt: write into {layer.folder / ADOPTED}")
        typer.echo(f"      shipped = [{names}]")


def _comparison(
    layer: "Layer", under: Sequence["Version[Any]"], hidden: Sequence["Version[Any]"]
) -> dict[str, object]:
    below = {version.id: version for version in under}
    return {
        "overlay": str(layer.folder),
        "adds": [version.ref for version in layer.versions if version.id not in below],
        "replaces": [
            {"ref": version.ref, "changes": _changes(below[version.id], version)}
            for version in layer.versions
            if version.id in below
        ],
        "hides": _refs(hidden),
        "adopts": sorted(layer.adopted),
    }


def _changes(before: "Version[Any]", after: "Version[Any]") -> list[str]:
    lines = unified_diff(
        before.content.splitlines(), after.content.splitlines(), before.file, after.file, "", "", 1
    )
    return [line.rstrip("\n") for line in lines]


@contextmanager
def _findings_shown(*, as_json: bool) -> Iterator[None]:
    """Whatever is wrong is said in full, and ends with exit code 1."""
    from entrepot.rulebook import BrokenRules, UnknownRule

    try:
        yield
    except BrokenRules as broken:
        if as_json:
            _print_json({"findings": [_finding(finding) for finding in broken.findings]})
        else:
            typer.echo(str(broken), err=True)
        raise typer.Exit(1) from broken
    except UnknownRule as unknown:
        typer.echo(f"{unknown}; `entrepot rules list` has the names", err=True)
        raise typer.Exit(1) from unknown


def _finding(finding: "Finding") -> dict[str, object]:
    return {
        "file": finding.file,
        "line": finding.line,
        "what": finding.what,
        "cure": finding.cure,
    }


def _refs(versions: Sequence["Version[Any]"]) -> list[str]:
    return [version.ref for version in versions]


def _summary(version: "Version[Any]") -> dict[str, object]:
    return {
        "ref": version.ref,
        "topic": version.topic,
        "market": version.market,
        "first_day": version.first_day.isoformat(),
        "mark": version.head.mark,
        "revision": version.revision,
        "sha256": version.sha256,
        "file": version.file,
    }


def _line(version: "Version[Any]") -> tuple[object, ...]:
    return (
        version.topic,
        version.market,
        version.first_day,
        version.head.mark,
        version.revision,
        len(version.rows),
        version.file,
    )


def _day(version: "Version[Any]") -> str:
    words = {
        "placed": "an order is placed",
        "delivered": "it is delivered",
        "tax_point": "tax falls due",
    }
    return words[version.head.selected_by]


def _settings(row: "RuleRow") -> Iterator[tuple[str, str]]:
    """What the row says beside its selectors; long tables line by line."""
    selectors = {by.field for by, _ in row.chosen_by}
    for key, value in row.model_dump(exclude_defaults=True, exclude=selectors).items():
        if isinstance(value, dict):
            for each, inner in value.items():
                yield f"{key}.{_shown(each)}", _shown(inner)
        else:
            yield key, _shown(value)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        inside = [_shown(each) for each in value]
        return ("; " if value and not isinstance(value[0], str | int) else ", ").join(inside)
    if isinstance(value, dict):
        return " ".join(f"{_shown(key)} {_shown(each)}" for key, each in value.items())
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _print_table(lines: Sequence[Sequence[str]]) -> None:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
