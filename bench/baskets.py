"""The baskets that buyers put together: two lines from one shop."""

from collections.abc import Iterator, Sequence
from random import Random

from entrepot.contexts.catalog import SkuId
from entrepot.contexts.orders import Destination, Placing, QuoteId, Recipient
from entrepot.flows.placing import Checkout
from entrepot.flows.quoting import QuoteWish

from .filling import Filled

HOME = Destination(country="US", region="CA", postal_code="94103")
STREET = {"line1": "1 Market Street", "city": "San Francisco"}
SOMEBODY = Recipient(name="A buyer", email="buyer@example.org", phone="+15550100", address=STREET)
LINES = 2


def baskets(
    filled: Sequence[Filled], lines: int = LINES, seed: int = 1
) -> Iterator[tuple[int, ...]]:
    """SKUs of one random shop, again and again."""
    random = Random(seed)
    while True:
        yield tuple(random.sample(random.choice(filled).skus, lines))


def wish(skus: Sequence[int]) -> QuoteWish:
    """One unit of each SKU, sent home."""
    items = tuple((SkuId(sku), 1) for sku in skus)
    return QuoteWish(market="us", items=items, destination=HOME)


def checkout(quote_id: QuoteId) -> Checkout:
    """A guest places a quote."""
    placing = Placing(quote_id=quote_id, destination=HOME, recipient=SOMEBODY)
    return Checkout(placing=placing, provider="sandbox", method="sandbox-ok")
