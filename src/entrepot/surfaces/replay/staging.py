"""What a data set does not tell and a replay has to say: documented, and the same every time."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from entrepot.adapters.datasets.history import History, Purchase, Seller

SUPPLY_PERCENT = 60  # What suppliers get of the first retail price of a SKU.


@dataclass(frozen=True, slots=True)
class Standing:
    """How a shop stood in every month: a score in hundredths, or none, and orders shipped."""

    score: int | None
    shipped: int


@dataclass(frozen=True, slots=True)
class Staging:
    """What is added to the facts of a history. Figures of the data set itself do not change."""

    creators: Sequence[str] = ()
    clicked_of: int = 0  # One purchase of so many came by a creator's content; 0: none.
    rates_bp: Sequence[int] = ()  # Of the shops' plans, in turn.
    standings: Sequence[Standing] = ()  # Of the shops, in turn; none: no scores.
    reserve_level: int = 0
    reserved: frozenset[str] = frozenset()  # The shops that it holds for.
    shelf_units: int = 0  # Of each SKU, taken in when all is over: for visitors to buy.

    def creator_of(self, sale: Purchase) -> str | None:
        """The creator whose content brought this purchase, drawn from its number."""
        if not self.clicked_of or not self.creators:
            return None
        drawn = int.from_bytes(sha256(f"click {sale.key}".encode()).digest()[:4])
        if drawn % self.clicked_of:
            return None
        return self.creators[drawn // self.clicked_of % len(self.creators)]

    def rate_bp(self, turn: int) -> int:
        """What the shop of a turn promises creators."""
        return self.rates_bp[turn % len(self.rates_bp)]

    def standing(self, turn: int) -> Standing:
        """How the shop of a turn stands."""
        return self.standings[turn % len(self.standings)]


PLAIN = Staging()


def staging_for(history: History) -> Staging:
    """Online Retail shows creators, tiers and a reserve; what really was a marketplace does not."""
    if history.name != "online_retail":
        return PLAIN
    return Staging(
        creators=("Specimen creator 1", "Specimen creator 2"),
        clicked_of=5,
        rates_bp=(500, 1000, 1500),
        standings=(
            Standing(None, 0),
            Standing(200, 40),
            Standing(360, 120),
            Standing(430, 400),
            Standing(300, 80),
        ),
        reserve_level=2,
        shelf_units=20,
        reserved=frozenset(seller.key for seller in _sold_for_themselves(history.sellers)[:1]),
    )


def _sold_for_themselves(sellers: Sequence[Seller]) -> list[Seller]:
    """Shops that sell in their own name, across a border: those that reserves are made for."""
    return [
        seller
        for seller in sorted(sellers, key=lambda seller: seller.key)
        if seller.mode == "self-operated" and seller.seller_type == "cross_border"
        if seller.market == "gb"
    ]
