"""The shipped rules and the operator's overlays, put together."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from .book import Rulebook
from .lines import line_of
from .lock import changed, lock_text, read_lock, stale
from .problems import BrokenRules, Finding
from .reader import parse
from .versions import Version

ADOPTED = "adopted.toml"  # In an overlay: `shipped = ["fees/us/2026-01-08@1"]`.

Versions = list[Version[Any]]


@dataclass(frozen=True)
class Layer:
    """One overlay folder: its own files, and the shipped ones that it takes over by name."""

    folder: Path
    versions: Versions
    adopted: frozenset[str]


def load(overlay: Path | Sequence[Path] | None = None) -> Rulebook:
    """Read everything, later overlays over earlier ones. `BrokenRules` stops the start."""
    versions = shipped()
    locked = read_lock(_lock().read_text("utf-8"))
    findings = [*changed(versions, locked), *stale(versions, locked)]
    for folder in _folders(overlay):
        try:
            versions, _ = laid_over(_layer(folder), versions)
        except BrokenRules as broken:
            findings += broken.findings
    if findings:
        raise BrokenRules(findings)
    return Rulebook.of_versions(versions)


def shipped() -> Versions:
    """The files that came with this release, whatever LOCK says."""
    return read_folder(files(__package__) / "data", "rulebook/data")


def layers(overlay: Path | Sequence[Path] | None) -> list[Layer]:
    """The overlay folders in their order."""
    return [_layer(folder) for folder in _folders(overlay)]


def write_lock() -> int:
    """Bring LOCK up to date, in a checkout; a text that changed silently is refused."""
    versions = shipped()
    before, after = _lock().read_text("utf-8"), lock_text(versions)
    altered = changed(versions, read_lock(before))
    if altered:
        raise BrokenRules(altered)
    if after != before:
        Path(str(_lock())).write_text(after, "utf-8")
    return len(versions)


def laid_over(layer: Layer, under: Versions) -> tuple[Versions, Versions]:
    """The overlay over what lies under it, and what it newly hides: for people to look at.

    For its topics and markets an overlay decides from its own first day on. Files of later days
    that it does not adopt by name are hidden; one of the same day as its own is replaced.
    """
    first: dict[tuple[str, str], Version[Any]] = {}
    for version in sorted(layer.versions, key=lambda version: version.first_day):
        first.setdefault((version.topic, version.market), version)
    own = {version.id for version in layer.versions}
    kept: Versions = []
    hidden: Versions = []
    for version in under:
        opening = first.get((version.topic, version.market))
        if opening is None or version.first_day < opening.first_day:
            kept.append(version)
        elif version.id not in own:
            taken = {version.ref, version.id} & layer.adopted
            (kept if taken else hidden).append(version)
    return [*kept, *layer.versions], hidden


def read_folder(folder: Traversable, shown: str) -> Versions:
    """All `<topic>/<market>/<day>.toml` below a folder; every finding of every file at once."""
    findings: list[Finding] = []
    versions = [
        version
        for topic in _inside(folder, shown, findings)
        for market in _inside(topic, f"{shown}/{topic.name}", findings)
        for version in _market(market, topic.name, shown, findings)
    ]
    if findings:
        raise BrokenRules(findings)
    return versions


def _market(folder: Traversable, topic: str, shown: str, findings: list[Finding]) -> Versions:
    """The versions of one topic and market."""
    versions: Versions = []
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        id = f"{topic}/{folder.name}/{file.name.removesuffix('.toml')}"
        try:
            versions.append(_read(file, id, f"{shown}/{topic}/{folder.name}/{file.name}"))
        except BrokenRules as broken:
            findings += broken.findings
    return versions


def _lock() -> Traversable:
    return files(__package__) / "LOCK"


def _folders(overlay: Path | Sequence[Path] | None) -> list[Path]:
    return [overlay] if isinstance(overlay, Path) else [*(overlay or ())]


def _read(file: Traversable, id: str, name: str) -> Version[Any]:
    if not file.name.endswith(".toml"):
        cure = "name rule files by their first day: 2024-04-01.toml"
        raise BrokenRules([Finding(name, None, "this is no rule file", cure)])
    try:
        return parse(file.read_bytes().decode("utf-8"), id, name)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BrokenRules([Finding(name, line, "this is not UTF-8", "save it as UTF-8")]) from error


def _inside(folder: Traversable, shown: str, findings: list[Finding]) -> list[Traversable]:
    """The folders in a folder; a stray file beside them would be a rule that nobody reads."""
    inside = sorted(folder.iterdir(), key=lambda each: each.name)
    for each in inside:
        if not each.is_dir() and each.name != ADOPTED:
            cure = "put it at <topic>/<market>/<first day>.toml"
            findings.append(Finding(f"{shown}/{each.name}", None, "no rule is read here", cure))
    return [each for each in inside if each.is_dir()]


def _layer(folder: Path) -> Layer:
    if not folder.is_dir():
        cure = "create the folder or correct the setting"
        raise BrokenRules([Finding(str(folder), None, "there is no such overlay", cure)])
    return Layer(folder, read_folder(folder, str(folder)), _adopted(folder / ADOPTED))


def _adopted(file: Path) -> frozenset[str]:
    if not file.exists():
        return frozenset()
    content = file.read_text("utf-8")
    try:
        names = tomllib.loads(content).get("shipped")
    except tomllib.TOMLDecodeError as error:
        cure = 'write `shipped = ["fees/us/2026-01-08@1"]`'
        raise BrokenRules([Finding(str(file), None, f"not TOML: {error}", cure)]) from error
    known = {name for version in shipped() for name in (version.ref, version.id)}
    unknown = [name for name in names or () if name not in known]
    if not isinstance(names, list) or unknown:
        what = f"nothing shipped is called {', '.join(unknown)}" if unknown else "no list `shipped`"
        cure = "take the names from `entrepot rules diff`"
        raise BrokenRules([Finding(str(file), line_of(content, ("shipped",)), what, cure)])
    return frozenset(names)
