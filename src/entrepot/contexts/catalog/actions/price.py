"""Setting retail prices, by the side that the mode gives them to."""

from collections.abc import Sequence
from dataclasses import replace

from entrepot.contexts.catalog import access, store
from entrepot.contexts.catalog.access import Permission
from entrepot.contexts.catalog.events import PriceSet
from entrepot.contexts.catalog.lifecycle import State
from entrepot.contexts.catalog.model import (
    Listing,
    ListingId,
    ListPrice,
    NewPrice,
    Price,
    PriceChange,
    SkuId,
)
from entrepot.contexts.catalog.problems import NotListed
from entrepot.contexts.catalog.responsibility import Ground, Grounds, refused
from entrepot.kernel.events import emit
from entrepot.kernel.lifecycle import IllegalMove
from entrepot.kernel.problems import BadInput, Problem
from entrepot.kernel.tx import Tx

UNPRICEABLE = {State.DELETED, State.FREEZE}


def set_prices(tx: Tx, wishes: Sequence[PriceChange]) -> list[Price | Problem]:
    """Set retail prices and shipping from now on; the history keeps those before.

    Who may is asked of the mode: where the merchant sets the retail price, the operator is
    refused, and the other way round. Of two wishes for one SKU and market the later one is taken.
    """
    keys = [(wish.sku_id, wish.market) for wish in wishes]
    targets = store.targets(tx, keys, access.visible_to(tx.actor))
    listings = access.listings_to_change(tx, set(targets.values()), Permission.PRICE)
    seen = [listing for listing in listings.values() if isinstance(listing, Listing)]
    grounds = Grounds.of(tx, {listing.shop_id for listing in seen})
    outcomes: list[Price | Problem] = []
    last: dict[tuple[SkuId, str], tuple[ListingId, Price]] = {}
    for wish, key in zip(wishes, keys, strict=True):
        found = targets.get(key)
        listing = NotListed(*key) if found is None else listings[found]
        outcome = _price(tx, wish, listing, grounds)
        outcomes.append(outcome)
        if isinstance(listing, Listing) and isinstance(outcome, Price):
            last[key] = listing.id, outcome
    versions = store.add_prices(tx, [*last.values()])
    made = {key: replace(price, version=versions[key]) for key, (_, price) in last.items()}
    emit(tx, [PriceSet.of(last[key][0], price) for key, price in made.items()])
    return [
        outcome if isinstance(outcome, Problem) else made[key]
        for outcome, key in zip(outcomes, keys, strict=True)
    ]


def set_list_prices(tx: Tx, wishes: Sequence[ListPrice]) -> list[ListPrice | Problem]:
    """Say what is shown crossed out, with the proof if there is one. Audits judge it."""
    keys = [(wish.sku_id, wish.market) for wish in wishes]
    targets = store.targets(tx, keys, access.visible_to(tx.actor))
    listings = access.listings_to_change(tx, set(targets.values()), Permission.PRICE)
    seen = [listing for listing in listings.values() if isinstance(listing, Listing)]
    grounds = Grounds.of(tx, {listing.shop_id for listing in seen})
    outcomes: list[ListPrice | Problem] = []
    for wish, key in zip(wishes, keys, strict=True):
        found = targets.get(key)
        listing = NotListed(*key) if found is None else listings[found]
        change = PriceChange(sku_id=wish.sku_id, market=wish.market, price_minor=wish.list_minor)
        priced = _price(tx, change, listing, grounds)
        outcomes.append(priced if isinstance(priced, Problem) else wish)
    store.set_list_prices(tx, [one for one in outcomes if isinstance(one, ListPrice)])
    return outcomes


def price_of(tx: Tx, ground: Ground, wish: NewPrice | PriceChange) -> Price:
    """A price from now on, set by whom the mode gives it to."""
    return Price(
        sku_id=wish.sku_id,
        market=ground.shop.market,
        version=1,
        price_minor=wish.price_minor,
        shipping_minor=wish.shipping_minor,
        currency=ground.currency,
        from_at=tx.now,
        side=ground.flags.retail_price_setter,
        rule=ground.rule,
    )


def bad_price(price_minor: int, shipping_minor: int) -> BadInput | None:
    """What is wrong with a price, in itself."""
    if price_minor <= 0:
        return BadInput("price_minor", "a price is more than nothing")
    if shipping_minor < 0:
        return BadInput("shipping_minor", "shipping costs nothing or more")
    return None


def _price(
    tx: Tx, wish: PriceChange, listing: Listing | Problem, grounds: Grounds
) -> Price | Problem:
    if isinstance(listing, Problem):
        return listing
    ground = grounds.at(listing.shop_id)
    if isinstance(ground, Problem):
        return ground
    if listing.state in UNPRICEABLE:
        return IllegalMove(f"cannot price what is {listing.state}", allowed=[])
    no = refused(tx, ground, Permission.PRICE, listing.merchant_id)
    return no or bad_price(wish.price_minor, wish.shipping_minor) or price_of(tx, ground, wish)
