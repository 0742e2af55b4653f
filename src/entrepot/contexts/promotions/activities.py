"""What shops do with their activities."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from entrepot import rulebook
from entrepot.contexts import catalog, merchants
from entrepot.contexts.catalog import ProductId
from entrepot.contexts.merchants import ShopId, not_theirs
from entrepot.kernel.events import emit
from entrepot.kernel.ids import Id, new_ids
from entrepot.kernel.problems import BadInput, Forbidden, NotFound, Problem, only
from entrepot.kernel.tx import Tx

from . import access, store
from .access import Permission
from .activity import (
    Activity,
    ActivityFilter,
    Item,
    ItemWish,
    Kind,
    Level,
    NewActivity,
    Revision,
    item_of,
    promotion_of,
)
from .activity_checks import Ground, fault, item_fault, late
from .events import ActivityChanged, ActivityCreated, ActivityMoved
from .lifecycle import ACTIVITY, State, Status, Turn
from .model import ActivityId, Promotion, PromotionId
from .problems import ActivityNotFound, TitleTaken

MOST_ITEMS = 300
Key = tuple[int, int]  # Product and SKU; 0 for none.


def launch(tx: Tx, offer: NewActivity) -> Activity:
    """Plan an activity. One for the whole shop is published; others are, with their first goods."""
    shop = only(merchants.by_ids(tx, [ShopId(offer.shop_id)]))
    _allowed(tx, shop)
    market, rule = _rules(tx, shop.market, offer.starts_at)
    wrong = fault(offer, rule) or late(offer.starts_at, tx.now)
    if wrong is not None:
        raise wrong
    made = Activity(
        id=new_ids(tx.sql, ActivityId, 1)[0],
        owner_id=shop.merchant_id,
        market=shop.market,
        currency=market.currency,
        offer=offer,
        state=ACTIVITY.initial,
        created_at=tx.now,
        changed_at=tx.now,
    )
    if not store.add_activity(tx, made):
        raise TitleTaken(offer.title)
    emit(tx, [ActivityCreated(at=tx.now, **_named(made))])
    return _published(tx, made) if offer.level is Level.SHOP else made


def revise(tx: Tx, id: ActivityId, revision: Revision) -> Activity:
    """Change the terms: of what has begun, the beginning stays."""
    before = _to_lower(tx, id)
    offer = revision.of(before.offer)
    _open(before)
    wrong = fault(offer, _rules(tx, before.market, offer.starts_at)[1])
    if offer.starts_at != before.offer.starts_at:
        begun = before.state is Status.ONGOING
        moved = BadInput("starts_at", "as it was: it has begun") if begun else None
        wrong = wrong or moved or late(offer.starts_at, tx.now)
    if offer.ends_at is not None and offer.ends_at <= tx.now:
        wrong = wrong or BadInput("ends_at", "later than now")
    if wrong is not None:
        raise wrong
    if store.has_title(tx, offer.shop_id, offer.title, id):
        raise TitleTaken(offer.title)
    after = replace(before, offer=offer, changed_at=tx.now)
    _recheck(tx, before, after)
    store.save_activities(tx, [after])
    if (offer.level, offer.once) != (before.offer.level, before.offer.once):
        after = _rescoped(tx, after)
    emit(tx, [ActivityChanged(at=tx.now, **_named(after))])
    return after


def put_items(tx: Tx, id: ActivityId, wishes: Sequence[ItemWish]) -> Activity:
    """Put goods in, or change those that are in: all of them or none. The first ones publish it."""
    activity = _to_lower(tx, id)
    _open(activity)
    if activity.offer.level is Level.SHOP:
        raise BadInput("products", "none: it is for the whole shop")
    if not 0 < len(wishes) <= MOST_ITEMS:
        raise BadInput("products", f"1 to {MOST_ITEMS} goods")
    if len({_key(wish) for wish in wishes}) < len(wishes):
        raise BadInput("products", "each once")
    kept = {_key(item_of(one)): one for one in _promotions(tx, activity)}
    ground = _ground(tx, activity, wishes)
    for wish in wishes:
        there = kept.get(_key(wish))
        wrong = item_fault(ground, wish, None if there is None else item_of(there))
        if wrong is not None:
            raise wrong
    _put(tx, activity, wishes, kept)
    _tell_goods(tx, activity, [(wish.product_id, wish.sku_id) for wish in wishes])
    if activity.state is Status.DRAFT:
        return _published(tx, activity)
    return _touched(tx, activity)


def drop_items(
    tx: Tx, id: ActivityId, product_ids: Sequence[Id], sku_ids: Sequence[Id]
) -> Activity:
    """Take goods out: products with all their SKUs, or single SKUs. What is quoted is honoured."""
    activity = _held(tx, id)
    _open(activity)
    promotions = _promotions(tx, activity)
    products, skus = {*map(int, product_ids)}, {*map(int, sku_ids)}
    gone = [
        one
        for one in promotions
        if int(one.offer.product_id or 0) in products or int(one.offer.sku_id or 0) in skus
    ]
    there = {int(one.offer.product_id or 0) for one in gone}
    missing = (products - there) or (skus - {int(one.offer.sku_id or 0) for one in gone})
    if missing or not gone:
        raise NotFound("product", min(missing, default=0))
    store.save_states(tx, [(one, replace(one, state=State.ENDED)) for one in gone])
    named = [(one.offer.product_id or Id(0), one.offer.sku_id) for one in gone]
    _tell_goods(tx, activity, named, removed=True)
    return _touched(tx, activity)


def deactivate(tx: Tx, id: ActivityId) -> Activity:
    """End it now; what is quoted is honoured."""
    return _turned(tx, _held(tx, id), Turn.DEACTIVATE)


def republish(
    tx: Tx, id: ActivityId, starts_at: datetime | None, ends_at: datetime | None
) -> Activity:
    """Offer it once more, in a new span: from now on, and as long as before, if none is said."""
    before = _to_lower(tx, id)
    ACTIVITY.after(before.state, Turn.REPUBLISH)
    old = before.offer
    begins = tx.now if starts_at is None else starts_at
    lasts = None if old.ends_at is None else old.ends_at - old.starts_at
    ends = begins + lasts if ends_at is None and lasts is not None else ends_at
    offer = replace(old, starts_at=begins, ends_at=ends)
    rule = _rules(tx, before.market, begins)[1]
    wrong = fault(offer, rule) or late(begins, tx.now)
    if wrong is not None:
        raise wrong
    planned = replace(before, offer=offer)
    _recheck(tx, before, planned)
    return _turned(tx, planned, Turn.REPUBLISH)


def turn_due(tx: Tx, as_of: datetime, at_most: int) -> int:
    """Let activities begin and expire that are due by an instant, each as of its own.

    For sweeps: no permission is asked.
    """
    due = store.due_activities(tx, as_of, at_most)
    held = store.hold_activities(tx, due, access.ANYBODYS)
    for activity in held.values():
        _follow(tx, activity.by(as_of))
    return len(due)


def next_turn_at(tx: Tx) -> datetime | None:
    """When time moves the next activity on."""
    return store.next_turn_at(tx)


def activities(tx: Tx, ids: Sequence[ActivityId]) -> list[Activity | Problem]:
    """Activities as this actor may see them, as they are now, in the order of the ids."""
    found = store.activities_by(tx, ids, access.activities_visible_to(tx.actor))
    return [_now(tx, found[id]) if id in found else ActivityNotFound(id) for id in ids]


def activity_page(
    tx: Tx, wanted: ActivityFilter, after: ActivityId | None = None, limit: int = 50
) -> list[Activity]:
    """A shop's activities, the newest first, as they are now."""
    visible = access.activities_visible_to(tx.actor)
    rows = store.activity_page(tx, wanted, visible, after, limit)
    return [_now(tx, row) for row in rows]


