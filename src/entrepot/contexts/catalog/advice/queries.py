"""What other listings say."""

from collections import Counter

from entrepot.contexts.catalog import store
from entrepot.contexts.catalog.model import CategoryId, Filters
from entrepot.kernel.tx import Tx

from .wording import words_of

LOOKED_AT, LEAST, MOST = 500, 2, 10


def category_words(tx: Tx, market: str, category_id: CategoryId, title: str) -> list[str]:
    """The words that live titles of a category share most and this one lacks. Titles are public."""
    cards = store.cards(tx, market, Filters(category_id=category_id), None, LOOKED_AT)
    counts = Counter(word for card in cards for word in {*words_of(card.title)})
    own = {*words_of(title)}
    shared = [(word, n) for word, n in counts.items() if n >= LEAST and word not in own]
    return [word for word, _ in sorted(shared, key=lambda each: (-each[1], each[0]))[:MOST]]
