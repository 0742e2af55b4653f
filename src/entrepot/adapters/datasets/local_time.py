"""From local wall time to instants, and by whole weeks into another year."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from entrepot.adapters.datasets.history import RepairKind


def shifted(local: datetime, weeks: int) -> datetime:
    """The same weekday and wall time, `weeks` later."""
    return local + timedelta(weeks=weeks)


def instant(local: datetime, zone: ZoneInfo) -> tuple[datetime, RepairKind | None]:
    """The UTC instant of a wall time, and what was decided where the wall time is not one instant.

    A wall time that the clocks skip counts by the offset before the change, so it lies as far
    behind the change as it was written; one that they show twice is its first showing.
    """
    aware = local.replace(tzinfo=zone, fold=0)
    at = aware.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != local:
        return at, RepairKind.LOCAL_TIME_SKIPPED
    if local.replace(tzinfo=zone, fold=1).utcoffset() != aware.utcoffset():
        return at, RepairKind.LOCAL_TIME_AMBIGUOUS
    return at, None
