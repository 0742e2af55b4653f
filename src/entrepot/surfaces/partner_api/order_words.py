"""Orders in the dialect's words: an item is one unit, a package is a parcel.

`views/sql/sold.sql` says nearly all of them; here is what the rules of the day know.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from orjson import Fragment

from entrepot.contexts import logistics, orders
from entrepot.contexts.orders import OrderId
from entrepot.kernel.money import Currency
from entrepot.kernel.tx import Tx
from entrepot.rulebook import DeliveryOption
from entrepot.views.sold import Named, Sold, sold

from . import money

SHIPPING_TYPES = {"platform": "TIKTOK", "merchant": "SELLER"}


def rendered(tx: Tx, market: str, ids: Sequence[OrderId]) -> list[Fragment]:
    """Orders in the dialect's words, for callers that were given them."""
    return [_whole(tx, each) for each in sold(tx, ids, named(tx, market))]


def named(tx: Tx, market: str) -> Named:
    """What the rules of the day name in a market."""
    return Named(logistics.carriers(tx, market), _ways(logistics.delivery_options(tx, market)))


def _whole(tx: Tx, order: Sold) -> Fragment:
    """With the end of the last day on which a waiting order is dispatched in time.

    Texts are added, not formatted: a missing value makes the whole text none, which must not pass.
    """
    due = orders.dispatch_due_at(tx, order) if order.waits else None
    if due is None:
        return Fragment(order.told + "}")
    due_s = int(due.timestamp())
    return Fragment(order.told + f',"rts_sla_time":{due_s},"tts_sla_time":{due_s}}}')


def _ways(options: Mapping[str, DeliveryOption]) -> dict[str, str]:
    """How goods are sent, by who ships them: behind an open string, the first option is meant."""
    found = {}
    for shipper, name in SHIPPING_TYPES.items():
        told: dict[str, Any] = {"shipping_type": name}
        option = next((one for one in options.values() if one.ships == shipper), None)
        if option is not None:
            told |= {
                "delivery_option_id": str(option.id),
                "delivery_option_name": option.name,
            }
        found[shipper] = f'",{orjson.dumps(told).decode()[1:-1]}'
    return found


@lru_cache(maxsize=1 << 16)
def text(minor: int, currency: str) -> str:
    """An amount as the dialect writes it; a page asks for the same ones again and again."""
    return money.amount(minor, Currency(currency))


@lru_cache(maxsize=1 << 10)
def rate(ppm: int) -> str:
    """`72500` parts per million are "0.0725"."""
    return f"{ppm // 1_000_000}.{ppm % 1_000_000:06}".rstrip("0").rstrip(".") or "0"
