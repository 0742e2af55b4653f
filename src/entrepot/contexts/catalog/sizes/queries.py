"""Public reads of size charts and appeals."""

from entrepot.contexts import merchants
from entrepot.contexts.catalog import access
from entrepot.contexts.catalog.access import Permission
from entrepot.kernel.tx import Tx

from . import store
from .model import Appeal, AppealId, AppealState, ChartId, ChartSearch, SizeChart


def find_charts(
    tx: Tx, asked: ChartSearch, after: ChartId | None = None, limit: int = 50
) -> tuple[list[SizeChart], int]:
    """The next charts of a merchant, the newest first, and how many there are in all."""
    if not merchants.sides(tx.actor, Permission.READ, asked.merchant_id):
        return [], 0
    return store.find(tx, asked, after, limit)


def appeals(
    tx: Tx, state: AppealState, after: AppealId | None = None, limit: int = 50
) -> list[Appeal]:
    """The next appeals in a state, the oldest first: for whoever audits."""
    if not tx.actor.may(Permission.AUDIT):
        raise access.not_granted(Permission.AUDIT)
    return store.appeals_page(tx, state, after or AppealId(0), limit)
