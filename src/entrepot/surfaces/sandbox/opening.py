"""How a sandbox is set up, once for each home, and how it begins again."""

from dataclasses import replace
from pathlib import Path

from entrepot.adapters.postgres import Embedded
from entrepot.surfaces.parts import Parts
from entrepot.surfaces.worker.subscribers import enrol

from . import credentials, faults, snapshot
from .credentials import BEGINNING, Credentials
from .faults import Faults
from .staging import stage


def begin(parts: Parts, home: Path) -> Credentials:
    """Everything that is there before anything happens; what was set up before stays."""
    # The copy that is come back to knows them, too.
    enrol(parts.work, parts.platform("sandbox"), parts.subscribers)
    if credentials.kept(home) is None:
        made = parts.work.run(parts.platform("sandbox"), "sandbox.stage", stage)
        told = credentials.issue(parts, made)
        credentials.keep(home, told, BEGINNING)
        credentials.keep(home, told)
    return issued(parts, home)


def issued(parts: Parts, home: Path) -> Credentials:
    """What this home's developer works with; a dead token is replaced by a new one."""
    known = credentials.kept(home)
    assert known is not None, "this home was not set up"
    told = credentials.renewed(parts, known)
    if told != known:
        credentials.keep(home, told)
    return told


def listens(home: Path, told: Credentials, base_url: str) -> Credentials:
    """The same at the address where the server listens now."""
    found = replace(told, base_url=base_url)
    credentials.keep(home, found)
    return found


def begin_again(server: Embedded, home: Path) -> Credentials | None:
    """Everything as it was when the sandbox was set up; none if it never was."""
    first, last = credentials.kept(home, BEGINNING), credentials.kept(home)
    if first is None or last is None or not snapshot.is_kept(server):
        return None
    snapshot.restore(server)
    faults.keep(home, Faults())
    return listens(home, first, last.base_url)