def count_activities(tx: Tx, wanted: ActivityFilter) -> int:
    """How many of them there are."""
    return store.count_activities(tx, wanted, access.activities_visible_to(tx.actor))


def items(tx: Tx, activity: Activity) -> list[Item]:
    """The goods in an activity that this actor was given, oldest first."""
    return [item_of(one) for one in _promotions(tx, activity)]


def _now(tx: Tx, activity: Activity) -> Activity:
    return [activity, *activity.by(tx.now)][-1]


def _held(tx: Tx, id: ActivityId) -> Activity:
    """An activity to change, held until the end, after time has done its part."""
    visible = access.activities_to_change(tx.actor)
    found = store.hold_activities(tx, [id], visible).get(id)
    if found is None:
        raise ActivityNotFound(id)
    steps = found.by(tx.now)
    _follow(tx, steps)
    return [found, *steps][-1]


def _follow(tx: Tx, steps: Sequence[Activity]) -> None:
    if steps:
        store.save_activities(tx, [steps[-1]])
        emit(tx, [ActivityMoved(at=step.changed_at, **_named(step)) for step in steps])


def _open(activity: Activity) -> None:
    """What is over is republished first: the table of moves says what can be done instead."""
    if activity.state in {Status.EXPIRED, Status.DEACTIVATED}:
        ACTIVITY.after(activity.state, Turn.PUBLISH)


def _turned(tx: Tx, activity: Activity, turn: Turn) -> Activity:
    after = activity.turned(turn, tx.now)
    steps = [after, *after.by(tx.now)]
    _follow(tx, steps)
    return steps[-1]


def _published(tx: Tx, activity: Activity) -> Activity:
    if activity.offer.level is Level.SHOP:
        [id] = new_ids(tx.sql, PromotionId, 1)
        store.add(tx, [promotion_of(activity, id, None)])
    return _turned(tx, activity, Turn.PUBLISH)


def _touched(tx: Tx, activity: Activity) -> Activity:
    after = replace(activity, changed_at=tx.now)
    store.save_activities(tx, [after])
    return after


