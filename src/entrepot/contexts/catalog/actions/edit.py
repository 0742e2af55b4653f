"""Editing what is audited, and the audit of shadow versions."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from entrepot.contexts.catalog import access, store
from entrepot.contexts.catalog.access import Permission
from entrepot.contexts.catalog.events import CategoryChanged, ListingEdited
from entrepot.contexts.catalog.lifecycle import EDITED_AS_SHADOW, EDITED_IN_PLACE
from entrepot.contexts.catalog.model import (
    Audit,
    CategoryId,
    Content,
    Edit,
    Listing,
    ListingId,
    Shadow,
)
from entrepot.contexts.catalog.problems import ChangedMeanwhile
from entrepot.contexts.catalog.responsibility import Grounds, audit_at, refused
from entrepot.contexts.catalog.saying import bad_details
from entrepot.kernel.events import emit
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, NotFound, Problem
from entrepot.kernel.tx import Tx


def edit(tx: Tx, wishes: Sequence[Edit]) -> list[Listing | Shadow | Problem]:
    """Change audited fields: in place before a listing is live, else as a shadow version.

    The shadow waits for its audit and takes the place of one that waits already; what is live
    stays. Of two wishes for one listing the second starts from the first.
    """
    held = access.listings_to_change(tx, {wish.listing_id for wish in wishes}, Permission.EDIT)
    seen = [listing for listing in held.values() if isinstance(listing, Listing)]
    grounds = Grounds.of(tx, {listing.shop_id for listing in seen})
    asked = {wish.category_id for wish in wishes if wish.category_id is not None}
    known = store.categories_by(tx, asked)
    contents = {listing.id: listing.content for listing in seen}
    outcomes: list[Content | Problem] = []
    for wish in wishes:
        listing = held[wish.listing_id]
        outcome = _edited(tx, wish, listing, grounds, known) or wish.of(contents[wish.listing_id])
        outcomes.append(outcome)
        if isinstance(outcome, Content):
            contents[wish.listing_id] = outcome
    changed = [listing for listing in seen if contents[listing.id] != listing.content]
    made = _save(tx, changed, contents, grounds)
    return [
        outcome if isinstance(outcome, Problem) else made.get(wish.listing_id, _same(held, wish))
        for outcome, wish in zip(outcomes, wishes, strict=True)
    ]


def audit(tx: Tx, wishes: Sequence[Audit]) -> list[Listing | Problem]:
    """Decide on shadow versions: what passes is live at once, what does not changes nothing."""
    held = access.listings_to_change(tx, {wish.listing_id for wish in wishes}, Permission.AUDIT)
    seen = {id: listing for id, listing in held.items() if isinstance(listing, Listing)}
    shadows = store.open_shadows(tx, seen.keys())
    grounds = Grounds.of(tx, {listing.shop_id for listing in seen.values()})
    outcomes: list[Listing | Problem] = []
    decided: list[tuple[Shadow, Audit]] = []
    for wish in wishes:
        listing, shadow = held[wish.listing_id], shadows.pop(wish.listing_id, None)
        outcome = _audited(tx, wish, listing, shadow, grounds)
        outcomes.append(outcome)
        if shadow is not None and isinstance(outcome, Listing):
            decided.append((shadow, wish))
    passed = [(seen[shadow.listing_id], shadow.content) for shadow, wish in decided if wish.passes]
    written = store.replace_contents(tx, passed)
    kept = [each for each in decided if not each[1].passes or each[0].listing_id in written]
    store.decide_shadows(tx, kept, {listing.id: listing.content for listing, _ in passed})
    edited = [ListingEdited.of(seen[id], tx.now) for id in written]
    emit(tx, [*edited, *_recategorised(tx, passed, written)])
    done = {shadow.listing_id for shadow, _ in kept}
    return [_unless_changed(outcome, done) for outcome in outcomes]


def _edited(
    tx: Tx,
    wish: Edit,
    listing: Listing | Problem,
    grounds: Grounds,
    known: Collection[CategoryId],
) -> Problem | None:
    if isinstance(listing, Problem):
        return listing
    ground = grounds.at(listing.shop_id)
    if isinstance(ground, Problem):
        return ground
    no = refused(tx, ground, Permission.EDIT, listing.merchant_id) or _bad_edit(
        wish, listing, known, grounds.closed(ground, wish.of(listing.content).category_id)
    )
    if no is None and wish.details is not None:
        no = bad_details(tx, listing.merchant_id, wish.details)
    return no


def _bad_edit(
    wish: Edit, listing: Listing, known: Collection[CategoryId], closed: Problem | None
) -> Problem | None:
    if listing.state not in EDITED_IN_PLACE | EDITED_AS_SHADOW:
        return IllegalMove(f"cannot edit what is {listing.state}", allowed=[])
    if wish.title is not None and not wish.title.strip():
        return BadInput("title", "a listing has a title")
    if wish.category_id is not None and wish.category_id not in known:
        return NotFound("category", wish.category_id)
    return None if wish.category_id is None else closed


def _save(
    tx: Tx, changed: Sequence[Listing], contents: dict[ListingId, Content], grounds: Grounds
) -> dict[ListingId, Listing | Shadow | Problem]:
    edits = [(listing, contents[listing.id]) for listing in changed]
    in_place = [each for each in edits if each[0].state in EDITED_IN_PLACE]
    as_shadow = [each for each in edits if each[0].state in EDITED_AS_SHADOW]
    written = store.replace_contents(tx, in_place)
    emit(tx, [*_recategorised(tx, in_place, written)])
    numbers = store.supersede(tx, as_shadow, [_audit_at(tx, grounds, one) for one, _ in as_shadow])
    made: dict[ListingId, Listing | Shadow | Problem] = {
        listing.id: replace(listing, content=content)
        if listing.id in written
        else ChangedMeanwhile(f"listing {listing.id} was moved by somebody else")
        for listing, content in in_place
    }
    for listing, content in as_shadow:
        number = numbers[listing.id]
        made[listing.id] = Shadow(listing_id=listing.id, number=number, content=content)
    return made


def _recategorised(
    tx: Tx, edits: Sequence[tuple[Listing, Content]], written: Mapping[ListingId, CategoryId]
) -> Iterator[CategoryChanged]:
    for listing, content in edits:
        before = written.get(listing.id)
        if before is not None and before != content.category_id:
            yield CategoryChanged(
                at=tx.now,
                listing_id=listing.id,
                product_id=listing.product_id,
                shop_id=listing.shop_id,
                market=listing.market,
                before=before,
                after=content.category_id,
            )


def _audit_at(tx: Tx, grounds: Grounds, listing: Listing) -> datetime | None:
    ground = grounds.at(listing.shop_id)
    return None if isinstance(ground, Problem) else audit_at(tx, ground)


def _same(held: dict[ListingId, Listing | Problem], wish: Edit) -> Listing | Problem:
    return held[wish.listing_id]  # The edit changes nothing, so nothing is audited.


def _audited(
    tx: Tx, wish: Audit, listing: Listing | Problem, shadow: Shadow | None, grounds: Grounds
) -> Listing | Problem:
    if isinstance(listing, Problem):
        return listing
    ground = grounds.at(listing.shop_id)
    if isinstance(ground, Problem):
        return ground
    no = refused(tx, ground, Permission.AUDIT, listing.merchant_id)
    if no is not None:
        return no
    if shadow is None:
        return IllegalMove("no version of this listing waits for an audit", allowed=[])
    if not wish.passes:
        return listing
    closed = grounds.closed(ground, shadow.content.category_id)
    return closed or replace(listing, content=shadow.content)


def _unless_changed(outcome: Listing | Problem, done: set[ListingId]) -> Listing | Problem:
    if isinstance(outcome, Problem) or outcome.id in done:
        return outcome
    return ChangedMeanwhile(f"listing {outcome.id} was moved by somebody else")
