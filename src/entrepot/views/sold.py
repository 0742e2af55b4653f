"""Orders as the Partner API tells them: with items, packages, payment and address, for a page.

One statement, however many orders: each looks up what it needs by index. Callers were given the
orders by their door, so that what they may see is decided there.

The statement takes its ids by a query of their own, `(select cast(:ids as bigint[]))`, so that the
server cannot see how few they are. For one order it would make a new plan each time, which takes
several times as long as to run it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from entrepot.contexts.orders import OrderId
from entrepot.kernel.db import sql_file
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Tx
from entrepot.rulebook import Carrier


class Sold(NamedTuple):
    """One order, and what tells until when it is dispatched in time."""

    waits: bool  # To be dispatched.
    market: str
    mode: str
    seller_type: str
    timers: str
    paid_at: datetime | None
    told: str  # A JSON object without its closing brace.


@dataclass(frozen=True, slots=True)
class Named:
    """What the rules of the day name, for the orders of one market."""

    carriers: Mapping[str, Carrier]
    ways: Mapping[str, str]  # By who ships: how, as what follows a JSON string.


SOLD = sql_file(__file__, "sold", Sold)
CURRENCIES = {
    "currencies": [str(currency) for currency in Currency],
    "units": [f"1e-{currency.decimals}" for currency in Currency],
}


def sold(tx: Tx, ids: Sequence[OrderId], named: Named) -> list[Sold]:
    """Orders in the order of the ids, for callers that were given them."""
    if not ids:
        return []
    asked = {"ids": [int(id) for id in ids], **values(named)}
    return cast(list[Sold], tx.sql.execute(SOLD, asked).all())


def values(named: Named) -> dict[str, list[Any]]:
    """What the statement is given beside the ids."""
    return {
        "carriers": list(named.carriers),
        "names": [carrier.name for carrier in named.carriers.values()],
        "carrier_ids": [carrier.id for carrier in named.carriers.values()],
        "shippers": list(named.ways),
        "ways": list(named.ways.values()),
        **CURRENCIES,
    }
