"""Caps: how much a shop may do, and how it earns more."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from entrepot.contexts.merchants import access, rules, store
from entrepot.contexts.merchants.lifecycle import SHOP, ShopState, ShopVerb
from entrepot.contexts.merchants.model import Shop, ShopId, Standing
from entrepot.contexts.merchants.problems import OrderCapReached, ShopNotFound, ShopNotSelling
from entrepot.kernel.problems import Problem
from entrepot.kernel.tx import Tx
from entrepot.rulebook import MarketNotOpen, NoRuleFits

from .moving import save_shops


def count_orders(
    tx: Tx, wanted: Mapping[ShopId, int], day_on: date
) -> dict[ShopId, Problem | None]:
    """Count orders of a market day, for each shop all of them or, with the reason, none.

    Shops without a cap are not counted and not held: nothing waits for them. For flows: no
    permission is asked.
    """
    outcomes: dict[ShopId, Problem | None] = dict.fromkeys(wanted)
    capped: dict[ShopId, tuple[int, int]] = {}
    for id, cap in order_caps(tx, sorted(wanted), day_on).items():
        if isinstance(cap, Problem):
            outcomes[id] = cap
        elif cap is not None:
            capped[id] = (wanted[id], cap)
    if not capped:
        return outcomes
    access.hold_days(tx, capped)
    counted = store.count_orders(tx, capped, day_on)
    refused = [id for id in capped if id not in counted]
    before = store.orders_of_day(tx, refused, day_on) if refused else {}
    for id in refused:
        cap = capped[id][1]
        outcomes[id] = OrderCapReached(id, cap, max(0, cap - before[id]))
    return outcomes


def room_for_orders(
    tx: Tx, wanted: Mapping[date, Collection[ShopId]]
) -> dict[tuple[date, ShopId], int | Problem | None]:
    """How many orders each shop can still take on its market day, held until the work ends.

    For a batch that has to decide which of its orders fit; none: any number. All days are held in
    one statement. For flows: no permission is asked.
    """
    caps = {
        (day, id): cap
        for day, ids in wanted.items()
        for id, cap in order_caps(tx, sorted(ids), day).items()
    }
    capped = {key: cap for key, cap in caps.items() if isinstance(cap, int)}
    access.hold_days(tx, {id for _, id in capped})
    room: dict[tuple[date, ShopId], int | Problem | None] = {**caps}
    for day in {day for day, _ in capped}:
        taken = store.orders_of_day(tx, [id for on, id in capped if on == day], day)
        room |= {(day, id): max(0, capped[day, id] - count) for id, count in taken.items()}
    return room


def order_caps(tx: Tx, ids: Sequence[ShopId], day: date) -> dict[ShopId, int | Problem | None]:
    """The orders that each shop may take on a day; none: as many as come."""
    found = store.shops_by_ids(tx, ids, tx.now)
    return {id: _order_cap(tx, id, found.get(id), day) for id in ids}


def listing_caps(tx: Tx, ids: Sequence[ShopId]) -> dict[ShopId, int | None]:
    """How many listings each shop may have live; none: no limit. For flows: no permission."""
    found = store.shops_by_ids(tx, ids, tx.now)
    caps: dict[ShopId, int | None] = {}
    for id, shop in found.items():
        stage, _ = rules.stage(tx, shop, rules.day_in(tx, shop.market))
        caps[id] = rules.tighter(stage.listings, shop.listing_cap)
    return caps


def graduate(tx: Tx, standings: Sequence[Standing]) -> list[Shop | Problem]:
    """Let shops into the stages that they have earned; several at once, if they have.

    Run it daily with what is known of each shop. For flows: no permission is asked.
    """
    ids = [standing.shop_id for standing in standings]
    access.hold_days(tx, ids)
    found = store.shops_by_ids(tx, ids, tx.now)
    moves: list[tuple[Shop, Shop, str]] = []
    outcomes: list[Shop | Problem] = []
    for standing in standings:
        before = found.get(standing.shop_id)
        if before is None:
            outcomes.append(ShopNotFound(standing.shop_id))
            continue
        after, ref = _promoted(tx, before, standing)
        found[before.id] = after  # A second standing of this shop meets it promoted.
        outcomes.append(after)
        if after != before:
            moves.append((before, after, ref))
    save_shops(tx, moves)
    return outcomes


def _order_cap(tx: Tx, id: ShopId, shop: Shop | None, day: date) -> int | Problem | None:
    if shop is None:
        return ShopNotFound(id)
    if not shop.sells:
        return ShopNotSelling(id, shop.state)
    try:
        stage, _ = rules.stage(tx, shop, day)
    except (MarketNotOpen, NoRuleFits) as refusal:
        return refusal
    return rules.tighter(stage.orders_per_day, shop.order_cap)


def _promoted(tx: Tx, shop: Shop, standing: Standing) -> tuple[Shop, str]:
    day = rules.day_in(tx, shop.market)
    stage, ref = rules.stage(tx, shop, day)
    days = (day - shop.opened_on).days
    while (
        shop.state is ShopState.PROBATION
        and stage.next is not None
        and rules.met(stage.next, standing, days)
    ):
        shop = replace(shop, stage=stage.next.stage)
        stage, _ = rules.stage(tx, shop, day)
        if stage.next is None:
            shop = replace(shop, state=SHOP.after(shop.state, ShopVerb.GRADUATE))
    return shop, ref
