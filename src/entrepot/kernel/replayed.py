"""What a replay has made so far: names of its data set beside our ids, and the steps it did."""

from collections.abc import Mapping

from sqlalchemy import Connection, text

Names = dict[str, dict[str, int]]  # By noun, then by the data set's key.

KEEP = text(
    "insert into kernel.replayed (noun, key, id)"
    " select :noun, n.key, n.id"
    " from unnest(cast(:keys as text[]), cast(:ids as bigint[])) as n (key, id)"
)
KNOWN = text("select noun, key, id from kernel.replayed")


def keep(sql: Connection, noun: str, ids: Mapping[str, int]) -> None:
    """Write names down in the transaction that made what they name; a name is kept once."""
    if ids:
        numbers = [int(id) for id in ids.values()]
        sql.execute(KEEP, {"noun": noun, "keys": [*ids], "ids": numbers})


def known(sql: Connection) -> Names:
    """All names that were kept; none where nothing was ever replayed."""
    names: Names = {}
    for row in sql.execute(KNOWN):
        names.setdefault(row.noun, {})[row.key] = row.id
    return names
