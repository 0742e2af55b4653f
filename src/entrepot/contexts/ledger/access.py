"""Who may read the ledger; nobody posts by hand."""

from enum import StrEnum


class Permission(StrEnum):
    """Alphabetical, as `noun:verb`."""

    READ = "ledger:read"
