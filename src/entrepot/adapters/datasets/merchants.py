"""Invented merchants for a data set that names none: articles spread over shops of every mode.

A family of articles belongs to one merchant, named after the goods and a production belt and
marked as a specimen. In each market the merchant has one shop in one mode; the modes rotate from
family to family and from market to market, so that every market has every mode. Where the turn
is "local", the family is sold by a company of that market instead.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256

from entrepot.adapters.datasets.history import Mode, Seller, SellerType
from entrepot.adapters.datasets.markets import MarketPlace
from entrepot.adapters.datasets.online_retail_files import HERE

TURNS = (
    (Mode.FULL_MANAGED_DIRECT_PURCHASE, SellerType.CROSS_BORDER),
    (Mode.FULL_MANAGED_CONSIGNMENT, SellerType.CROSS_BORDER),
    (Mode.SEMI_MANAGED, SellerType.CROSS_BORDER),
    (Mode.SELF_OPERATED, SellerType.CROSS_BORDER),
    (Mode.SELF_OPERATED, SellerType.LOCAL),
)
GIFTS = "ae-3"  # For articles that no family knows by their words.


@dataclass(frozen=True, slots=True)
class Family:
    """Goods of one kind."""

    turn: int
    key: str
    title: str
    category_key: str
    belt: str
    words: frozenset[str]


@cache
def families() -> Sequence[Family]:
    """The shipped families, in the order in which their words are tried."""
    with (HERE / "families.csv").open(encoding="utf-8", newline="") as file:
        return [
            Family(
                turn,
                row["key"],
                row["title"],
                row["category_key"],
                row["belt"],
                frozenset(row["words"].split()),
            )
            for turn, row in enumerate(csv.DictReader(file))
        ]


@cache
def family_of(article: str, title: str) -> tuple[Family, str]:
    """The family that makes an article, and the article's category."""
    words = {word.strip(".,'\"()") for word in title.upper().split()}
    singular = {word.removesuffix("S") for word in words}
    for family in families():
        if family.words & (words | singular):
            return family, family.category_key
    drawn = int.from_bytes(sha256(article.encode()).digest()[:8], "big")
    return families()[drawn % len(families())], GIFTS


def shop_of(family: Family, market: MarketPlace, turn: int) -> tuple[str, Mode, SellerType]:
    """Key, mode and seller type of the shop that sells a family in a market."""
    mode, seller_type = TURNS[(family.turn + turn) % len(TURNS)]
    return f"{family.key}-{market.key}", mode, seller_type


def seller(family: Family, markets: Mapping[str, int], market: MarketPlace, day: date) -> Seller:
    """The shop itself; `markets` gives each market its turn, `day` is its first sale."""
    key, mode, seller_type = shop_of(family, market, markets[market.key])
    local = seller_type is SellerType.LOCAL
    place = market.home if local else family.belt
    return Seller(
        key=key,
        merchant_key=key if local else family.key,
        name=f"Specimen {family.title} ({place})",
        country=market.home if local else "CN",
        region="",
        city="" if local else family.belt,
        market=market.key,
        mode=mode,
        seller_type=seller_type,
        first_day=day,
    )
