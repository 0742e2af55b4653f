"""Moving listings through their lifecycle."""

from collections.abc import Sequence
from dataclasses import replace

from entrepot.contexts.catalog import access, store
from entrepot.contexts.catalog.access import Permission
from entrepot.contexts.catalog.events import ListingEvent, told
from entrepot.contexts.catalog.lifecycle import AUDITS, State, Verb
from entrepot.contexts.catalog.model import Listing, ListingId, Move
from entrepot.contexts.catalog.problems import ChangedMeanwhile, NotPriced
from entrepot.contexts.catalog.responsibility import Ground, Grounds, audit_at, gone, refused
from entrepot.kernel.events import emit
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx


def submit(tx: Tx, ids: Sequence[ListingId]) -> list[Listing | Problem]:
    """Hand drafts in for their audit."""
    return move(tx, [Move(listing_id=id, verb=Verb.SUBMIT) for id in ids])


def activate(tx: Tx, ids: Sequence[ListingId]) -> list[Listing | Problem]:
    """Submit drafts and approve them at once: for whoever may do both."""
    steps = (Verb.SUBMIT, Verb.APPROVE)
    outcomes = move(tx, [Move(listing_id=id, verb=verb) for id in ids for verb in steps])
    pairs = zip(outcomes[::2], outcomes[1::2], strict=True)
    return [first if isinstance(first, Problem) else second for first, second in pairs]


def move(tx: Tx, wishes: Sequence[Move]) -> list[Listing | Problem]:
    """Move listings: the content's owner by some verbs, who audits by the others.

    Nothing goes live without a price, in a market that is not open, or in a category that takes a
    permission which the shop does not have.
    """
    permissions = {wish.listing_id: _permission(wish.verb) for wish in wishes}
    held: dict[ListingId, Listing | Problem] = {}
    for permission in sorted(set(permissions.values())):
        ids = [id for id, asked in permissions.items() if asked is permission]
        held |= access.listings_to_change(tx, ids, permission)
    seen = [listing for listing in held.values() if isinstance(listing, Listing)]
    grounds = Grounds.of(tx, {listing.shop_id for listing in seen})
    priced = store.priced(tx, {listing.id for listing in seen})
    moves: list[tuple[Listing, Listing, Verb, tuple[str, ...]]] = []
    outcomes: list[Listing | Problem] = []
    for wish in wishes:
        before = held[wish.listing_id]
        outcome = _moved(tx, before, wish.verb, grounds, priced)
        outcomes.append(outcome)
        if isinstance(before, Listing) and isinstance(outcome, Listing):
            held[before.id] = outcome  # A second wish for this listing meets it moved.
            moves.append((before, outcome, wish.verb, wish.reasons))
    saved = store.save_moves(tx, moves)
    emit(tx, _facts(tx, moves, saved))
    return [_unless_changed(outcome, saved) for outcome in outcomes]


def _permission(verb: Verb) -> Permission:
    return Permission.AUDIT if verb in AUDITS else Permission.EDIT


def _moved(
    tx: Tx,
    before: Listing | Problem,
    verb: Verb,
    grounds: Grounds,
    priced: set[ListingId],
) -> Listing | Problem:
    if isinstance(before, Problem):
        return before
    try:
        after = before.move(verb, tx.now)
    except IllegalMove as refusal:
        return refusal
    ground = grounds.at(before.shop_id)
    if isinstance(ground, Problem):
        return ground
    no = refused(tx, ground, _permission(verb), before.merchant_id) or gone(tx, before)
    if no is None and after.state is State.ACTIVATE:
        no = _unsaleable(before, ground, grounds, priced)
    if verb is Verb.SUBMIT:  # An appeal is heard by a person.
        after = replace(after, audit_at=audit_at(tx, ground))
    return no or after


def _unsaleable(
    listing: Listing, ground: Ground, grounds: Grounds, priced: set[ListingId]
) -> Problem | None:
    if listing.id not in priced:
        return NotPriced(listing.id)
    return grounds.closed(ground, listing.content.category_id)


def _facts(
    tx: Tx,
    moves: Sequence[tuple[Listing, Listing, Verb, tuple[str, ...]]],
    saved: set[ListingId],
) -> list[ListingEvent]:
    return [
        fact
        for before, after, _, _ in moves
        if after.id in saved
        for fact in told(before, after, tx.now)
    ]


def _unless_changed(outcome: Listing | Problem, saved: set[ListingId]) -> Listing | Problem:
    if isinstance(outcome, Problem) or outcome.id in saved:
        return outcome
    return ChangedMeanwhile(f"listing {outcome.id} was moved by somebody else")
