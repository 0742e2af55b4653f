"""The operations of the Partner API: which are served, at which versions, and why some are not."""

from collections import defaultdict

from entrepot.surfaces.partner_api import unsupported
from entrepot.surfaces.partner_api.application import served
from entrepot.surfaces.partner_api.unsupported import Known

from .text import document, table

INTRODUCTION = """\
Entrepot answers the TikTok Shop Partner API. Of the {known} operations that its public
documentation lists, {served} are served and {not_here} are not part of it here; those answer code
90000501 with the reason.{waiting} `make conformance` calls each one through the unmodified client
library `tiktok-shop-api`, reads every answer strictly, and prints a row for each. `make test`
runs it, too.

Where an operation had the same meaning before, tools that ask for the older version get the same
answer; the last column names those versions."""


def page() -> str:
    """A table for each tag."""
    by_tag: defaultdict[str, list[Known]] = defaultdict(list)
    for one in unsupported.known():
        by_tag[one.tag].append(one)
    older = _older()
    blocks = []
    for tag, known in sorted(by_tag.items()):
        here = [one for one in known if (one.method, one.path) in older]
        reasons = sorted({unsupported.reason(one.path) for one in known if one not in here})
        blocks.append(f"## {tag}\n")
        if not here:
            blocks.append(f"{len(known)} operations: {', '.join(reasons)}.\n")
            continue
        rows = [_row(one, older) for one in known]
        blocks.append(table(("operation", "request", "served", "also at"), rows))
    return document("The Partner API", _introduction(len(unsupported.known())), *blocks)


def _introduction(known: int) -> str:
    missing = unsupported.missing(served())
    waiting = [one for one in missing if unsupported.reason(one.path) == unsupported.NOT_YET]
    more = f" {len(waiting)} more are not built yet." if waiting else ""
    return INTRODUCTION.format(
        known=known,
        served=known - len(missing),
        not_here=len(missing) - len(waiting),
        waiting=more,
    )


def _row(one: Known, older: dict[tuple[str, str], list[str]]) -> tuple[str, str, str, str]:
    versions = older.get((one.method, one.path))
    outcome = "yes" if versions is not None else f"no: {unsupported.reason(one.path)}"
    return (f"`{one.name}`", f"`{one.method} {one.path}`", outcome, ", ".join(versions or ()))


def _older() -> dict[tuple[str, str], list[str]]:
    """Each served request with the other versions at which the same handler answers."""
    handlers = defaultdict(set)
    for one in served():
        handlers[id(one.handler)].add(one.path)
    return {
        (one.method, one.path): sorted(
            path.split("/")[2] for path in handlers[id(one.handler)] - {one.path}
        )
        for one in served()
    }
