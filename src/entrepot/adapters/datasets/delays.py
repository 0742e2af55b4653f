"""How long dispatch and delivery take where a data set does not say, drawn from Olist's sample."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "delays.csv"


@dataclass(frozen=True, slots=True)
class Delay:
    to_hand_over: timedelta  # From payment.
    to_delivery: timedelta  # From hand-over.


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Minutes at equal steps of probability."""

    to_hand_over: Sequence[int]
    to_delivery: Sequence[int]


@cache
def quantiles() -> Quantiles:
    """The shipped table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Quantiles(
        [int(row["paid_to_handed_over_min"]) for row in rows],
        [int(row["handed_over_to_delivered_min"]) for row in rows],
    )


def drawn(key: str) -> Delay:
    """Always the same delays for the same key; each leg by its own half of the key's hash."""
    digest = sha256(key.encode()).digest()
    table = quantiles()
    first, second = (int.from_bytes(digest[at : at + 8], "big") for at in (0, 8))
    return Delay(
        timedelta(minutes=table.to_hand_over[first % len(table.to_hand_over)]),
        timedelta(minutes=table.to_delivery[second % len(table.to_delivery)]),
    )