def _rescoped(tx: Tx, activity: Activity) -> Activity:
    """It is for other goods now: those it had are out, and the whole shop is in by itself."""
    gone = store.items_by(tx, [activity.id]).get(activity.id, [])
    store.save_states(tx, [(one, replace(one, state=State.ENDED)) for one in gone])
    if activity.offer.level is not Level.SHOP:
        return activity
    if activity.state is Status.DRAFT:
        return _published(tx, activity)
    [id] = new_ids(tx.sql, PromotionId, 1)
    store.add(tx, [promotion_of(activity, id, None)])
    return activity


def _promotions(tx: Tx, activity: Activity) -> list[Promotion]:
    found = store.items_by(tx, [activity.id]).get(activity.id, [])
    return [one for one in found if one.offer.product_id is not None]


def _put(
    tx: Tx, activity: Activity, wishes: Sequence[ItemWish], kept: dict[Key, Promotion]
) -> None:
    fresh = [wish for wish in wishes if _key(wish) not in kept]
    ids = new_ids(tx.sql, PromotionId, len(fresh))
    made = [promotion_of(activity, id, wish) for id, wish in zip(ids, fresh, strict=True)]
    store.add(tx, made)
    again = [wish for wish in wishes if _key(wish) in kept]
    changed = [promotion_of(activity, kept[_key(wish)].id, wish) for wish in again]
    if changed and activity.offer.kind is not Kind.SHIPPING_DISCOUNT:
        store.save_items(tx, changed)


def _recheck(tx: Tx, before: Activity, after: Activity) -> None:
    """Goods of a flash deal that is moved have to undercut what was lowest before its new start."""
    same = before.offer.starts_at == after.offer.starts_at
    if same or after.offer.kind is not Kind.FLASH_DEAL:
        return
    wishes = [
        ItemWish(product_id=one.product_id, sku_id=one.sku_id, price_minor=one.price_minor)
        for one in map(item_of, _promotions(tx, before))
    ]
    ground = _ground(tx, after, wishes)
    wrong = next(filter(None, (item_fault(ground, wish, None) for wish in wishes)), None)
    if wrong is not None:
        raise wrong


def _ground(tx: Tx, activity: Activity, wishes: Sequence[ItemWish]) -> Ground:
    products = {ProductId(wish.product_id) for wish in wishes}
    found = [one for one in catalog.products(tx, products) if isinstance(one, catalog.Product)]
    skus = [sku.id for product in found for sku in product.skus]
    offers: dict[int, list[catalog.Offer]] = {}
    for good in catalog.offers(tx, activity.market, skus).values():
        if good.shop_id == activity.offer.shop_id:
            offers.setdefault(int(good.product_id), []).append(good)
    starts_at = activity.offer.starts_at
    flash = activity.offer.kind is Kind.FLASH_DEAL
    lows = catalog.lowest(tx, activity.market, skus, starts_at) if flash else {}
    rule = _rules(tx, activity.market, starts_at)[1]
    return Ground(activity, rule, offers, {int(sku): minor for sku, minor in lows.items()})


def _allowed(tx: Tx, shop: merchants.Shop) -> None:
    """Who sets the prices may lower them for a time, and nobody else."""
    if not tx.actor.may(Permission.EDIT, shop.merchant_id):
        raise Forbidden(f"{Permission.EDIT} is not granted to you", permission=Permission.EDIT)
    refusal = not_theirs(tx, shop, "retail_price_setter", Permission.EDIT)
    if refusal is not None:
        raise refusal


def _to_lower(tx: Tx, id: ActivityId) -> Activity:
    """An activity to change, by whom its prices are."""
    held = _held(tx, id)
    shop_id = ShopId(held.offer.shop_id)
    _allowed(tx, merchants.shops(tx, [shop_id])[shop_id])
    return held


def _rules(tx: Tx, market: str, starts_at: datetime) -> tuple[rulebook.Market, rulebook.Promotions]:
    """The rules of the day on which an activity starts, by the market's calendar."""
    book, at = rulebook.of(tx), max(starts_at, tx.now)
    row = book.on(rulebook.Market, market, at.date()).row({})
    return row, book.on(rulebook.Promotions, market, row.day_of(at)).row({})


def _key(one: ItemWish | Item) -> Key:
    return int(one.product_id), int(one.sku_id or 0)


def _named(activity: Activity) -> dict[str, Any]:
    return {
        "activity_id": activity.id,
        "shop_id": activity.offer.shop_id,
        "owner_id": activity.owner_id,
        "state": activity.state.value,
    }


def _tell_goods(
    tx: Tx, activity: Activity, goods: Sequence[tuple[Id, Id | None]], *, removed: bool = False
) -> None:
    fact = ActivityChanged(
        at=tx.now,
        product_ids=tuple(dict.fromkeys(product for product, _ in goods)),
        sku_ids=tuple(sku for _, sku in goods if sku is not None),
        removed=removed,
        **_named(activity),
    )
    emit(tx, [fact])
