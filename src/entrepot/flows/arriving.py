"""Lines of which nothing is on its way any more: their money goes to whom it belongs."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from entrepot.contexts import ledger, settlement
from entrepot.contexts.orders import Line, Order, OrderId
from entrepot.kernel.tx import Tx

from . import money


def settle_lines(
    tx: Tx,
    counted: Sequence[tuple[Order, list[Line]]],
    touched: Collection[tuple[OrderId, int]],
    times: Mapping[OrderId, datetime],
) -> None:
    """Lines of which the last unit has just arrived, or is known not to: their clock starts."""
    whole = [
        (order, [line for line in lines if line.arrived and (order.id, line.pos) in touched])
        for order, lines in counted
    ]
    ledger.post(
        tx,
        [
            made
            for order, lines in whole
            if lines
            for made in money.delivered(order, lines, times[order.id])
        ],
    )
    settlement.claim(
        tx,
        [
            new
            for order, lines in whole
            for line in lines
            for new in money.claims(order, line, times[order.id])
        ],
    )
