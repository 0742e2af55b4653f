"""Telling what sold out, and what came back."""

from collections.abc import Collection

from entrepot.contexts.inventory import store
from entrepot.contexts.inventory.events import StockTurned
from entrepot.contexts.inventory.model import PositionId
from entrepot.kernel.events import emit
from entrepot.kernel.ids import Id
from entrepot.kernel.tx import Tx


def tell_turns(tx: Tx, order_ids: Collection[Id], touched: Collection[PositionId]) -> None:
    """Tell of SKUs that orders or people touched, if they sold out or came back since last told.

    For one caller at a time, who was told of the change: selling itself pays nothing for it.
    """
    if order_ids or touched:
        turned = store.turn(tx, order_ids, touched)
        emit(tx, [StockTurned.of(one, tx.now) for one in turned])
