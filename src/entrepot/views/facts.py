"""How far the readers of the event log have come: the platform's own figures, of no tenant."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

FRESH = text("select count(*) from events.fresh")
BEHIND = text(
    "select subscriber, greatest(0, coalesce((select max(position) from events.log), 0) - position)"
    " as facts"
    " from events.cursors"
)
PARKED = text("select subscriber, count(*) as facts from events.parked group by subscriber")


WAITING = text("select lacks, count(*) as sums from settlement.waits group by lacks")


@dataclass(frozen=True, slots=True)
class Standing:
    """Facts that are not sequenced, not read, or put aside, by subscriber; sums that wait."""

    fresh: int
    behind: Mapping[str, int]
    parked: Mapping[str, int]
    waiting: Mapping[str, int]  # Settled and not paid out, by what they lack.


def standing(sql: Connection) -> Standing:
    """Where everybody stands at this moment."""
    return Standing(
        fresh=sql.execute(FRESH).scalar_one(),
        behind={row.subscriber: row.facts for row in sql.execute(BEHIND)},
        parked={row.subscriber: row.facts for row in sql.execute(PARKED)},
        waiting={row.lacks: row.sums for row in sql.execute(WAITING)},
    )
