"""The versions that outcomes name, kept in the database, so that explaining needs no files."""

from collections.abc import Collection
from typing import Any, Protocol

from sqlalchemy import Connection, text

from .book import Rulebook, of
from .lines import line_of
from .problems import BrokenRules, Finding, UnknownRule
from .reader import parse
from .versions import Version

KEEP = text("""
    insert into rulebook.versions (id, revision, sha256, content)
    select * from unnest(
        cast(:ids as text[]), cast(:revisions as integer[]),
        cast(:digests as text[]), cast(:contents as text[])
    )
    on conflict do nothing
""")
# A statement of its own: only a later one sees what another process kept meanwhile.
KEPT = text("""
    select kept.id, kept.sha256
    from unnest(cast(:ids as text[]), cast(:revisions as integer[])) as mine (id, revision)
    join rulebook.versions as kept using (id, revision)
""")
STORED = text("""
    select kept.id || '@' || kept.revision as ref, kept.content
    from rulebook.versions as kept
    join unnest(cast(:ids as text[]), cast(:revisions as integer[])) as asked (id, revision)
        using (id, revision)
""")


class Work(Protocol):
    """A unit of work, as far as its connection is concerned."""

    @property
    def sql(self) -> Connection:
        """Where to write."""


class RuledWork(Work, Protocol):
    """A unit of work that was started with a rulebook."""

    @property
    def rules(self) -> object:
        """The rulebook that the process started with."""


def keep(work: Work | Connection, book: Rulebook) -> None:
    """Store all versions once. A used rule that was changed without a revision stops the start."""
    sql = work if isinstance(work, Connection) else work.sql
    versions = book.all()
    keys = {
        "ids": [version.id for version in versions],
        "revisions": [version.revision for version in versions],
    }
    digests = [version.sha256 for version in versions]
    sql.execute(KEEP, {**keys, "digests": digests, "contents": [v.content for v in versions]})
    kept = {row.id: row.sha256 for row in sql.execute(KEPT, keys)}
    findings = [
        Finding(
            version.file,
            line_of(version.content, ("revision",)),
            f"this installation has used another text of {version.ref}",
            f"put that text back, or set `revision = {version.revision + 1}` and "
            '`replaces = "why"`: what it decided stays, new outcomes follow the new text',
        )
        for version in versions
        if kept[version.id] != version.sha256
    ]
    if findings:
        raise BrokenRules(findings)


def stored(sql: Connection, refs: Collection[str]) -> dict[str, str]:
    """The kept texts by reference; `parse(text, reference)` makes versions of them again."""
    parts = [ref.rpartition("@") for ref in refs]
    asked = {"ids": [id for id, _, _ in parts], "revisions": [int(last) for _, _, last in parts]}
    found = {row.ref: row.content for row in sql.execute(STORED, asked)}
    for ref in refs:
        if ref not in found:
            raise UnknownRule(f"no rule {ref} was ever used here", rule=ref)
    return found


def version(work: RuledWork, ref: str) -> Version[Any]:
    """The version that an outcome names, also one that was corrected or taken away since."""
    try:
        return of(work).by_ref(ref)
    except UnknownRule:
        return parse(stored(work.sql, [ref])[ref], ref)
