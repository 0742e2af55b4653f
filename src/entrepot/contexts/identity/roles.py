"""What roles allow, as the rulebook has it on a day."""

from collections.abc import Mapping
from datetime import date

from entrepot.rulebook import ANY, Role, Rulebook

Roles = Mapping[str, frozenset[str]]


def on(book: Rulebook, day: date) -> Roles:
    """Permissions by role. Roles are the platform's, not a market's."""
    return {row.role: frozenset(row.permissions) for row in book.on(Role, ANY, day).rows}
