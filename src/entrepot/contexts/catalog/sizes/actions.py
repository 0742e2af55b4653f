"""Keeping size charts, and appealing against what is found in them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from entrepot.contexts import merchants
from entrepot.contexts.catalog import access
from entrepot.contexts.catalog import store as products
from entrepot.contexts.catalog.access import Permission
from entrepot.contexts.catalog.model import Category, CategoryId, Listing
from entrepot.kernel.events import emit
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, NotFound, Problem
from entrepot.kernel.tx import Tx

from . import store
from .events import AppealDecided, SizeChartChanged
from .model import (
    LONGEST_NAME,
    Appeal,
    AppealDecision,
    AppealId,
    AppealState,
    ChartEdit,
    ChartId,
    NewAppeal,
    NewChart,
    SizeChart,
)


def add_charts(tx: Tx, wishes: Sequence[NewChart]) -> list[SizeChart | Problem]:
    """Keep charts, each for its merchant."""
    known = products.categories_by(tx, {wish.category_id for wish in wishes})
    refused = [_bad(tx, wish, known) for wish in wishes]
    allowed = [wish for wish, no in zip(wishes, refused, strict=True) if no is None]
    made = store.add(tx, allowed) if allowed else []
    emit(tx, [_told(tx, one, is_new=True) for one in made if one.is_template])
    rest = iter(made)
    return [no or next(rest) for no in refused]


def edit_charts(tx: Tx, wishes: Sequence[ChartEdit]) -> list[SizeChart | Problem]:
    """Put other tables into templates; one wish for a chart at a time."""
    held = store.held(tx, [wish.chart_id for wish in wishes])
    outcomes = [_edited(tx, wish, held) for wish in wishes]
    changed = [one for one in outcomes if isinstance(one, SizeChart)]
    store.save(tx, changed)
    emit(tx, [_told(tx, one, is_new=False) for one in changed])
    return outcomes


def appeal(tx: Tx, wishes: Sequence[NewAppeal]) -> list[AppealId | Problem]:
    """Say that nothing is wrong with the charts of listings. A person answers."""
    ids = {wish.listing_id for wish in wishes}
    held = access.listings_to_change(tx, ids, Permission.EDIT)
    refused = [_bad_appeal(wish, held[wish.listing_id]) for wish in wishes]
    allowed = [wish for wish, no in zip(wishes, refused, strict=True) if no is None]
    listings = {id: one for id, one in held.items() if isinstance(one, Listing)}
    made = store.add_appeals(tx, allowed, listings) if allowed else {}
    waits = IllegalMove("an appeal for this listing waits already", allowed=[])
    pairs = zip(refused, wishes, strict=True)
    return [made.get(wish.listing_id, waits) if no is None else no for no, wish in pairs]


def decide_appeals(tx: Tx, wishes: Sequence[AppealDecision]) -> list[Appeal | Problem]:
    """Answer appeals: for whoever audits. What is answered stays so."""
    held = store.appeals_by(tx, [wish.appeal_id for wish in wishes])
    outcomes = [_decided(tx, wish, held.get(wish.appeal_id)) for wish in wishes]
    decided = [one for one in outcomes if isinstance(one, Appeal)]
    store.decide(tx, decided)
    facts = [
        AppealDecided(
            at=tx.now,
            appeal_id=one.id,
            listing_id=one.listing_id,
            product_id=one.product_id,
            shop_id=one.shop_id,
            indicators=one.indicators,
            state=one.state,
        )
        for one in decided
    ]
    emit(tx, facts)
    return outcomes


def _bad(tx: Tx, wish: NewChart, known: Mapping[CategoryId, Category]) -> Problem | None:
    if not merchants.sides(tx.actor, Permission.EDIT, wish.merchant_id):
        return access.not_granted(Permission.EDIT)
    if wish.category_id not in known:
        return NotFound("category", wish.category_id)
    if not known[wish.category_id].is_leaf:
        return BadInput("category_id", "a category that has none below it")
    return _bad_name(wish.name) or wish.chart.bad


def _bad_name(name: str) -> BadInput | None:
    fits = len(name) <= LONGEST_NAME
    return None if fits else BadInput("template_name", f"at most {LONGEST_NAME} characters")


def _edited(tx: Tx, wish: ChartEdit, held: Mapping[ChartId, SizeChart]) -> SizeChart | Problem:
    before = held.get(wish.chart_id)
    hidden = before is None or not merchants.sides(tx.actor, Permission.READ, before.merchant_id)
    if before is None or hidden or not before.is_template:
        return NotFound("size chart template", wish.chart_id)
    if not merchants.sides(tx.actor, Permission.EDIT, before.merchant_id):
        return access.not_granted(Permission.EDIT)
    name = before.name if wish.name is None else wish.name
    if not name.strip():
        return BadInput("template_name", "a name")
    after = replace(before, name=name, chart=wish.chart, updated_at=tx.now)
    return _bad_name(name) or wish.chart.bad or after


def _bad_appeal(wish: NewAppeal, listing: Listing | Problem) -> Problem | None:
    if isinstance(listing, Problem):
        return listing
    if not wish.indicators:
        return BadInput("indicator_details", "what the appeal is about")
    said = listing.content.details
    if said.size_chart_id is None and not said.size_chart_template:
        return BadInput("product_id", "a product with a size chart")
    return None


def _decided(tx: Tx, wish: AppealDecision, held: Appeal | None) -> Appeal | Problem:
    if held is None or not tx.actor.may(Permission.AUDIT):
        return NotFound("appeal", wish.appeal_id)
    if held.state is not AppealState.WAITING:
        return IllegalMove(f"cannot decide what is {held.state}", allowed=[])
    state = AppealState.UPHELD if wish.is_upheld else AppealState.REJECTED
    return replace(held, state=state, decided_at=tx.now)


def _told(tx: Tx, one: SizeChart, *, is_new: bool) -> SizeChartChanged:
    return SizeChartChanged(
        at=tx.now,
        chart_id=one.id,
        merchant_id=one.merchant_id,
        change="created" if is_new else "edited",
    )
