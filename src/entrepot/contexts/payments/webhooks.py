"""What providers tell by themselves: kept as it came, answered, then applied."""

from collections.abc import Sequence

from entrepot.kernel.clock import real
from entrepot.kernel.tx import Tx

from . import store
from .book import Book
from .model import Intent, ProviderEvent


def receive(tx: Tx, events: Sequence[ProviderEvent]) -> int:
    """Keep verified events; one that is kept already is left alone. Returns how many are new."""
    return store.add_events(tx, events, real()) if events else 0


def apply(tx: Tx, at_most: int = 256) -> int:
    """Apply what was received, in the order of receipt, and return how many events that were.

    An event about a call that is not known yet waits for it. One that contradicts what is known,
    such as another amount or a second capture, is left for people to look at.
    """
    taken = store.take_events(tx, at_most)
    if not taken:
        return 0
    book = Book.of(tx, {event.key for _, event in taken if event.key is not None})
    states = [(serial, _state(book, event, tx)) for serial, event in taken]
    store.mark_events(tx, states)
    book.save(tx)
    return len(taken)


def _state(book: Book, event: ProviderEvent, tx: Tx) -> str:
    if event.key is None:
        return "foreign"  # Done at the provider by somebody else.
    attempt = book.attempts.get(event.key)
    if attempt is None:
        return "waiting"
    if event.amount_minor not in {None, attempt.call.amount.minor}:
        return "conflict"
    outcome = book.enter(event.key, event.outcome, tx.now)
    return "applied" if isinstance(outcome, Intent) else "conflict"
