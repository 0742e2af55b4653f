"""Judging by rules what waits for an audit."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from entrepot.contexts.catalog import store
from entrepot.contexts.catalog.judging import judge
from entrepot.contexts.catalog.lifecycle import State, Verb
from entrepot.contexts.catalog.model import (
    Audit,
    Content,
    Fault,
    Listing,
    ListingId,
    Move,
    ProductId,
)
from entrepot.contexts.catalog.responsibility import Ground, Grounds
from entrepot.contexts.merchants import ShopId
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import EVERY_ROW, Tx

from .edit import audit
from .move import move

Judged = Mapping[ListingId, tuple[Fault, ...] | Problem]


def audit_due(tx: Tx, as_of: datetime, at_most: int) -> int:
    """Let the rules decide what is due by an instant: listings, and versions that wait.

    What the rules cannot decide, such as in a market that has closed, is left to a person.
    """
    assert tx.actor.almighty, "the platform's own work"
    ids, shadowed = store.due_for_audit(tx, as_of, at_most)
    found = store.listings_by(tx, {*ids, *shadowed}, EVERY_ROW)
    grounds = Grounds.of(tx, {listing.shop_id for listing in found.values()})
    shadows = store.open_shadows(tx, shadowed)
    first = _judged(tx, grounds, [(found[id], found[id].content) for id in ids])
    later = _judged(tx, grounds, [(found[id], shadows[id].content) for id in shadowed])
    _decide(tx, first)
    _decide_shadows(tx, later)
    return len(ids) + len(shadowed)


def faults_of(tx: Tx, shop_id: ShopId, content: Content) -> tuple[Fault, ...]:
    """What the rules would find in a content, were it listed in a shop now. Nothing is kept."""
    ground = Grounds.of(tx, [shop_id]).at(shop_id)
    if isinstance(ground, Problem):
        raise ground
    return judge(tx, ground, _as_if(tx, ground, content))


def _judged(tx: Tx, grounds: Grounds, seen: Sequence[tuple[Listing, Content]]) -> Judged:
    judged: dict[ListingId, tuple[Fault, ...] | Problem] = {}
    for listing, content in seen:
        ground = grounds.at(listing.shop_id)
        judged[listing.id] = (
            ground if isinstance(ground, Problem) else judge(tx, ground, listing, content)
        )
    return judged


def _decide(tx: Tx, judged: Judged) -> None:
    clean = [id for id, faults in judged.items() if faults == ()]
    approved = move(tx, [Move(listing_id=id, verb=Verb.APPROVE) for id in clean])
    refused = {id: _reasons(faults) for id, faults in judged.items() if faults != ()}
    pairs = zip(clean, approved, strict=True)
    refused |= {id: _reasons(no) for id, no in pairs if isinstance(no, Problem)}
    wishes = [
        Move(listing_id=id, verb=Verb.REJECT, reasons=reasons) for id, reasons in refused.items()
    ]
    outcomes = zip(refused, move(tx, wishes), strict=True)
    store.leave_to_people(tx, [id for id, no in outcomes if isinstance(no, Problem)])


def _decide_shadows(tx: Tx, judged: Judged) -> None:
    wishes = [
        Audit(listing_id=id, passes=faults == (), reasons=_reasons(faults))
        for id, faults in judged.items()
    ]
    outcomes = zip(judged, audit(tx, wishes), strict=True)
    store.leave_to_people(tx, [id for id, no in outcomes if isinstance(no, Problem)])


def _reasons(found: tuple[Fault, ...] | Problem) -> tuple[str, ...]:
    if isinstance(found, Problem):
        return (found.slug,)
    return tuple(fault.reason for fault in found)


def _as_if(tx: Tx, ground: Ground, content: Content) -> Listing:
    return Listing(
        id=ListingId(0),
        product_id=ProductId(0),
        shop_id=ground.shop.id,
        merchant_id=ground.shop.merchant_id,
        market=ground.shop.market,
        content=content,
        state=State.DRAFT,
        listed_at=tx.now,
        live_at=None,
        deleted_at=None,
    )
