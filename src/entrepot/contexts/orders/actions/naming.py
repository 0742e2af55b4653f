"""What other systems call orders, so that both sides can be found from the other."""

from collections.abc import Sequence

from entrepot.contexts.orders import access, store
from entrepot.contexts.orders.finding import Reference
from entrepot.contexts.orders.model import Order, OrderId
from entrepot.contexts.orders.problems import UnitNotOfOrder
from entrepot.contexts.orders.units import unit_ids
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx


def remember(tx: Tx, wishes: Sequence[Reference]) -> list[Reference | Problem]:
    """Keep what other systems call orders; the last name that a system tells is the one it has.

    An outcome for each wish. A name for an item that the order does not have is refused.
    """
    held = access.to_change(tx, {wish.order_id for wish in wishes}, access.Permission.ANNOTATE)
    known: dict[OrderId, set[int]] = {}
    for line in store.lines(tx, [id for id in held if isinstance(held[id], Order)]):
        known.setdefault(line.order_id, set()).update(unit_ids(line))
    outcomes: list[Reference | Problem] = []
    for wish in wishes:
        order = held[wish.order_id]
        if isinstance(order, Problem):
            outcomes.append(order)
        else:
            outcomes.append(_refusal(wish, known[wish.order_id]) or wish)
    last = {
        (done.order_id, done.platform): done for done in outcomes if isinstance(done, Reference)
    }
    store.remember(tx, [*last.values()])
    return outcomes


def _refusal(wish: Reference, known: set[int]) -> Problem | None:
    strange = [unit for unit in wish.items if int(unit) not in known]
    if not strange:
        return None
    return UnitNotOfOrder(
        f"order {wish.order_id} has no item {strange[0]}", order_id=str(wish.order_id)
    )
