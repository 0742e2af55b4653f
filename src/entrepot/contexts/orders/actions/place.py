"""From a quote to orders."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from entrepot.contexts.orders import access, store
from entrepot.contexts.orders.events import OrderPlaced
from entrepot.contexts.orders.model import Group, Placing, Quote, TermsId
from entrepot.contexts.orders.problems import QuoteDiffers, QuoteExpired, QuoteNotFound
from entrepot.kernel.events import emit
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx


def keep_terms(tx: Tx, contents: Sequence[Mapping[str, Any]]) -> list[TermsId]:
    """An id for each content; equal contents share one. For flows: no permission is asked."""
    return store.keep_terms(tx, contents)


def keep_quotes(tx: Tx, quotes: Sequence[Quote]) -> None:
    """Write quotes that a flow has priced. For flows: no permission is asked."""
    store.add_quotes(tx, quotes)


def open_quotes(tx: Tx, placings: Sequence[Placing]) -> list[Quote | Group | Problem]:
    """The quotes to be placed, held until the work ends; what was placed before is its group.

    A quote that is gone, has expired, was for another destination or belongs to another buyer
    is refused.
    """
    ids = {placing.quote_id for placing in placings}
    found = access.hold_quotes(tx, ids)
    placed = store.placed_groups(tx, ids)
    outcomes: list[Quote | Group | Problem] = []
    for placing in placings:
        quote = found.get(placing.quote_id)
        if quote is None or quote.buyer_id not in {None, tx.actor.in_person}:
            outcomes.append(QuoteNotFound(placing.quote_id))
        elif placing.quote_id in placed:
            outcomes.append(placed[placing.quote_id])
        else:
            outcomes.append(_refusal(tx, quote, placing) or quote)
    return outcomes


def draft(tx: Tx, quotes: Sequence[Quote]) -> list[Group]:
    """The groups that quotes become, with their ids, so that stock can be held for them."""
    return store.draft(tx, quotes) if quotes else []


def place(tx: Tx, placings: Sequence[tuple[Placing, Quote, Group]]) -> None:
    """Write what was quoted as groups of orders. For flows that hold quotes, caps and stock."""
    if not placings:
        return
    store.place(tx, placings)
    emit(
        tx,
        [
            OrderPlaced(
                at=tx.now,
                order_id=order_id,
                group_id=group.id,
                shop_id=order.shop_id,
                merchant_id=order.merchant_id,
                market=quote.market,
                currency=quote.currency.value,
                total_minor=order.total_minor,
            )
            for _, quote, group in placings
            for order_id, order in zip(group.order_ids, quote.orders, strict=True)
        ],
    )


def forget_quotes(tx: Tx) -> int:
    """Drop quotes that expired a day ago and were not placed; returns how many. For sweeps."""
    return store.drop_expired(tx, tx.now - timedelta(days=1))


def _refusal(tx: Tx, quote: Quote, placing: Placing) -> Problem | None:
    if tx.now >= quote.expires_at:
        return QuoteExpired(
            f"quote {quote.id} held until {quote.expires_at:%Y-%m-%d %H:%M} UTC",
            quote_id=str(quote.id),
        )
    if placing.destination != quote.destination:
        return QuoteDiffers(
            "address: country, region and postal code must be those of the quote",
            field="address",
            quote_id=str(quote.id),
        )
    return None
