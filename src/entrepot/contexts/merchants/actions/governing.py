"""Shops are restricted, suspended, given back, wound down and closed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from entrepot.contexts.merchants import access, rules, store
from entrepot.contexts.merchants.access import Permission
from entrepot.contexts.merchants.lifecycle import ShopVerb
from entrepot.contexts.merchants.model import Restriction, Shop, ShopId
from entrepot.contexts.merchants.problems import ShopNotFound, StillOpen
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx

from .moving import moved, save_shops


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One shop and why."""

    shop_id: ShopId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A shop that is to close, with what of it is not finished yet. Handed in by a flow."""

    shop_id: ShopId
    still_open: tuple[str, ...] = ()


def restrict(tx: Tx, wishes: Sequence[Restriction]) -> list[Shop | Problem]:
    """Cap a shop's orders or listings below what its stage allows. Caps replace earlier ones."""
    caps = iter(wishes)

    def decide(shop: Shop | Problem) -> Shop | Problem:
        wish = next(caps)
        if any(cap is not None and cap < 0 for cap in (wish.order_cap, wish.listing_cap)):
            return BadInput("order_cap", "caps are not negative")
        after = moved(shop, ShopVerb.RESTRICT)
        if isinstance(after, Problem):
            return after
        return replace(after, order_cap=wish.order_cap, listing_cap=wish.listing_cap)

    return _decided(tx, wishes, Permission.SHOP_GOVERN, decide)


def suspend(tx: Tx, wishes: Sequence[Decision]) -> list[Shop | Problem]:
    """Take a shop out of business until it is decided on: no new orders, open ones finish."""
    decide: Callable[[Shop | Problem], Shop | Problem] = lambda shop: moved(  # noqa: E731
        shop, ShopVerb.SUSPEND
    )
    return _decided(tx, wishes, Permission.SHOP_GOVERN, decide)


def reinstate(tx: Tx, wishes: Sequence[Decision]) -> list[Shop | Problem]:
    """Lift a restriction or a suspension. Probation that was not over goes on."""

    def decide(shop: Shop | Problem) -> Shop | Problem:
        if isinstance(shop, Problem):
            return shop
        stage, _ = rules.stage(tx, shop, rules.day_in(tx, shop.market))
        back = moved(shop, ShopVerb.RESUME if stage.next is None else ShopVerb.RETURN)
        if isinstance(back, Problem):
            return back
        return replace(back, order_cap=None, listing_cap=None)

    return _decided(tx, wishes, Permission.SHOP_GOVERN, decide)


def terminate(tx: Tx, wishes: Sequence[Decision]) -> list[Shop | Problem]:
    """End a suspended shop for good."""
    return _decided(
        tx, wishes, Permission.SHOP_GOVERN, lambda shop: moved(shop, ShopVerb.TERMINATE)
    )


def wind_down(tx: Tx, wishes: Sequence[Decision]) -> list[Shop | Problem]:
    """Begin to close one's shop: no new orders from now on."""
    return _decided(tx, wishes, Permission.SHOP_EDIT, lambda shop: moved(shop, ShopVerb.WIND_DOWN))


def close(tx: Tx, wishes: Sequence[Closing]) -> list[Shop | Problem]:
    """Close shops that wind down and have nothing open. For flows: no permission is asked."""
    ids = [wish.shop_id for wish in wishes]
    access.hold_days(tx, ids)
    found = store.shops_by_ids(tx, ids, tx.now)
    held: dict[ShopId, Shop | Problem] = {id: found.get(id) or ShopNotFound(id) for id in ids}
    open_things = {wish.shop_id: wish.still_open for wish in wishes}

    def decide(shop: Shop | Problem) -> Shop | Problem:
        if isinstance(shop, Shop) and open_things[shop.id]:
            return StillOpen(shop.id, open_things[shop.id])
        return moved(shop, ShopVerb.CLOSE)

    return _saved(tx, [(id, "closed") for id in ids], held, decide)


def _decided(
    tx: Tx,
    wishes: Sequence[Decision | Restriction],
    permission: Permission,
    decide: Callable[[Shop | Problem], Shop | Problem],
) -> list[Shop | Problem]:
    held = access.shops_to_change(tx, {wish.shop_id for wish in wishes}, permission)
    return _saved(tx, [(wish.shop_id, wish.reason) for wish in wishes], held, decide)


def _saved(
    tx: Tx,
    wishes: Sequence[tuple[ShopId, str]],
    held: dict[ShopId, Shop | Problem],
    decide: Callable[[Shop | Problem], Shop | Problem],
) -> list[Shop | Problem]:
    outcomes: list[Shop | Problem] = []
    for id, reason in wishes:
        before = held[id]
        outcome = decide(before)
        outcomes.append(outcome)
        if isinstance(before, Shop) and isinstance(outcome, Shop):
            held[id] = outcome  # A second wish for this shop meets it changed.
            save_shops(tx, [(before, outcome, reason)])
    return outcomes
