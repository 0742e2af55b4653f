"""LOCK: what the shipped files were when they were released. A used rule never changes silently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .lines import line_of
from .problems import BrokenRules, Finding
from .versions import Version

WRITE = "run `entrepot rules check --write-lock`"


@dataclass(frozen=True, slots=True)
class Locked:
    """One line of LOCK."""

    revision: int
    sha256: str


def read_lock(content: str) -> dict[str, Locked]:
    """LOCK by version id. Each line is: path, revision, sha256."""
    locked: dict[str, Locked] = {}
    for number, line in enumerate(content.splitlines(), 1):
        match line.split():
            case [path, revision, digest] if revision.isdecimal():
                locked[path.removesuffix(".toml")] = Locked(int(revision), digest)
            case _:
                what = "this is not `path revision sha256`"
                raise BrokenRules([Finding("LOCK", number, what, f"remove the line and {WRITE}")])
    return locked


def changed(versions: Sequence[Version[Any]], locked: Mapping[str, Locked]) -> list[Finding]:
    """Files whose text is another one under the revision that LOCK knows, or that went back."""
    findings: list[Finding] = []
    for version in versions:
        before = locked.get(version.id)
        if before is None or before.sha256 == version.sha256:
            continue
        if version.revision <= before.revision:
            findings.append(_altered(version, before.revision))
    return findings


def stale(versions: Sequence[Version[Any]], locked: Mapping[str, Locked]) -> list[Finding]:
    """Where LOCK does not say what is there: new files, new revisions, files that are gone."""
    findings: list[Finding] = []
    for version in versions:
        before = locked.get(version.id)
        if before is None:
            findings.append(Finding(version.file, 1, "LOCK does not know this file", WRITE))
        elif version.revision > before.revision:
            what = f"revision {version.revision} is not in LOCK yet"
            findings.append(Finding(version.file, _revision_line(version), what, WRITE))
    for gone in sorted(locked.keys() - {version.id for version in versions}):
        cure = "put it back: outcomes name it; a rule ends by a later file"
        findings.append(Finding("LOCK", None, f"{gone}.toml was shipped and is gone", cure))
    return findings


def lock_text(versions: Sequence[Version[Any]]) -> str:
    """What LOCK has to say about these versions."""
    lines = (f"{each.id}.toml {each.revision} {each.sha256}\n" for each in versions)
    return "".join(sorted(lines))


def _altered(version: Version[Any], revision: int) -> Finding:
    what = f"the file was changed, but LOCK has another text for revision {revision}"
    cure = (
        f"put the old text back, or correct it openly: `revision = {revision + 1}`, "
        f'`replaces = "why"`, then {WRITE}'
    )
    return Finding(version.file, _revision_line(version), what, cure)


def _revision_line(version: Version[Any]) -> int | None:
    return line_of(version.content, ("revision",))
