"""Making briefs, holding listings against them, deciding."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from entrepot.contexts.catalog import access
from entrepot.contexts.catalog import store as products
from entrepot.contexts.catalog.access import Permission
from entrepot.contexts.catalog.lifecycle import State
from entrepot.contexts.catalog.model import Listing, ListingId
from entrepot.kernel.events import emit
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, NotFound, Problem
from entrepot.kernel.tx import Tx

from . import store
from .events import SubmissionDecided
from .model import (
    Brief,
    BriefId,
    NewBrief,
    Submission,
    SubmissionDecision,
    SubmissionId,
    SubmissionState,
)
from .problems import BriefOver, DoesNotFit


def make_briefs(tx: Tx, wishes: Sequence[NewBrief]) -> list[BriefId | Problem]:
    """Say what is looked for: for whoever audits."""
    known = products.categories_by(tx, {wish.category_id for wish in wishes})
    refused = [_bad(tx, wish, wish.category_id in known) for wish in wishes]
    allowed = [wish for wish, no in zip(wishes, refused, strict=True) if no is None]
    made = iter(store.add(tx, allowed) if allowed else ())
    return [no or next(made) for no in refused]


def withdraw_briefs(tx: Tx, ids: Sequence[BriefId]) -> list[Brief | Problem]:
    """Look for something no longer."""
    if not tx.actor.may(Permission.AUDIT):
        return [access.not_granted(Permission.AUDIT) for _ in ids]
    store.withdraw(tx, ids)
    found = store.by_ids(tx, ids)
    return [found.get(id) or NotFound("brief", id) for id in ids]


def submit_to_briefs(
    tx: Tx, wishes: Sequence[tuple[BriefId, ListingId]]
) -> list[Submission | Problem]:
    """Hold live listings against open briefs of their market."""
    held = access.listings_to_change(tx, {id for _, id in wishes}, Permission.EDIT)
    briefs = store.by_ids(tx, {id for id, _ in wishes})
    pairs = [_pair(tx, briefs, id, held[listing_id]) for id, listing_id in wishes]
    fit = [pair for pair in pairs if not isinstance(pair, Problem)]
    ids = store.submit(tx, fit) if fit else []
    found = store.submissions_by(tx, [id for id in ids if id is not None])
    made = iter(found[id] if id is not None else _twice() for id in ids)
    return [pair if isinstance(pair, Problem) else next(made) for pair in pairs]


def decide_submissions(tx: Tx, wishes: Sequence[SubmissionDecision]) -> list[Submission | Problem]:
    """Approve or reject, with a reason: for whoever audits. What is decided stays so."""
    held = store.submissions_by(tx, [wish.submission_id for wish in wishes])
    outcomes = [_decided(tx, wish, held) for wish in wishes]
    decided = [one for one in outcomes if isinstance(one, Submission)]
    store.decide(tx, decided)
    facts = [
        SubmissionDecided(
            at=tx.now,
            submission_id=one.id,
            brief_id=one.brief_id,
            listing_id=one.listing_id,
            product_id=one.product_id,
            shop_id=one.shop_id,
            state=one.state,
        )
        for one in decided
    ]
    emit(tx, facts)
    return outcomes


def _bad(tx: Tx, wish: NewBrief, is_known: bool) -> Problem | None:
    if not tx.actor.may(Permission.AUDIT):
        return access.not_granted(Permission.AUDIT)
    if not is_known:
        return NotFound("category", wish.category_id)
    if not wish.said.title.strip():
        return BadInput("title", "what is looked for")
    return None if wish.ends_at > tx.now else BadInput("ends_at", "a time to come")


def _pair(
    tx: Tx, briefs: Mapping[BriefId, Brief], id: BriefId, listing: Listing | Problem
) -> tuple[Brief, Listing] | Problem:
    if isinstance(listing, Problem):
        return listing
    brief = briefs.get(id)
    if brief is None or brief.market != listing.market:
        return NotFound("brief", id)
    if not brief.is_open(tx.now):
        return BriefOver(id)
    return _misfit(brief, listing) or (brief, listing)


def _misfit(brief: Brief, listing: Listing) -> DoesNotFit | None:
    if listing.state is not State.ACTIVATE:
        return DoesNotFit(f"the listing is {listing.state}, not live")
    if brief.category_id not in listing.content.category_id.path:
        return DoesNotFit(f"category {brief.category_id} is asked for")
    word = brief.said.lacks(listing.content)
    return None if word is None else DoesNotFit(f"{word} is not named")


def _twice() -> IllegalMove:
    return IllegalMove("this listing was submitted to this brief already", allowed=[])


def _decided(
    tx: Tx, wish: SubmissionDecision, held: Mapping[SubmissionId, Submission]
) -> Submission | Problem:
    one = held.get(wish.submission_id)
    if one is None or not tx.actor.may(Permission.AUDIT):
        return NotFound("submission", wish.submission_id)
    if one.state is not SubmissionState.WAITING:
        return IllegalMove(f"cannot decide what is {one.state}", allowed=[])
    if not wish.is_approved and not wish.reason.strip():
        return BadInput("reason", "why not")
    state = SubmissionState.APPROVED if wish.is_approved else SubmissionState.REJECTED
    return replace(one, state=state, reason=wish.reason, decided_at=tx.now)
