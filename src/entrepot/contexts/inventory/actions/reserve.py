"""Setting goods aside for orders."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from entrepot.contexts.inventory import store
from entrepot.contexts.inventory.allotment import allot
from entrepot.contexts.inventory.model import Want
from entrepot.contexts.inventory.problems import SoldOut
from entrepot.kernel.ids import Id
from entrepot.kernel.tx import Tx

from .release import free_parts, held_parts


def reserve(tx: Tx, wants: Sequence[Want]) -> list[SoldOut | None]:
    """Set goods aside, in the order of the wants. For flows: no permission is asked.

    All positions of the SKUs are locked by rising id; a group of wants is met whole or not at
    all. Two statements for any number of wants.
    """
    shelves = store.hold_shelves(tx, {want.sku_id for want in wants})
    outcomes, holds = allot(wants, shelves, rounds={})
    store.hold(tx, holds)
    return outcomes


def keep(tx: Tx, paid: Mapping[Id, datetime]) -> list[Id]:
    """Take the end off the reservations of paid orders; returns the orders that came too late.

    An order is too late if its reservation had ended when it was paid, swept or not: reserve
    again or refund. For flows: no permission is asked.
    """
    kept = store.keep(tx, paid)
    return [id for id in paid if int(id) not in kept]


def reserve_again(tx: Tx, wants: Sequence[Want]) -> list[SoldOut | None]:
    """Set goods aside once more for lines that were paid late. For flows: no permission is asked.

    What they still hold, because no sweep has freed it yet, is freed first, as of when it ended.
    """
    order_ids = {want.order_id for want in wants}
    store.hold_shelves(tx, {want.sku_id for want in wants})
    lines = {(int(want.order_id), want.pos) for want in wants}
    free_parts(tx, held_parts(tx, order_ids, lines), tx.now)
    shelves = store.hold_shelves(tx, {want.sku_id for want in wants})
    outcomes, holds = allot(wants, shelves, store.rounds_after(tx, order_ids))
    store.hold(tx, holds)
    return outcomes
