"""Orders without a price."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from entrepot.contexts.orders.model import GroupId, Order, QuoteId
from entrepot.kernel.db import sql_file
from entrepot.kernel.ids import new_ids
from entrepot.kernel.tx import Tx

PLACE = sql_file(__file__.replace("/store/", "/"), "place_replacements")


def place_replacements(tx: Tx, wishes: Sequence[tuple[Mapping[int, int], Order]]) -> list[Order]:
    """Write orders with these units by line; gives them with groups of their own."""
    groups = new_ids(tx.sql, GroupId, len(wishes))
    quotes = new_ids(tx.sql, QuoteId, len(wishes))
    units = [(order.id, pos, count) for by_line, order in wishes for pos, count in by_line.items()]
    columns: dict[str, Any] = {
        "actor": tx.actor.name,
        "ids": [int(order.id) for _, order in wishes],
        "groups": [int(id) for id in groups],
        "quotes": [int(id) for id in quotes],
        "of": [int(order.replaces_id or 0) for _, order in wishes],
        "due": [order.due_at for _, order in wishes],
        "times": [order.placed_at for _, order in wishes],
        "unit_orders": [int(id) for id, _, _ in units],
        "pos": [pos for _, pos, _ in units],
        "quantities": [count for _, _, count in units],
    }
    tx.sql.execute(PLACE, columns)
    return [
        replace(order, group_id=group) for (_, order), group in zip(wishes, groups, strict=True)
    ]
